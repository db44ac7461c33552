// The server as the paper describes it: an encoder whose sequence is the clients, so that every client's A is mixed from
// the A of the clients in its cluster that are present. In: the latest A of every client, and who is present; out: an A
// for everybody, absent clients included. The block learns to give back what came in, as in the released program.
import { namedParameters } from '../../model/parameters.ts';
import { type EncoderBlockParameters, encoderBlock, encoderBlockBackward } from '../../model/transformer.ts';
import { type Matrix, matrix, rowMajorData } from '../../numeric/ndarrays.ts';
import { descend, type EncoderTraining, weightedSquaredError } from './server-encoder.ts';

/**
 * Trains a block to reproduce the present clients' rows and returns what it made of everybody's.
 *
 * @param block changed in place
 * @param rows X [clients, dim]
 * @param isPresent 1 where a client may be attended to, [clients]; at least one
 * @returns the output before the last step, [clients, dim], and the mean squared error before each step
 */
export function reconstructBetweenClients(
  block: EncoderBlockParameters,
  rows: Matrix,
  isPresent: Uint8Array,
  heads: number,
  { learningRate, steps, backend }: EncoderTraining,
): { output: Matrix; losses: number[] } {
  const [count, dim] = rows.shape as [number, number];
  const parameters = namedParameters(block);
  const present = isPresent.reduce((sum, value) => sum + value, 0);
  const losses: number[] = [];
  let output = matrix(rowMajorData(rows).slice(), count, dim);
  for (let step = 0; step < steps; step++) {
    const forward = encoderBlock(block, rows, { heads, keyMask: isPresent, backend });
    output = forward.output;
    const target = presentOnly(rows, output, isPresent);
    const { loss, gradient } = weightedSquaredError(output, target, 1 / (present * dim));
    losses.push(loss);
    const byBlock = encoderBlockBackward(block, rows, forward.cache, gradient, { backend });
    descend(parameters, namedParameters(byBlock.parameters), learningRate);
  }
  return { output, losses };
}

/** The rows of present clients; for the others their own output, so that they add nothing to the loss. */
function presentOnly(rows: Matrix, output: Matrix, isPresent: Uint8Array): Matrix {
  const [count, dim] = rows.shape as [number, number];
  const target = rowMajorData(rows).slice();
  for (let row = 0; row < count; row++) {
    if (isPresent[row] === 0) target.set(output.data.subarray(row * dim, (row + 1) * dim), row * dim);
  }
  return matrix(target, count, dim);
}
