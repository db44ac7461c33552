// The authors' released server: rows (one client's A each) pass through encoder blocks of 128 rows, and the blocks learn
// to give back what came in. In: rows [rows, dim]; out: rows [rows, dim], which go back to the clients.
// The output that is used is that of the last forward pass, so from before the last step.
import { type NamedParameter, namedParameters } from '../../model/parameters.ts';
import type { EncoderBlockParameters } from '../../model/transformer.ts';
import { type FloatType, type Matrix, matrix, rowMajorData } from '../../numeric/ndarrays.ts';
import type { MatmulBackend } from '../../numeric/product.ts';
import { LoneRowBlock } from './lone-row-block.ts';

/** Rows per block. */
export const ROWS_PER_BLOCK = 128;
/** Steps of SGD that the server takes in a round, for each cluster. */
export const SERVER_STEPS = 10;

export interface EncoderTraining {
  readonly learningRate: number;
  readonly steps: number;
  readonly rowsPerBlock: number;
  readonly backend: MatmulBackend;
}

/** How many blocks the released server makes for a number of clients. */
export function blocksFor(clients: number, rowsPerBlock = ROWS_PER_BLOCK): number {
  return Math.floor(clients / rowsPerBlock) + 1;
}

/**
 * Trains the blocks to reproduce the rows and returns what they made of them.
 *
 * The released program fills the last block up with zero rows, which changes nothing: rows do not see each other, and
 * the loss leaves those rows out.
 *
 * @param blocks changed in place; block b takes rows b · rowsPerBlock and on
 * @param rows X [rows, dim]; an absent client's row is 0
 * @returns the output before the last step, [rows, dim], and the mean squared error before each step
 */
export function reconstructLoneRows(
  blocks: readonly EncoderBlockParameters[],
  rows: Matrix,
  training: EncoderTraining,
): { output: Matrix; losses: number[] } {
  const [count, dim] = rows.shape as [number, number];
  const values = rowMajorData(rows);
  const output = matrix(values.slice(), count, dim);
  const losses = new Array<number>(training.steps).fill(0);
  const { rowsPerBlock } = training;
  for (let from = 0, block = 0; from < count; from += rowsPerBlock, block++) {
    const to = Math.min(from + rowsPerBlock, count);
    const part = matrix(values.slice(from * dim, to * dim), to - from, dim);
    const results = trainBlock(blocks[block]!, part, 1 / (count * dim), training);
    output.data.set(results.output.data, from * dim);
    results.losses.forEach((loss, step) => {
      losses[step]! += loss;
    });
  }
  return { output, losses };
}

/** Blocks share no parameter and no row, so each can take all its steps at once. */
function trainBlock(
  block: EncoderBlockParameters,
  rows: Matrix,
  weight: number,
  { learningRate, steps, backend }: EncoderTraining,
): { output: Matrix; losses: number[] } {
  const lone = new LoneRowBlock(rows.shape[1]!, backend, typeOf(rows));
  const parameters = trainedParameters(block);
  const gradients = trainedParameters(lone.gradient);
  const losses: number[] = [];
  let output = rows;
  for (let step = 0; step < steps; step++) {
    output = lone.forward(block, rows);
    const { loss, gradient } = weightedSquaredError(output, rows, weight);
    losses.push(loss);
    lone.backward(block, rows, gradient);
    descend(parameters, gradients, learningRate);
  }
  return { output, losses };
}

/** All but the weights and biases of query and key, whose gradients are 0. */
export function trainedParameters(block: EncoderBlockParameters): NamedParameter[] {
  const { value, output } = block.attention;
  return namedParameters({ ...block, attention: { value, output } });
}

function typeOf({ data }: Matrix): FloatType {
  return data instanceof Float32Array ? 'float32' : 'float64';
}

/** weight · Σ (output − target)² and its gradient by the output. */
export function weightedSquaredError(
  output: Matrix,
  target: Matrix,
  weight: number,
): { loss: number; gradient: Matrix } {
  const gradient = output.data.slice();
  let squares = 0;
  for (let at = 0; at < gradient.length; at++) {
    const difference = output.data[at]! - target.data[at]!;
    squares += difference * difference;
    gradient[at] = 2 * weight * difference;
  }
  return { loss: weight * squares, gradient: matrix(gradient, output.shape[0]!, output.shape[1]!) };
}

/** Plain SGD on all parameters, paired by name. */
export function descend(
  parameters: readonly NamedParameter[],
  gradients: readonly NamedParameter[],
  learningRate: number,
): void {
  parameters.forEach(({ data }, index) => {
    const gradient = gradients[index]!.data;
    for (let at = 0; at < data.length; at++) data[at]! -= learningRate * gradient[at]!;
  });
}
