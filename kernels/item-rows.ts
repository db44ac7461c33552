// Loops over rows of an item table in WebAssembly SIMD, written in AssemblyScript: one pass of logistic regression over
// a client's rows, the scores of all items, the sum of rank-one updates, and a running mean. In: addresses in this module's
// memory. lib/fast/logistic-fused.ts, lib/federated/update-sum.ts and tokens.ts have the same in plain TypeScript. No relaxed
// SIMD: every machine rounds alike.

/** Bytes of four floats. */
const VECTOR: usize = 16;

/**
 * Logistic regression on a client's rows: errors g = W (σ(s) − y), the gradient Σ g q and the curvatures W σ (1 − σ).
 * Four rows at a time, one a lane.
 *
 * @param table Q [items, dims]; the bias is the last of the `dims` columns, 16 more bytes must be readable behind Q
 * @param rows item numbers u32 [count]; `count` is a multiple of 4, rows to be ignored have weight 0
 * @param vector p [width], zero from `dims - 1` on; `width` is dims − 1 rounded up to a multiple of 4
 * @param errors out [count]
 * @param gradient out [width]
 * @param curvatures out W σ (1 − σ) [count]
 */
export function pass(
  table: usize,
  dims: i32,
  width: i32,
  rows: usize,
  count: i32,
  weights: usize,
  labels: usize,
  vector: usize,
  errors: usize,
  gradient: usize,
  curvatures: usize,
): void {
  const stride = <usize>dims * 4;
  const bias = stride - 4;
  const end = <usize>width * 4;
  for (let k: usize = 0; k < end; k += VECTOR) v128.store(gradient + k, f32x4.splat(0));
  for (let row: usize = 0; row < <usize>count * 4; row += VECTOR) {
    const q0 = table + load<u32>(rows + row) * stride;
    const q1 = table + load<u32>(rows + row, 4) * stride;
    const q2 = table + load<u32>(rows + row, 8) * stride;
    const q3 = table + load<u32>(rows + row, 12) * stride;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let k: usize = 0; k < end; k += VECTOR) {
      const p = v128.load(vector + k);
      sum0 = f32x4.add(sum0, f32x4.mul(p, v128.load(q0 + k)));
      sum1 = f32x4.add(sum1, f32x4.mul(p, v128.load(q1 + k)));
      sum2 = f32x4.add(sum2, f32x4.mul(p, v128.load(q2 + k)));
      sum3 = f32x4.add(sum3, f32x4.mul(p, v128.load(q3 + k)));
    }
    const scores = f32x4.add(biasesOf(q0, q1, q2, q3, bias), sumsOfLanes(sum0, sum1, sum2, sum3));
    const probabilities = sigmoid(scores);
    const weight = v128.load(weights + row);
    const error = f32x4.mul(weight, f32x4.sub(probabilities, v128.load(labels + row)));
    v128.store(errors + row, error);
    const slope = f32x4.mul(probabilities, f32x4.sub(f32x4.splat(1), probabilities));
    v128.store(curvatures + row, f32x4.mul(weight, slope));
    const e0 = f32x4.splat(f32x4.extract_lane(error, 0));
    const e1 = f32x4.splat(f32x4.extract_lane(error, 1));
    const e2 = f32x4.splat(f32x4.extract_lane(error, 2));
    const e3 = f32x4.splat(f32x4.extract_lane(error, 3));
    for (let k: usize = 0; k < end; k += VECTOR) {
      const low = f32x4.add(f32x4.mul(e0, v128.load(q0 + k)), f32x4.mul(e1, v128.load(q1 + k)));
      const high = f32x4.add(f32x4.mul(e2, v128.load(q2 + k)), f32x4.mul(e3, v128.load(q3 + k)));
      v128.store(gradient + k, f32x4.add(v128.load(gradient + k), f32x4.add(low, high)));
    }
  }
}

/**
 * The Hessian Σ c q qᵀ from the curvatures c of the last `pass`. Sums stay in registers while all rows pass by, eight at a
 * time: four rows of the Hessian, k to k + 3, by two vectors of columns.
 *
 * @param hessian out [width, width rounded up to a multiple of 8]; entries above the diagonal mean nothing
 */
export function hessian(
  table: usize,
  dims: i32,
  width: i32,
  rows: usize,
  count: i32,
  curvatures: usize,
  hessian: usize,
): void {
  const stride = <usize>dims * 4;
  const end = <usize>width * 4;
  const line = (end + 31) & ~31;
  for (let k: usize = 0; k < end; k += VECTOR) {
    for (let l: usize = 0; l <= k; l += 2 * VECTOR) {
      addOuterProducts(table, stride, rows, <usize>count * 4, curvatures, k, l, hessian + k * <usize>(line >> 2) + l, line);
    }
  }
}

