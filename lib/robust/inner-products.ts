// Inner products of whole updates, without expanding them: ⟨B_u A_u, B_v A_v⟩ = Σ (B_uᵀ B_v) ∘ (A_u A_vᵀ), over the rows
// that both clients touched. For rank one it is the product of two inner products of vectors.
// In: updates as factors, or as rows; out: one number a pair.
import type { Update } from '../federated/wire.ts';

/**
 * ⟨ΔQ_u, ΔQ_v⟩ of one update with each of several, extra weights included.
 *
 * @param items number of items in the table
 */
export function innerProducts(update: Update, others: readonly Update[], items: number): Float64Array {
  const width = update.rank || update.dims;
  const left = new Float64Array(items * width); // B_u with a row for every item, zeros where there is none
  update.rows.forEach((item, row) => {
    left.set(update.left.subarray(row * width, (row + 1) * width), item * width);
  });
  const products = new Float64Array(others.length);
  others.forEach((other, at) => {
    const ofExtra = dot(update.extra, 0, other.extra, 0, other.extra.length);
    products[at] = productOfTables(update, left, other) + ofExtra;
  });
  return products;
}

/** Σ (B_uᵀ B_v) ∘ (A_u A_vᵀ); rows without factors have the identity for an A. */
function productOfTables(a: Update, leftA: Float64Array, b: Update): number {
  const [widthA, widthB] = [a.rank || a.dims, b.rank || b.dims];
  let sum = 0;
  for (let r = 0; r < widthA; r++) {
    for (let s = 0; s < widthB; s++) {
      const ofRight = productOfRightRows(a, r, b, s);
      if (ofRight !== 0) sum += ofRight * productOfColumns(leftA, widthA, r, b, widthB, s);
    }
  }
  return sum;
}

/** (B_uᵀ B_v)[r, s]. */
function productOfColumns(
  leftA: Float64Array,
  widthA: number,
  r: number,
  { rows, left }: Update,
  widthB: number,
  s: number,
): number {
  let sum = 0;
  for (let row = 0; row < rows.length; row++)
    sum += leftA[rows[row]! * widthA + r]! * left[row * widthB + s]!;
  return sum;
}

/** (A_u A_vᵀ)[r, s]. */
function productOfRightRows(a: Update, r: number, b: Update, s: number): number {
  if (a.rank === 0 && b.rank === 0) return r === s ? 1 : 0;
  if (a.rank === 0) return b.right[s * b.dims + r]!;
  if (b.rank === 0) return a.right[r * a.dims + s]!;
  return dot(a.right, r * a.dims, b.right, s * b.dims, a.dims);
}

function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += a[fromA + k]! * b[fromB + k]!;
  return sum;
}
