// How the 64 threads of a workgroup agree on one number, such as the sum of a row: each adds up every 64th element, then
// half of them add their neighbours' sums to their own, then a quarter, until one sum is left: log₂ 64 = 6 steps.
// Adding in a tree instead of one after the other also keeps rounding errors small. Each reduction of a kernel has a
// `slot` of memory of its own: Mesa 22's llvmpipe moves a read past the barrier that should keep a later write away.

/** Rows in x before the grid of workgroups continues in y; a grid has at most 65,535 in a direction. */
export const GRID_WIDTH = 32_768;

export const rowReduction = /* wgsl */ `
const THREADS = 64u;
const GRID_WIDTH = ${GRID_WIDTH}u;
const SLOTS = 4u;
var<workgroup> partial: array<array<f32, THREADS>, SLOTS>;

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

/**
 * The place of a matrix in a buffer: where it begins, and how far the next row and the next column are. A shape's places
 * come first, because uniform memory wants vectors at multiples of 16 bytes.
 */
export const placeType = /* wgsl */ `
alias Place = vec4<u32>; // offset, row stride, column stride, nothing

fn at(place: Place, row: u32, column: u32) -> u32 {
  return place.x + row * place.y + column * place.z;
}
`;