/** Σ c q_k q_l for four k and eight l, into lines of the Hessian; all offsets in bytes. */
function addOuterProducts(
  table: usize,
  stride: usize,
  rows: usize,
  end: usize,
  curvatures: usize,
  k: usize,
  l: usize,
  target: usize,
  line: usize,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (let row: usize = 0; row < end; row += 4) {
    const q = table + load<u32>(rows + row) * stride;
    const scaled = f32x4.mul(v128.load32_splat(curvatures + row), v128.load(q + k));
    const left = v128.load(q + l);
    const right = v128.load(q + l, 16);
    const c0 = v128.shuffle<f32>(scaled, scaled, 0, 0, 0, 0);
    s00 = f32x4.add(s00, f32x4.mul(c0, left));
    s01 = f32x4.add(s01, f32x4.mul(c0, right));
    const c1 = v128.shuffle<f32>(scaled, scaled, 1, 1, 1, 1);
    s10 = f32x4.add(s10, f32x4.mul(c1, left));
    s11 = f32x4.add(s11, f32x4.mul(c1, right));
    const c2 = v128.shuffle<f32>(scaled, scaled, 2, 2, 2, 2);
    s20 = f32x4.add(s20, f32x4.mul(c2, left));
    s21 = f32x4.add(s21, f32x4.mul(c2, right));
    const c3 = v128.shuffle<f32>(scaled, scaled, 3, 3, 3, 3);
    s30 = f32x4.add(s30, f32x4.mul(c3, left));
    s31 = f32x4.add(s31, f32x4.mul(c3, right));
  }
  v128.store(target, s00);
  v128.store(target, s01, 16);
  v128.store(target + line, s10);
  v128.store(target + line, s11, 16);
  v128.store(target + 2 * line, s20);
  v128.store(target + 2 * line, s21, 16);
  v128.store(target + 3 * line, s30);
  v128.store(target + 3 * line, s31, 16);
}

/** Scores [p, 1]·q of all items; `items` rounded up to a multiple of 4 must be readable and writable. */
export function score(table: usize, dims: i32, width: i32, items: i32, vector: usize, scores: usize): void {
  const stride = <usize>dims * 4;
  const end = <usize>width * 4;
  for (let item: usize = 0; item < <usize>items * 4; item += VECTOR) {
    const q0 = table + (item >> 2) * stride;
    const q1 = q0 + stride;
    const q2 = q1 + stride;
    const q3 = q2 + stride;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let k: usize = 0; k < end; k += VECTOR) {
      const p = v128.load(vector + k);
      sum0 = f32x4.add(sum0, f32x4.mul(p, v128.load(q0 + k)));
      sum1 = f32x4.add(sum1, f32x4.mul(p, v128.load(q1 + k)));
      sum2 = f32x4.add(sum2, f32x4.mul(p, v128.load(q2 + k)));
      sum3 = f32x4.add(sum3, f32x4.mul(p, v128.load(q3 + k)));
    }
    const sums = sumsOfLanes(sum0, sum1, sum2, sum3);
    v128.store(scores + item, f32x4.add(sums, biasesOf(q0, q1, q2, q3, stride - 4)));
  }
}

/** sum += left right on the named rows: a rank-one update B A. */
export function addRankOne(sum: usize, dims: i32, rows: usize, count: i32, left: usize, right: usize): void {
  const stride = <usize>dims * 4;
  const whole = stride & ~15;
  for (let row: usize = 0; row < <usize>count * 4; row += 4) {
    const target = sum + load<u32>(rows + row) * stride;
    const weight = load<f32>(left + row);
    const weights = f32x4.splat(weight);
    for (let k: usize = 0; k < whole; k += VECTOR) {
      const added = f32x4.mul(weights, v128.load(right + k));
      v128.store(target + k, f32x4.add(v128.load(target + k), added));
    }
    for (let k = whole; k < stride; k += 4) {
      store<f32>(target + k, load<f32>(target + k) + weight * load<f32>(right + k));
    }
  }
}

/** mean ← past · mean + share · row [items], a multiple of 4; `count` entries of the row have a value, the others are 0. */
export function updateMean(
  mean: usize,
  items: i32,
  past: f32,
  rows: usize,
  count: i32,
  values: usize,
  share: f32,
): void {
  const weights = f32x4.splat(past);
  for (let item: usize = 0; item < <usize>items * 4; item += VECTOR) {
    v128.store(mean + item, f32x4.mul(v128.load(mean + item), weights));
  }
  for (let row: usize = 0; row < <usize>count * 4; row += 4) {
    const target = mean + load<u32>(rows + row) * 4;
    store<f32>(target, load<f32>(target) + share * load<f32>(values + row));
  }
}

// @ts-expect-error: decorator
@inline
function biasesOf(q0: usize, q1: usize, q2: usize, q3: usize, bias: usize): v128 {
  let biases = f32x4.splat(load<f32>(q0 + bias));
  biases = f32x4.replace_lane(biases, 1, load<f32>(q1 + bias));
  biases = f32x4.replace_lane(biases, 2, load<f32>(q2 + bias));
  return f32x4.replace_lane(biases, 3, load<f32>(q3 + bias));
}

/** [Σ a, Σ b, Σ c, Σ d]. */
// @ts-expect-error: decorator
@inline
function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  // ab = [a02, b02, a13, b13] by pairs of lanes, cd alike.
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** σ(s), from e^−|s| so that nothing overflows. */
// @ts-expect-error: decorator
@inline
function sigmoid(scores: v128): v128 {
  const one = f32x4.splat(1);
  const decay = exponential(f32x4.neg(f32x4.abs(scores)));
  const small = f32x4.div(one, f32x4.add(one, decay));
  return v128.bitselect(small, f32x4.mul(decay, small), f32x4.ge(scores, f32x4.splat(0)));
}

/**
 * eˣ for −87 ≤ x ≤ 0 (smaller x count as −87): x = n ln 2 + r, eˣ = 2ⁿ eʳ, and eʳ by the polynomial of Cephes' expf
 * (Moshier, 1992), right to about one unit in the last place.
 */
// @ts-expect-error: decorator
@inline
function exponential(x: v128): v128 {
  const clamped = f32x4.max(x, f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504)));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let y = f32x4.splat(1.9875691500e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127));
  return f32x4.mul(y, i32x4.shl(exponent, 23));
}
