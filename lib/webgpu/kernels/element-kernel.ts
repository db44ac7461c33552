// A kernel that takes one element a thread: i and j are its row and column.
import type { Kernel } from '../kernel.ts';
import { GRID_WIDTH, indented, matrixKernel, type Operands } from './matrix-kernel.ts';

/** Threads of a workgroup, one element each. */
export const ELEMENTS = 256;

/** @param statements WGSL for one element, in terms of i and j */
export function elementKernel(name: string, operands: Operands, statements: string): Kernel {
  return matrixKernel(
    name,
    operands,
    /* wgsl */ `@compute @workgroup_size(${ELEMENTS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let index = (group.y * ${GRID_WIDTH}u + group.x) * ${ELEMENTS}u + thread;
  if (index >= shape.rows * shape.columns) { return; }
  let i = index / shape.columns;
  let j = index % shape.columns;
${indented(statements, 2)}
}
`,
  );
}
