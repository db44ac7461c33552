// The loss of the next item: how little of a softmax over items the one that came next got, where the softmax is estimated
// from items that are drawn once for many rows. In: rows that say what may come next, what came, and the items drawn; out: the
// sum of −log share, and its gradients. With all items drawn it is the softmax itself. Jean et al. (2015), arXiv 1412.2007.
import { matmul } from '../../numeric/matmul.ts';
import { type FloatArray, floatType, type Matrix, transpose, zeros } from '../../numeric/ndarrays.ts';
import type { MatmulBackend } from '../../numeric/product.ts';

/**
 * The sum over rows of −log(e^t / (e^t + Σ_j e^(s_j + log(items / drawn)))), where t is the score h·e of the next item and s_j
 * that of a drawn one; the next item itself is not counted again. The gradients are those of the mean.
 *
 * @param rows H [rows, dim]
 * @param nextItems what came after each row
 * @param drawn different items
 * @param items E [items, dim]
 * @param itemGradient [items, dim], added to
 * @returns the sum of the losses, and the gradient with respect to H [rows, dim]
 */
export function nextItemLoss(
  rows: Matrix,
  nextItems: Uint32Array,
  drawn: Uint32Array,
  items: Matrix,
  itemGradient: Matrix,
  backend?: MatmulBackend,
): { loss: number; rowGradient: Matrix } {
  const count = rows.shape[0]!;
  const others = rowsOf(items, drawn); // [drawn, dim]
  const correction = Math.log(items.shape[0]! / drawn.length);
  const placeOf = new Map(Array.from(drawn, (item, place) => [item, place]));
  const shares = matmul(rows, transpose(others), { backend }); // scores, then gradients with respect to them [rows, drawn]
  const byNext = new Float64Array(count); // gradient with respect to t, [rows]
  let loss = 0;
  for (let row = 0; row < count; row++) {
    const own = shares.data.subarray(row * drawn.length, (row + 1) * drawn.length);
    const place = placeOf.get(nextItems[row]!);
    if (place !== undefined) own[place] = -Infinity;
    const score = dot(rows.data, row, items.data, nextItems[row]!, rows.shape[1]!);
    const share = softmaxBeside(score - correction, own, 1 / count);
    loss -= Math.log(share);
    byNext[row] = (share - 1) / count;
  }
  const rowGradient = matmul(shares, others, { backend }); // [rows, dim]
  addRows(itemGradient, drawn, matmul(transpose(shares), rows, { backend }));
  addNext(rowGradient, itemGradient, rows, items, nextItems, byNext);
  return { loss, rowGradient };
}

/**
 * The softmax of one score and of others beside it: returns the share of the one, and writes `factor` times the shares of the
 * others over their scores.
 */
function softmaxBeside(score: number, others: FloatArray, factor: number): number {
  let largest = score;
  for (let at = 0; at < others.length; at++) if (others[at]! > largest) largest = others[at]!;
  const one = Math.exp(score - largest);
  let sum = one;
  for (let at = 0; at < others.length; at++) {
    const share = Math.exp(others[at]! - largest);
    others[at] = share;
    sum += share;
  }
  const scale = factor / sum;
  for (let at = 0; at < others.length; at++) others[at]! *= scale;
  return one / sum;
}

/** What the next items' own scores add: ∂t/∂h = e, ∂t/∂e = h. */
function addNext(
  rowGradient: Matrix,
  itemGradient: Matrix,
  rows: Matrix,
  items: Matrix,
  nextItems: Uint32Array,
  byNext: Float64Array,
): void {
  const dim = rows.shape[1]!;
  for (let row = 0; row < byNext.length; row++) {
    const derivative = byNext[row]!;
    const [h, e] = [row * dim, nextItems[row]! * dim];
    for (let k = 0; k < dim; k++) {
      rowGradient.data[h + k]! += derivative * items.data[e + k]!;
      itemGradient.data[e + k]! += derivative * rows.data[h + k]!;
    }
  }
}

function dot(a: FloatArray, row: number, b: FloatArray, other: number, dim: number): number {
  let sum = 0;
  for (let k = 0; k < dim; k++) sum += a[row * dim + k]! * b[other * dim + k]!;
  return sum;
}

/** Copies some rows, [places, dim]. */
function rowsOf(table: Matrix, places: Uint32Array): Matrix {
  const dim = table.shape[1]!;
  const copy = zeros(places.length, dim, floatType(table.data));
  for (let at = 0; at < places.length; at++) {
    copy.data.set(table.data.subarray(places[at]! * dim, (places[at]! + 1) * dim), at * dim);
  }
  return copy;
}

/** Adds rows where they belong. */
function addRows(table: Matrix, places: Uint32Array, rows: Matrix): void {
  const dim = table.shape[1]!;
  for (let at = 0; at < places.length; at++) {
    for (let k = 0; k < dim; k++) table.data[places[at]! * dim + k]! += rows.data[at * dim + k]!;
  }
}
