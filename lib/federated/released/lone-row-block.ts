// The encoder block on sequences of length one, as the authors' released server runs it: every row is a sequence of its
// own. The softmax over a single element is 1 whatever the query and the key are, so attention is
// (x Wvᵀ + bv) Woᵀ + bo, no row sees another, and the gradients by Wq, bq, Wk and bk are exactly 0.
// In: rows; out: rows and the gradients by the other twelve parameters. `test/federated/released-server.test.ts` shows
// that `encoderBlock` with one client at a time gives the same.
import { layerNorm, layerNormBackward } from '../../model/layer-norm.ts';
import { type BackendOption, linear, linearBackward, relu, reluBackward } from '../../model/layers.ts';
import type { ParameterTree } from '../../model/parameters.ts';
import type { EncoderBlockParameters } from '../../model/transformer.ts';
import type { Matrix } from '../../numeric/matrix.ts';

/** What the forward pass keeps for the backward pass. */
export interface LoneRowCache {
  /** x Wvᵀ + bv [rows, dim]. */
  readonly values: Matrix;
  readonly sum1: Matrix;
  readonly normed: Matrix;
  /** The hidden layer before and after its ReLU, [rows, 2 · dim]. */
  readonly expanded: Matrix;
  readonly active: Matrix;
  readonly sum2: Matrix;
}

/** The parts of a block that lone rows can train. */
export function trainablePart(block: EncoderBlockParameters): ParameterTree {
  const { value, output } = block.attention;
  return { ...block, attention: { value, output } };
}

/** @param rows X [rows, dim] */
export function loneRowBlock(
  block: EncoderBlockParameters,
  rows: Matrix,
  options: BackendOption,
): { output: Matrix; cache: LoneRowCache } {
  const values = linear(block.attention.value, rows, options); // [rows, dim]
  const sum1 = addTo(linear(block.attention.output, values, options), rows); // [rows, dim]
  const normed = layerNorm(block.norm1, sum1); // [rows, dim]
  const expanded = linear(block.expand, normed, options); // [rows, 2 · dim]
  const active = relu(expanded); // [rows, 2 · dim]
  const sum2 = addTo(linear(block.contract, active, options), normed); // [rows, dim]
  return { output: layerNorm(block.norm2, sum2), cache: { values, sum1, normed, expanded, active, sum2 } };
}

/**
 * The gradients of a loss by `trainablePart`, given its gradient by the output.
 *
 * @param rows X [rows, dim], as in the forward pass
 * @param outputGradient [rows, dim]
 */
export function loneRowBlockBackward(
  block: EncoderBlockParameters,
  rows: Matrix,
  cache: LoneRowCache,
  outputGradient: Matrix,
  options: BackendOption,
): ParameterTree {
  const norm2 = layerNormBackward(block.norm2, cache.sum2, outputGradient);
  const contract = linearBackward(block.contract, cache.active, norm2.input, options);
  const byExpanded = reluBackward(cache.expanded, contract.input); // [rows, 2 · dim]
  const expand = linearBackward(block.expand, cache.normed, byExpanded, options);
  const norm1 = layerNormBackward(block.norm1, cache.sum1, addTo(expand.input, norm2.input));
  const output = linearBackward(block.attention.output, cache.values, norm1.input, options);
  const value = linearBackward(block.attention.value, rows, output.input, options);
  return {
    attention: { value: value.parameters, output: output.parameters },
    norm1: norm1.parameters,
    expand: expand.parameters,
    contract: contract.parameters,
    norm2: norm2.parameters,
  };
}

/** a ← a + b; both row-major. */
function addTo(a: Matrix, b: Matrix): Matrix {
  for (let at = 0; at < a.data.length; at++) a.data[at]! += b.data[b.offset + at]!;
  return a;
}
