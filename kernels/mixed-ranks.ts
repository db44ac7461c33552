// Counting in WebAssembly SIMD how many items a held-out one is better than, written in AssemblyScript. In: addresses of
// base scores and personal part in this module's memory. lib/evaluation/ranking.ts has the same in plain TypeScript.

/** How many of the scores base + weight · part are below `own`, of `items`; one that is not a number is not. */
export function countBelow(base: usize, part: usize, weight: f32, own: f32, items: i32): i32 {
  const end = <usize>items * 4;
  const whole = end & ~15;
  const weights = f32x4.splat(weight);
  const owns = f32x4.splat(own);
  let counts = i32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const scores = f32x4.add(v128.load(base + at), f32x4.mul(weights, v128.load(part + at)));
    counts = i32x4.sub(counts, f32x4.lt(scores, owns)); // a lane that compares true is −1
  }
  let count = i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1);
  count += i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
  for (; at < end; at += 4) {
    if (load<f32>(base + at) + weight * load<f32>(part + at) < own) count++;
  }
  return count;
}
