// Solves H x = g for a symmetric positive definite H, as a Newton step needs it.
// In: the lower half of H [size, size] and g [size]; out: x. H = L Lᵀ with L lower triangular, then two substitutions
// (Golub & Van Loan, Matrix Computations, ch. 4.2). Flat arrays, because every client does it at every evaluation.

/**
 * Solves H x = g in place: `h` becomes L, `g` becomes x.
 *
 * @param h H [size × size], row-major; only its lower half is read
 * @param g g [size]
 * @throws RangeError if H is not positive definite
 */
export function solvePositiveDefinite(h: Float64Array, g: Float64Array): void {
  const size = g.length;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = h[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= h[row * size + k]! * h[column * size + k]!;
      if (column < row) h[row * size + column] = sum / h[column * size + column]!;
      else if (sum > 0) h[row * size + row] = Math.sqrt(sum);
      else {
        throw new RangeError(
          `solvePositiveDefinite: the matrix must be positive definite, got pivot ${sum} in row ${row}`,
        );
      }
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = g[row]!; // L y = g
    for (let k = 0; k < row; k++) sum -= h[row * size + k]! * g[k]!;
    g[row] = sum / h[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = g[row]!; // Lᵀ x = y
    for (let k = row + 1; k < size; k++) sum -= h[k * size + row]! * g[k]!;
    g[row] = sum / h[row * size + row]!;
  }
}
