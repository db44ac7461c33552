// What may be told about order when the server should learn sums only, and how small the table can be as factors.
// In: the matrix M of what is near what, row by row; out: rows of what is left of it. `sketched` is what a server can make of
// Y = M Ω, which secure sums give it: each client sends its share of M times the same random signs Ω, and nobody's windows
// are seen. Halko, Martinsson & Tropp (2011), section 5.5 (a symmetric matrix seen once).
import { inv } from 'mathjs';
import { LevelCodec } from '../lib/federated/wire/numbers.ts';
import { jacobiEigen } from '../lib/numeric/eigen.ts';
import { type Matrix, matrix, rowMajorData, transpose, zeros } from '../lib/numeric/ndarrays.ts';
import { product } from '../lib/numeric/product.ts';
import { type RandomStream, randomStream } from '../lib/numeric/rng.ts';
import { truncatedSvd } from '../lib/numeric/svd.ts';
import type { RowOf } from './order-variants.ts';

/** Columns beyond the rank that make the strongest directions exact. */
const SPARE = 16;

/** M ≈ L diag(signs) Lᵀ with L [items, rank] in 4 bits: what every client receives once. */
export function factored(rowOf: RowOf, items: number, rank: number, seed: number): RowOf {
  const whole = wholeOf(rowOf, items);
  let basis = product(whole, randomSigns(items, rank + SPARE, randomStream(seed, 'order factor')));
  for (let pass = 0; pass < 6; pass++) basis = product(whole, orthonormal(basis, rank + SPARE));
  const directions = orthonormal(basis, rank + SPARE); // [items, rank + SPARE]
  const { values, vectors } = jacobiEigen(
    product(product(transpose(directions), whole), directions), // M within these directions
  );
  const strongest = Array.from(values.keys())
    .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!))
    .slice(0, rank);
  const turned = product(directions, transpose(vectors)); // eigenvectors of M, [items, rank + SPARE]
  const left = new Float32Array(items * rank);
  for (let item = 0; item < items; item++) {
    strongest.forEach((place, k) => {
      left[item * rank + k] = turned.get(item, place) * Math.sqrt(Math.abs(values[place]!));
    });
  }
  const fourBits = new LevelCodec({ bits: 4, spacing: 'even' });
  const arrived = matrix(fourBits.restore(fourBits.round(left, rank)), items, rank);
  const signed = zeros(items, rank);
  for (let item = 0; item < items; item++) {
    for (let k = 0; k < rank; k++)
      signed.set(item, k, Math.sign(values[strongest[k]!]!) * arrived.get(item, k));
  }
  return rowsOf(product(signed, transpose(arrived)));
}

/** What follows of Y = M Ω with `width` random signs an item: Q C Qᵀ, Q the strongest half of Y's directions. */
export function sketched(rowOf: RowOf, items: number, width: number, seed: number): RowOf {
  const signs = randomSigns(items, width, randomStream(seed, 'order sketch')); // Ω [items, width]
  const sums = product(wholeOf(rowOf, items), signs); // Y [items, width]: all that the server learns
  const directions = orthonormal(sums, width / 2); // Q [items, width / 2]
  // Of ΩᵀY = ΩᵀM Ω ≈ (ΩᵀQ) C (QᵀΩ) follows C by least squares: C = H (ΩᵀY) Hᵀ with H = (QᵀΩ ΩᵀQ)⁻¹ QᵀΩ.
  const seen = product(transpose(directions), signs); // QᵀΩ [width / 2, width]
  const solve = product(inverseOf(product(seen, transpose(seen))), seen); // H
  const core = product(product(solve, product(transpose(signs), sums)), transpose(solve)); // C
  return rowsOf(product(product(directions, core), transpose(directions)));
}

/** M as a whole [items, items]: these are small data sets. */
function wholeOf(rowOf: RowOf, items: number): Matrix {
  const row = new Float32Array(items);
  const whole = zeros(items, items);
  for (let item = 0; item < items; item++) {
    rowOf(item, row);
    (whole.data as Float64Array).set(row, item * items);
  }
  return whole;
}

/** The rows of a matrix whose diagonal counts nothing. */
function rowsOf(values: Matrix): RowOf {
  const flat = rowMajorData(values);
  return (item, out) => {
    out.set(flat.subarray(item * out.length, (item + 1) * out.length));
    out[item] = 0;
  };
}

function orthonormal(columns: Matrix, rank: number): Matrix {
  return truncatedSvd(columns, rank).left;
}

function randomSigns(rows: number, columns: number, rng: RandomStream): Matrix {
  return matrix(
    Float64Array.from({ length: rows * columns }, () => (rng.uniform() < 0.5 ? -1 : 1)),
    rows,
    columns,
  );
}

function inverseOf(square: Matrix): Matrix {
  const size = square.shape[0]!;
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => square.get(i, j)),
  );
  return matrix(Float64Array.from(inv(rows).flat()), size, size);
}
