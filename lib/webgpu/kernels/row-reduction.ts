// How the 64 threads of a workgroup agree on one number, such as the sum of a row: each adds up every 64th element, then
// half of them add their neighbours' sums to their own, then a quarter, until one sum is left: log₂ 64 = 6 steps.
// Adding in a tree instead of one after the other also keeps rounding errors small. Each reduction of a kernel has a
// `slot` of memory of its own: Mesa 22's llvmpipe moves a read past the barrier that should keep a later write away.

/** WGSL with this many reductions, at least one. */
export const rowReduction = (slots: number) => /* wgsl */ `const THREADS = 64u;
const LOWEST = -3.4e38;
var<workgroup> partial: array<array<f32, THREADS>, ${slots}>;

/** The sum of every thread's number; all of them get it. */
fn sumOfThreads(slot: u32, thread: u32, mine: f32) -> f32 {
  partial[slot][thread] = mine;
  workgroupBarrier(); // everybody has written
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { partial[slot][thread] += partial[slot][thread + half]; }
    workgroupBarrier();
  }
  return partial[slot][0];
}

/** The largest of every thread's number; all of them get it. */
fn largestOfThreads(slot: u32, thread: u32, mine: f32) -> f32 {
  partial[slot][thread] = mine;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { partial[slot][thread] = max(partial[slot][thread], partial[slot][thread + half]); }
    workgroupBarrier();
  }
  return partial[slot][0];
}
`;
