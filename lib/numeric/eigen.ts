// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations: each one makes an off-diagonal pair zero,
// and a few sweeps over all pairs leave only the diagonal. In: a small symmetric matrix, such as the Gram matrix of an
// update; out: its eigenpairs, largest first. Jacobi (1846); Golub & Van Loan, Matrix Computations, §8.5.
import { dimensions, expectFinite, expectShape, type Matrix, matrix, rowMajorData } from './ndarrays.ts';

/** A symmetric matrix as Σ_j value_j · vector_j vector_jᵀ. */
export interface EigenPairs {
  /** The eigenvalues, largest first, [size]. */
  readonly values: Float64Array;
  /** Row j is the unit eigenvector of value j, [size, size]. Its sign is free. */
  readonly vectors: Matrix;
}

/** A way to find the eigenpairs of a symmetric matrix [size, size]. */
export type EigenSolver = (symmetric: Matrix) => EigenPairs;

const MOST_SWEEPS = 60; // about eight are needed; more would mean that something else is wrong

/**
 * The eigenpairs of a symmetric matrix, by cyclic Jacobi rotations. Takes O(size³) per sweep, about eight sweeps.
 *
 * @param symmetric [size, size]; only the upper triangle is read
 * @throws RangeError if the matrix is not square or not finite
 */
export function jacobiEigen(symmetric: Matrix): EigenPairs {
  const [size] = dimensions('jacobiEigen', symmetric);
  expectShape('jacobiEigen', 'symmetric', symmetric, [size, size]);
  const source = rowMajorData(symmetric);
  expectFinite('jacobiEigen', 'symmetric', source);
  const values = new Float64Array(size * size); // A, becomes diagonal; its upper triangle
  for (let row = 0; row < size; row++) {
    for (let column = row; column < size; column++)
      values[row * size + column] = source[row * size + column]!;
  }
  const vectors = new Float64Array(size * size); // Vᵀ
  for (let row = 0; row < size; row++) vectors[row * size + row] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    if (!rotateAllPairs(values, vectors, size)) break;
  }
  return largestFirst(values, vectors, size);
}

/** One sweep. Returns whether any pair still had to be rotated. */
function rotateAllPairs(values: Float64Array, vectors: Float64Array, size: number): boolean {
  let hasRotated = false;
  for (let p = 0; p < size - 1; p++) {
    for (let q = p + 1; q < size; q++) {
      const offDiagonal = Math.abs(values[p * size + q]!);
      const scale = Math.abs(values[p * size + p]!) + Math.abs(values[q * size + q]!);
      // Too small to change either eigenvalue or, squared, the angle between their vectors.
      if (offDiagonal <= 1e-18 * scale || offDiagonal < Number.MIN_VALUE / Number.EPSILON) continue;
      hasRotated = true;
      rotate(values, vectors, size, p, q);
    }
  }
  return hasRotated;
}

/** Turns axes p and q (p < q) by the angle θ that makes a_pq zero: A ← Jᵀ A J, V ← V J. */
function rotate(values: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const offDiagonal = values[p * size + q]!;
  const cotangent = (values[q * size + q]! - values[p * size + p]!) / (2 * offDiagonal); // cot 2θ
  const tangent = (cotangent < 0 ? -1 : 1) / (Math.abs(cotangent) + Math.sqrt(cotangent * cotangent + 1)); // |θ| ≤ π/4
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  values[p * size + p]! -= tangent * offDiagonal;
  values[q * size + q]! += tangent * offDiagonal;
  values[p * size + q] = 0;
  for (let k = 0; k < size; k++) {
    if (k !== p && k !== q) {
      const atP = k < p ? k * size + p : p * size + k;
      const atQ = k < q ? k * size + q : q * size + k;
      const withP = values[atP]!;
      const withQ = values[atQ]!;
      values[atP] = cosine * withP - sine * withQ;
      values[atQ] = sine * withP + cosine * withQ;
    }
    const ofP = vectors[p * size + k]!;
    const ofQ = vectors[q * size + k]!;
    vectors[p * size + k] = cosine * ofP - sine * ofQ;
    vectors[q * size + k] = sine * ofP + cosine * ofQ;
  }
}

function largestFirst(values: Float64Array, vectors: Float64Array, size: number): EigenPairs {
  const diagonal = Float64Array.from({ length: size }, (_, row) => values[row * size + row]!);
  const order = Uint32Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]! || a - b);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => {
    sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size);
  });
  return {
    values: Float64Array.from(order, (row) => diagonal[row]!),
    vectors: matrix(sorted, size, size),
  };
}
