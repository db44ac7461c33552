// The two loops of a K-means iteration in WebAssembly SIMD, float64, written in AssemblyScript: which centroid is nearest
// to each point, and the sum of each cluster's points. lib/fast/kmeans-loops.ts has the same in TypeScript and
// says what the arrays are; both do every operation in the same order, so their results are equal to the last bit.

/**
 * Brings labels, distances and bounds up to date. Two lanes and two sums a centroid: dims 4k, 4k + 1 | 4k + 2, 4k + 3.
 *
 * @param width numbers per point and centroid, a multiple of 4
 * @param clusters centroids to compare with, a multiple of 4; those that stand for none are infinitely far away
 * @param trust 1 − ε: bounds are made this much too small
 */
export function assign(
  points: usize,
  count: i32,
  width: i32,
  centroids: usize,
  clusters: i32,
  labels: usize,
  distances: usize,
  bounds: usize,
  trust: f64,
): void {
  const stride = <usize>width * 8;
  for (let point: usize = 0; point < <usize>count; point++) {
    const x = points + point * stride;
    const bound = load<f64>(bounds + point * 8);
    if (bound > 0) {
      const c = centroids + <usize>load<i32>(labels + point * 4) * stride;
      let low = f64x2.splat(0);
      let high = low;
      for (let k: usize = 0; k < stride; k += 32) {
        const a = f64x2.sub(v128.load(x + k), v128.load(c + k));
        const b = f64x2.sub(v128.load(x + k, 16), v128.load(c + k, 16));
        low = f64x2.add(low, f64x2.mul(a, a));
        high = f64x2.add(high, f64x2.mul(b, b));
      }
      const both = f64x2.add(low, high);
      const own = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
      store<f64>(distances + point * 8, own);
      if (own < bound * bound) continue;
    }
    let nearest: i32 = 0;
    let smallest: f64 = Infinity;
    let runnerUp: f64 = Infinity;
    for (let cluster: i32 = 0; cluster < clusters; cluster += 4) {
      const c0 = centroids + <usize>cluster * stride;
      const c1 = c0 + stride;
      const c2 = c1 + stride;
      const c3 = c2 + stride;
      let low0 = f64x2.splat(0);
      let low1 = low0;
      let low2 = low0;
      let low3 = low0;
      let high0 = low0;
      let high1 = low0;
      let high2 = low0;
      let high3 = low0;
      for (let k: usize = 0; k < stride; k += 32) {
        const a = v128.load(x + k);
        const b = v128.load(x + k, 16);
        let d = f64x2.sub(a, v128.load(c0 + k));
        low0 = f64x2.add(low0, f64x2.mul(d, d));
        d = f64x2.sub(b, v128.load(c0 + k, 16));
        high0 = f64x2.add(high0, f64x2.mul(d, d));
        d = f64x2.sub(a, v128.load(c1 + k));
        low1 = f64x2.add(low1, f64x2.mul(d, d));
        d = f64x2.sub(b, v128.load(c1 + k, 16));
        high1 = f64x2.add(high1, f64x2.mul(d, d));
        d = f64x2.sub(a, v128.load(c2 + k));
        low2 = f64x2.add(low2, f64x2.mul(d, d));
        d = f64x2.sub(b, v128.load(c2 + k, 16));
        high2 = f64x2.add(high2, f64x2.mul(d, d));
        d = f64x2.sub(a, v128.load(c3 + k));
        low3 = f64x2.add(low3, f64x2.mul(d, d));
        d = f64x2.sub(b, v128.load(c3 + k, 16));
        high3 = f64x2.add(high3, f64x2.mul(d, d));
      }
      for (let place: i32 = 0; place < 4; place++) {
        let both = f64x2.add(low0, high0);
        if (place === 1) both = f64x2.add(low1, high1);
        if (place === 2) both = f64x2.add(low2, high2);
        if (place === 3) both = f64x2.add(low3, high3);
        const distance = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
        if (distance < smallest) {
          runnerUp = smallest;
          smallest = distance;
          nearest = cluster + place;
        } else if (distance < runnerUp) runnerUp = distance;
      }
    }
    store<i32>(labels + point * 4, nearest);
    store<f64>(distances + point * 8, smallest);
    store<f64>(bounds + point * 8, trust * sqrt(runnerUp));
  }
}

/** sums[label] += point, for all points in order. */
export function addUp(points: usize, count: i32, width: i32, labels: usize, sums: usize): void {
  const stride = <usize>width * 8;
  for (let point: usize = 0; point < <usize>count; point++) {
    const x = points + point * stride;
    const sum = sums + <usize>load<i32>(labels + point * 4) * stride;
    for (let k: usize = 0; k < stride; k += 32) {
      v128.store(sum + k, f64x2.add(v128.load(sum + k), v128.load(x + k)));
      v128.store(sum + k, f64x2.add(v128.load(sum + k, 16), v128.load(x + k, 16)), 16);
    }
  }
}
