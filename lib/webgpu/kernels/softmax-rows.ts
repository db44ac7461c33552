// Softmax of every row, over the entries that are allowed, one workgroup a row:
//     w_j = share · e^(scale · s_j − m) / Σ_k e^(scale · s_k − m)        m = the row's largest scale · s
// Taking m off changes nothing but keeps every exponential at most 1. Column j is forbidden if its entry in `keys` is 0
// (an absent client) or if it is the row's `own` column (nobody attends to itself); forbidden entries get exactly 0, and so
// does a whole row in which nothing is allowed. With `accumulates`, w is added to what is there: the mean over heads.
import { rowKernel } from './row-kernel.ts';

const functions = /* wgsl */ `
fn isAllowed(j: u32, ownColumn: f32) -> bool {
  if (f32(j) == ownColumn) { return false; }
  return shape.hasKeys == 0u || keys(0u, j) != 0.0;
}

fn scaled(i: u32, j: u32) -> f32 { return shape.scale * scores(i, j); }

fn scaledOrLowest(i: u32, j: u32, ownColumn: f32) -> f32 {
  if (isAllowed(j, ownColumn)) { return scaled(i, j); }
  return LOWEST;
}

fn exponentialOrZero(i: u32, j: u32, ownColumn: f32, m: f32) -> f32 {
  if (isAllowed(j, ownColumn)) { return exp(scaled(i, j) - m); }
  return 0.0;
}
`;

export const softmaxRowsKernel = rowKernel(
  'softmax-rows',
  {
    matrices: { scores: 'read', keys: 'read', own: 'read', weights: 'write' },
    flags: ['hasKeys', 'hasOwn', 'accumulates'],
    numbers: ['scale', 'share'],
  },
  [
    /* wgsl */ `
    var ownColumn = -1.0;
    if (shape.hasOwn == 1u) { ownColumn = own(i, 0u); }`,
    { largest: { m: 'scaledOrLowest(i, j, ownColumn)' } },
    { sum: { sum: 'exponentialOrZero(i, j, ownColumn, m)' } },
    {
      each: /* wgsl */ `
      var weight = 0.0;
      if (isAllowed(j, ownColumn)) { weight = shape.share * exp(scaled(i, j) - m) / sum; }
      if (shape.accumulates == 1u) { weight += weights(i, j); }
      setWeights(i, j, weight);`,
    },
  ],
  functions,
);
