// A kernel that takes one row a workgroup: i is the row, and its 64 threads share the columns j.
// In: the steps of the mathematics, such as a sum over the row, then something for every column; out: WGSL.
import type { Kernel } from '../kernel.ts';
import { GRID_WIDTH, indented, matrixKernel, type Operands } from './matrix-kernel.ts';
import { rowReduction } from './row-reduction.ts';

/** A step over a row; names that it makes are known to all that follow. */
export type RowStep =
  /** For each name, the sum over the columns of an expression in i and j; all with one pass over the row. */
  | { readonly sum: Readonly<Record<string, string>> }
  /** For each name, the largest of an expression in i and j. */
  | { readonly largest: Readonly<Record<string, string>> }
  /** Statements for every column j. */
  | { readonly each: string }
  /** Statements for the row; every thread runs them. */
  | string;

/** @param functions WGSL functions that the steps use */
export function rowKernel(
  name: string,
  operands: Operands,
  steps: readonly RowStep[],
  functions = '',
): Kernel {
  let slots = 0;
  const body = steps.map((step) => {
    if (typeof step === 'string') return indented(step, 2);
    if ('each' in step) return overColumns(step.each);
    if ('sum' in step) return reduce(step.sum, () => slots++, sumReduction);
    return reduce(step.largest, () => slots++, largestReduction);
  });
  return matrixKernel(
    name,
    operands,
    /* wgsl */ `${rowReduction(Math.max(1, slots))}${functions}
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let i = group.y * ${GRID_WIDTH}u + group.x;
  if (i >= shape.rows) { return; }
${body.join('\n')}
}
`,
  );
}

/** How one thread's part of a row grows, and how the parts become one number. */
interface Reduction {
  readonly start: string;
  grow(part: string, value: string): string;
  readonly join: string;
}

const sumReduction: Reduction = {
  start: '0.0',
  grow: (part, value) => `${part} += ${value};`,
  join: 'sumOfThreads',
};

const largestReduction: Reduction = {
  start: 'LOWEST',
  grow: (part, value) => `${part} = max(${part}, ${value});`,
  join: 'largestOfThreads',
};

function reduce(
  values: Readonly<Record<string, string>>,
  nextSlot: () => number,
  { start, grow, join }: Reduction,
): string {
  const names = Object.keys(values);
  return [
    ...names.map((name) => `  var ${name}Part = ${start};`),
    overColumns(names.map((name) => grow(`${name}Part`, values[name]!)).join('\n')),
    ...names.map((name) => `  let ${name} = ${join}(${nextSlot()}u, thread, ${name}Part);`),
  ].join('\n');
}

function overColumns(statements: string): string {
  return `  for (var j = thread; j < shape.columns; j += THREADS) {\n${indented(statements, 4)}\n  }`;
}
