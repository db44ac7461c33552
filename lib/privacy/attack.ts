// The attack: what a curious server reads off a message. Every row of an update of one client is a multiple of one and
// the same vector, [p, 1] times a number that is above 0 where the user touched the item and below 0 where it was only
// drawn. So the rows give the positives away, and their direction gives the user vector.
// In: decoded messages of any recipe; out: a score for each item, the area under the curve of telling positives by it.
import { expandUpdate, type Update } from '../federated/wire.ts';
import { commonDirection } from './common-direction.ts';

/**
 * How the server reads a score off a row: its last column, which is the item's bias where there is one; or its length
 * along the direction that the rows have in common, whatever the columns mean.
 */
export type Reading = 'last-column' | 'common-direction';

/**
 * A score for every item, [items]: the larger, the more the message speaks for the item being a positive.
 *
 * An item that the message does not name gets 0. A message without rows (A of LoRA alone) gives every item 0.
 */
export function itemScores(update: Update, items: number, reading: Reading): Float32Array {
  const { rows, dims, left } = expandUpdate(update);
  const scores = new Float32Array(items);
  if (dims === 0 || rows.length === 0) return scores;
  const direction = new Float64Array(dims); // what a row is multiplied with
  if (reading === 'last-column') direction[dims - 1] = 1;
  else direction.set(commonDirection(left, dims));
  for (let row = 0; row < rows.length; row++) {
    let score = 0;
    for (let k = 0; k < dims; k++) score += left[row * dims + k]! * direction[k]!;
    scores[rows[row]!] = score;
  }
  return scores;
}

/**
 * The user vector that a message shows, up to its length (null if it shows none): A = [p, 1] itself, or what all rows
 * are multiples of. Whole rows of a single column show none: it is the bias.
 *
 * @param sharedFactor A [dims, D] of a recipe whose messages are seen through a factor that everybody knows: what it
 *   lets through is all that one message shows
 */
export function recoverUserVector(update: Update, sharedFactor?: Float32Array): Float64Array | null {
  const { rows, rank, dims, left, right } = update;
  if (rank === 1) return Float64Array.from(right.subarray(0, dims - 1));
  if (rank > 1 || rows.length === 0 || dims < 2) return null;
  const direction = commonDirection(left, dims);
  if (!sharedFactor) {
    const sign = direction[dims - 1]! < 0 ? -1 : 1; // the last entry of [p, 1] is above 0
    return direction.subarray(0, dims - 1).map((value) => sign * value);
  }
  const width = sharedFactor.length / dims;
  const seen = new Float64Array(width);
  for (let r = 0; r < dims; r++) {
    for (let k = 0; k < width; k++) seen[k]! += direction[r]! * sharedFactor[r * width + k]!;
  }
  return seen.subarray(0, width - 1);
}

/**
 * The area under the ROC curve: how often a positive scores above another item, ties counting one half (Eq. 30).
 *
 * @param isPositive 1 for a positive, 0 for any other item, [items]
 * @param among the items that are compared, e.g. the rows of the message. Default: all of them
 * @returns 0.5 for guessing, 1 for knowing, 0 for knowing the opposite; NaN without a positive or without any other item
 */
export function areaUnderCurve(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
  among: Iterable<number> = Array.from({ length: scores.length }, (_, item) => item),
): number {
  const order = Array.from(among).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0; // of the positives; equal scores share their mean rank (Mann & Whitney 1947)
  let positives = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let place = from; place < to; place++) {
      if (isPositive[order[place]!] !== 1) continue;
      positives++;
      rankSum += (from + to + 1) / 2;
    }
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/** Cosine of the angle between two vectors; 0 if one of them is 0. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`cosine: vectors must have the same length, got ${a.length} and ${b.length}`);
  }
  let [product, squaresOfA, squaresOfB] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    product += a[k]! * b[k]!;
    squaresOfA += a[k]! ** 2;
    squaresOfB += b[k]! ** 2;
  }
  const lengths = Math.sqrt(squaresOfA * squaresOfB);
  return lengths > 0 ? product / lengths : 0;
}
