// The matrices inside a client's model and inside its gradient, as the score network multiplies them.
// In: flat parts; out: views [rows, columns], some of them turned; nothing is copied.
import { type FloatArray, type Matrix, matrix, transpose } from '../../numeric/ndarrays.ts';
import { type AdapterModel, type AdapterSizes, hiddenWidths } from './adapter-model.ts';

export interface NetworkViews {
  /** Whose views these are. */
  readonly model: AdapterModel;
  /** A [rank, factors] and Aᵀ. */
  readonly a: Matrix;
  readonly aTurned: Matrix;
  /** The half of W1 that sees the item, [hidden1, factors], and the same turned. */
  readonly itemHalf: Matrix;
  readonly itemHalfTurned: Matrix;
  /** W2 [hidden2, hidden1] and W2ᵀ. */
  readonly weight2: Matrix;
  readonly weight2Turned: Matrix;
  /** Where the gradient by each of the three goes. */
  readonly byA: Matrix;
  readonly byItemHalf: Matrix;
  readonly byWeight2: Matrix;
}

export function networkViews(model: AdapterModel, gradient: AdapterModel, sizes: AdapterSizes): NetworkViews {
  const { factors, rank } = sizes;
  const [hidden1, hidden2] = hiddenWidths(factors);
  const a = matrix(model.a, rank, factors);
  const weight2 = matrix(model.weight2, hidden2, hidden1);
  const itemHalf = itemHalfOf(model.weight1, factors);
  return {
    model,
    a,
    aTurned: transpose(a),
    itemHalf,
    itemHalfTurned: transpose(itemHalf),
    weight2,
    weight2Turned: transpose(weight2),
    byA: matrix(gradient.a, rank, factors),
    byItemHalf: itemHalfOf(gradient.weight1, factors),
    byWeight2: matrix(gradient.weight2, hidden2, hidden1),
  };
}

/** The right half of W1 [hidden1, 2 · factors]. */
function itemHalfOf(weight1: FloatArray, factors: number): Matrix {
  return matrix(weight1, hiddenWidths(factors)[0], 2 * factors).lo(0, factors);
}
