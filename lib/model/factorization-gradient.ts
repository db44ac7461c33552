// A user's loss with all its gradients at once, put together from the formulas of factorization.ts.
// In: a user vector, the rows of its sample; out: the loss, g, the gradient with respect to p, and the step of the item rows as
// two thin factors. A federated client asks for the same, one after the other (lib/federated/client.ts).
import { dimensions, type Matrix, type Vector, vector } from '../numeric/ndarrays.ts';
import { type LabelledRows, scoreAll, scoreGradient, userGradient, weightedLoss } from './factorization.ts';
import { type LowRank, rankOneUpdate } from './low-rank.ts';

/** The loss of one user's sample and its gradients. */
export interface FactorizationGradient {
  /** Σ W_i BCE(s_i, y_i): the sum, not the mean. */
  readonly loss: number;
  /** g [rows], by the scores. */
  readonly scores: Vector;
  /** By the user vector, [factors]. */
  readonly user: Vector;
  /** ΔQ = −(the gradient with respect to the rows), as factors of rank one: the step that lowers the loss. */
  readonly itemStep: LowRank;
}

/**
 * The loss of one user's sample with all its gradients. The one with respect to the item rows, g [p, 1]ᵀ (Eq. 5), has rank one,
 * whatever the sample: that is why a client can send it as two thin factors and lose nothing.
 *
 * @param userVector p [factors]
 * @param itemTable Q [rows, factors + 1], the rows that the sample is about
 * @param sample labels and counts of those rows
 * @throws RangeError if the shapes do not fit
 */
export function factorizationGradient(
  userVector: Vector,
  itemTable: Matrix,
  sample: LabelledRows,
): FactorizationGradient {
  const [rows] = dimensions('factorizationGradient', itemTable);
  const scores = scoreAll(userVector, itemTable, new Float64Array(rows));
  const scoreGradients = scoreGradient(scores, sample);
  return {
    loss: weightedLoss(scores, sample),
    scores: vector(scoreGradients),
    user: vector(userGradient(itemTable, scoreGradients)),
    itemStep: rankOneUpdate(vector(scoreGradients), userVector),
  };
}
