// The way to mathjs and back, and what it knows better: eigenpairs by other code than ours, and derivatives of formulas.
// An entry of its own, `fedtlrec/mathjs`: loading mathjs takes a second or so, which nobody should pay without using it.
// In: our matrices; out: mathjs's, and the other way round.
import { type Matrix as MathMatrix, matrix as mathMatrix } from 'mathjs';
import { fromRows, toRows } from './matrix.ts';
import { dimensions, type Matrix, type Vector } from './ndarrays.ts';

export { type CheckGradientOptions, checkGradient, type GradientCheck } from './check-gradient.ts';
export { mathjsEigen } from './eigen-mathjs.ts';

/**
 * Copies a matrix into a dense one of mathjs.
 *
 * @param values [rows, columns]
 * @throws RangeError if it is no matrix
 */
export function toMathjs(values: Matrix): MathMatrix {
  dimensions('toMathjs', values);
  return mathMatrix(toRows(values));
}

/** Copies a vector into a one-dimensional matrix of mathjs. */
export function vectorToMathjs(values: Vector): MathMatrix {
  if (values.dimension !== 1) {
    throw new RangeError(`vectorToMathjs: values must be a vector, got shape [${values.shape.join(', ')}]`);
  }
  return mathMatrix(Array.from({ length: values.shape[0]! }, (_, at) => values.get(at)));
}

/**
 * Copies a two-dimensional matrix of mathjs, dense or sparse, into one of ours, in float64.
 *
 * @throws RangeError if it has another number of dimensions, TypeError if an element is no number (a unit, a fraction, …)
 */
export function fromMathjs(values: MathMatrix): Matrix {
  const size = values?.size?.();
  if (!Array.isArray(size))
    throw new TypeError(`fromMathjs: values must be a mathjs matrix, got ${typeof values}`);
  if (size.length !== 2) {
    throw new RangeError(`fromMathjs: values must have two dimensions, got size [${size.join(', ')}]`);
  }
  const rows = values.toArray() as unknown[][];
  rows.forEach((row, r) => {
    row.forEach((value, c) => {
      if (typeof value !== 'number')
        throw new TypeError(`fromMathjs: values must be numbers, got ${String(value)} at [${r}, ${c}]`);
    });
  });
  return fromRows(rows as number[][]);
}
