// What all kernels over matrices share: how a matrix is found in its buffer, and which numbers come with a dispatch.
// In: the names of a kernel's matrices and numbers; out: the beginning of its WGSL. The rest is written with matrices as in
// a formula: `x(i, j)` is the number in row i and column j, `setX(i, j, value)` replaces it.
import type { Kernel } from '../kernel.ts';

/** Workgroups in x before the grid continues in y; a grid has at most 65,535 in a direction. */
export const GRID_WIDTH = 32_768;

/** What a kernel works on. */
export interface Operands {
  /** Matrices in the order of their bindings, and whether they are written. */
  readonly matrices: Readonly<Record<string, 'read' | 'write'>>;
  /** Whole numbers that come after `rows` and `columns`: `shape.name`. */
  readonly flags?: readonly string[];
  /** Real numbers that come last. */
  readonly numbers?: readonly string[];
}

/** A kernel over matrices; `main` is the WGSL after its declarations. */
export function matrixKernel(name: string, operands: Operands, main: string): Kernel {
  const storage = Object.values(operands.matrices);
  return { name, storage, code: `${declarations(operands)}\n${main}` };
}

/**
 * A shape's places come first, because uniform memory wants vectors at multiples of 16 bytes. A row stride of 0 repeats one
 * row for all, a column stride of 0 one column.
 */
function declarations({ matrices, flags = [], numbers = [] }: Operands): string {
  const names = Object.keys(matrices);
  const fields = [
    names.map((name) => `${name}At: Place`),
    ['rows: u32', 'columns: u32'],
    flags.map((name) => `${name}: u32`),
    numbers.map((name) => `${name}: f32`),
  ];
  const lines = fields.filter((group) => group.length > 0).map((group) => `  ${group.join(', ')},`);
  return /* wgsl */ `alias Place = vec4<u32>; // offset, row stride, column stride, nothing

fn at(place: Place, i: u32, j: u32) -> u32 {
  return place.x + i * place.y + j * place.z;
}

struct Shape {
${lines.join('\n')}
}
@group(0) @binding(0) var<uniform> shape: Shape;
${names.map((name, index) => accessTo(name, index + 1, matrices[name]!)).join('')}`;
}

/** A matrix's buffer, and functions that read and write one number of it. */
function accessTo(name: string, binding: number, access: 'read' | 'write'): string {
  const mode = access === 'read' ? 'read' : 'read_write';
  const read = /* wgsl */ `
@group(0) @binding(${binding}) var<storage, ${mode}> ${name}Numbers: array<f32>;
fn ${name}(i: u32, j: u32) -> f32 { return ${name}Numbers[at(shape.${name}At, i, j)]; }
`;
  if (access === 'read') return read;
  const setter = `set${name[0]!.toUpperCase()}${name.slice(1)}`;
  return /* wgsl */ `${read}fn ${setter}(i: u32, j: u32, value: f32) { ${name}Numbers[at(shape.${name}At, i, j)] = value; }
`;
}

/** Text whose lines begin at a column, whatever column they were written at. */
export function indented(text: string, column: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const written = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => `${' '.repeat(column)}${line.slice(written)}`).join('\n');
}
