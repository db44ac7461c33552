// Softmax of every row, over the entries that are allowed, one workgroup a row:
//     w_j = share · e^(scale · s_j − m) / Σ_k e^(scale · s_k − m)        m = the row's largest scale · s
// Taking m off changes nothing but keeps every exponential at most 1. Column j is forbidden if its entry in `keys` is 0
// (an absent client) or if it is the row's `own` column (nobody attends to itself); forbidden entries get exactly 0, and so
// does a whole row in which nothing is allowed. With `accumulates`, w is added to what is there: the mean over heads.
import type { Kernel } from '../kernel.ts';
import { placeType, rowReduction } from './row-reduction.ts';

export const softmaxRowsKernel: Kernel = {
  name: 'softmax-rows',
  storage: ['read', 'read', 'read', 'write'],
  code: /* wgsl */ `${placeType}${rowReduction}
struct Shape {
  scoresAt: Place, keysAt: Place, ownAt: Place, weightsAt: Place,
  rows: u32, columns: u32,
  hasKeys: u32, hasOwn: u32, accumulates: u32,
  scale: f32, share: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> scores: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<f32>;
@group(0) @binding(3) var<storage, read> own: array<f32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;
const LOWEST = -3.4e38;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * GRID_WIDTH + group.x;
  if (row >= shape.rows) { return; }
  var ownColumn = -1.0;
  if (shape.hasOwn == 1u) { ownColumn = own[at(shape.ownAt, row, 0u)]; }
  var mine = LOWEST;
  for (var j = thread; j < shape.columns; j += THREADS) {
    if (isAllowed(j, ownColumn)) { mine = max(mine, scaled(row, j)); }
  }
  let largest = largestOfThreads(0u, thread, mine);
  var part = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) {
    if (isAllowed(j, ownColumn)) { part += exp(scaled(row, j) - largest); }
  }
  let sum = sumOfThreads(1u, thread, part);
  for (var j = thread; j < shape.columns; j += THREADS) {
    var weight = 0.0;
    if (isAllowed(j, ownColumn)) { weight = shape.share * exp(scaled(row, j) - largest) / sum; }
    let place = at(shape.weightsAt, row, j);
    if (shape.accumulates == 1u) { weight += weights[place]; }
    weights[place] = weight;
  }
}

fn scaled(row: u32, j: u32) -> f32 {
  return shape.scale * scores[at(shape.scoresAt, row, j)];
}

fn isAllowed(j: u32, ownColumn: f32) -> bool {
  if (f32(j) == ownColumn) { return false; }
  return shape.hasKeys == 0u || keys[at(shape.keysAt, 0u, j)] != 0.0;
}
`,
};
