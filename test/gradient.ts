// The independent oracle of every hand-written gradient: move one number a little both ways and see what the loss does.
import { type FloatArray, type Matrix, matrix } from '../lib/numeric/matrix.ts';
import type { RandomStream } from '../lib/numeric/rng.ts';

/**
 * The slope of `f` by every element of `x`: (f(x + step) − f(x − step)) / (2 · step), whose error is of order step².
 * `f` gets `x` itself with one element moved, so a loss may also read it through a matrix that views it; the element is
 * put back exactly. Compare with a tolerance of about 1e-7 of the largest slope.
 *
 * @throws TypeError for float32, in which the difference would be mostly rounding
 */
export function centralDifferences(f: (x: FloatArray) => number, x: FloatArray, step = 1e-5): Float64Array {
  if (x instanceof Float32Array) throw new TypeError('centralDifferences: x must be float64, got float32');
  return Float64Array.from(x, (kept, index) => {
    x[index] = kept + step;
    const above = f(x);
    x[index] = kept - step;
    const below = f(x);
    x[index] = kept;
    return (above - below) / (2 * step);
  });
}

/** A float64 matrix [rows, columns] of standard normal numbers. */
export function normalMatrix(rows: number, columns: number, rng: RandomStream): Matrix {
  return matrix(
    Float64Array.from({ length: rows * columns }, () => rng.normal()),
    rows,
    columns,
  );
}

/** Σ output ∘ weight: a loss whose gradient by the output is `weight`, so that no element's slope can hide. */
export function weightedSum(output: Matrix, weight: Matrix): number {
  let sum = 0;
  for (let row = 0; row < output.shape[0]!; row++) {
    for (let column = 0; column < output.shape[1]!; column++) {
      sum += output.get(row, column) * weight.get(row, column);
    }
  }
  return sum;
}
