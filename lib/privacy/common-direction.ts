// The direction that the rows of a message have in common: what an attack reads if it does not know what the columns mean.
// In: rows [rows, dims]; out: a unit vector.

/**
 * The unit vector that most of the rows' squares lie along (power iteration on their Gram matrix), with the sign that
 * leaves most rows below 0: a sample has more negatives than positives, and the server knows that.
 */
export function commonDirection(left: Float32Array, dims: number): Float64Array {
  const rows = left.length / dims;
  const gram = new Float64Array(dims * dims); // [dims, dims]
  for (let row = 0; row < rows; row++) {
    for (let a = 0; a < dims; a++) {
      const value = left[row * dims + a]!;
      for (let b = 0; b < dims; b++) gram[a * dims + b]! += value * left[row * dims + b]!;
    }
  }
  const direction = strongestOf(gram, dims);
  let balance = 0;
  for (let row = 0; row < rows; row++) {
    let along = 0;
    for (let k = 0; k < dims; k++) along += left[row * dims + k]! * direction[k]!;
    balance += Math.sign(along);
  }
  return balance > 0 ? direction.map((value) => -value) : direction;
}

/** The eigenvector with the largest eigenvalue, by 100 steps of the power method from the Gram matrix's largest row. */
function strongestOf(gram: Float64Array, dims: number): Float64Array {
  let start = 0;
  for (let k = 1; k < dims; k++) if (gram[k * dims + k]! > gram[start * dims + start]!) start = k;
  let vector = gram.slice(start * dims, (start + 1) * dims);
  for (let step = 0; step < 100; step++) {
    const next = new Float64Array(dims);
    for (let a = 0; a < dims; a++) {
      for (let b = 0; b < dims; b++) next[a]! += gram[a * dims + b]! * vector[b]!;
    }
    const length = Math.hypot(...next);
    if (length === 0) return vector;
    vector = next.map((value) => value / length);
  }
  return vector;
}
