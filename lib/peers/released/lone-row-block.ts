// The encoder block on sequences of length one, as the authors' released server runs it: every row is a sequence of its
// own. The softmax over a single element is 1 whatever the query and the key are, so attention is
// (x Wvᵀ + bv) Woᵀ + bo, no row sees another, and the gradients by Wq, bq, Wk and bk are exactly 0.
// In: rows; out: rows, and the gradients by the other twelve parameters. A test shows that `encoderBlock` with one client
// at a time gives the same. This is the server's inner loop, so its arrays are allocated once.
import type { EncoderBlockParameters } from '../../model/transformer.ts';
import {
  type FloatArray,
  type FloatType,
  type Matrix,
  matrix,
  transpose,
  zeroVector,
} from '../../numeric/ndarrays.ts';
import type { MatmulBackend } from '../../numeric/product.ts';
import { addAndRectify, maskInactive, sumRows } from './batch-arrays.ts';
import { encoderBlockLength, viewEncoderBlock } from './encoder-memory.ts';
import { type Normalized, normalizeBackward, normalizeSum } from './residual-norm.ts';

/** Runs a block forward and backward; keeps what the backward pass needs of the last forward pass. */
export class LoneRowBlock {
  /** The gradient by every parameter, those of query and key 0, in the order of `viewEncoderBlock`. */
  readonly gradientValues: FloatArray;
  readonly gradient: EncoderBlockParameters;
  private readonly backend: MatmulBackend;
  private readonly dim: number;
  private readonly type: FloatType;
  private arrays: RowArrays | null = null;

  constructor(dim: number, backend: MatmulBackend, type: FloatType = 'float32') {
    this.dim = dim;
    this.backend = backend;
    this.type = type;
    this.gradientValues = zeroVector(encoderBlockLength(dim), type).data;
    this.gradient = viewEncoderBlock(this.gradientValues, dim);
  }

  /**
   * @param rows X [rows, dim], row-major
   * @returns [rows, dim], valid until the next call
   */
  forward(block: EncoderBlockParameters, rows: Matrix): Matrix {
    const { value, output } = block.attention;
    const arrays = this.arraysFor(rows.shape[0]!);
    const { values, first, active, second } = arrays;
    this.backend.multiply(rows, transpose(value.weight), values); // [rows, dim]
    addBias(values.data, value.bias.data);
    this.backend.multiply(values, transpose(output.weight), first.standard); // [rows, dim]
    normalizeSum(first, output.bias.data, rows.data, block.norm1);
    this.backend.multiply(first.output, transpose(block.expand.weight), active); // [rows, 2 · dim]
    addAndRectify(active.data, block.expand.bias.data);
    this.backend.multiply(active, transpose(block.contract.weight), second.standard); // [rows, dim]
    normalizeSum(second, block.contract.bias.data, first.output.data, block.norm2);
    return second.output;
  }

  /**
   * Writes the gradients of a loss, given its gradient by the last forward pass's output, into `gradient`.
   *
   * @param rows X [rows, dim], as in the forward pass
   * @param outputGradient [rows, dim], overwritten
   */
  backward(block: EncoderBlockParameters, rows: Matrix, outputGradient: Matrix): void {
    const { backend, gradient } = this;
    const { values, first, active, second, byActive, byFirst, byValues } = this.arraysFor(rows.shape[0]!);
    const { value, output } = gradient.attention;
    normalizeBackward(second, block.norm2, outputGradient.data, gradient.norm2);
    backend.multiply(transpose(outputGradient), active, gradient.contract.weight); // [dim, 2 · dim]
    sumRows(outputGradient.data, gradient.contract.bias.data);
    backend.multiply(outputGradient, block.contract.weight, byActive); // [rows, 2 · dim]
    maskInactive(byActive.data, active.data);
    backend.multiply(transpose(byActive), first.output, gradient.expand.weight); // [2 · dim, dim]
    sumRows(byActive.data, gradient.expand.bias.data);
    backend.multiply(byActive, block.expand.weight, byFirst); // [rows, dim]: through the network,
    addElements(byFirst.data, outputGradient.data); // and around it
    normalizeBackward(first, block.norm1, byFirst.data, gradient.norm1);
    backend.multiply(transpose(byFirst), values, output.weight); // [dim, dim]
    sumRows(byFirst.data, output.bias.data);
    backend.multiply(byFirst, block.attention.output.weight, byValues); // [rows, dim]
    backend.multiply(transpose(byValues), rows, value.weight); // [dim, dim]
    sumRows(byValues.data, value.bias.data);
  }

  private arraysFor(rows: number): RowArrays {
    if (this.arrays?.rows !== rows) this.arrays = rowArrays(rows, this.dim, this.type);
    return this.arrays;
  }
}

/** Room for a number of rows on their way through a block. */
interface RowArrays {
  readonly rows: number;
  /** x Wvᵀ + bv [rows, dim]. */
  readonly values: Matrix;
  /** After the attention. */
  readonly first: Normalized;
  /** The hidden layer after its ReLU, [rows, 2 · dim]. */
  readonly active: Matrix;
  /** After the feed-forward network. */
  readonly second: Normalized;
  /** Gradients of the loss with respect to the arrays above. */
  readonly byActive: Matrix;
  readonly byFirst: Matrix;
  readonly byValues: Matrix;
}

function rowArrays(rows: number, dim: number, type: FloatType): RowArrays {
  const allocate = (width: number) => matrix(zeroVector(rows * width, type).data, rows, width);
  const normalized = () => ({
    standard: allocate(dim),
    inverseDeviation: new Float64Array(rows),
    output: allocate(dim),
  });
  return {
    rows,
    values: allocate(dim),
    first: normalized(),
    active: allocate(2 * dim),
    second: normalized(),
    byActive: allocate(2 * dim),
    byFirst: allocate(dim),
    byValues: allocate(dim),
  };
}

function addBias(values: FloatArray, bias: FloatArray): void {
  const width = bias.length;
  for (let start = 0; start < values.length; start += width) {
    for (let k = 0; k < width; k++) values[start + k]! += bias[k]!;
  }
}

function addElements(values: FloatArray, others: FloatArray): void {
  for (let at = 0; at < values.length; at++) values[at]! += others[at]!;
}
