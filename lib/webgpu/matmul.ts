// Matrix products on the GPU, by one of three kernels: the definition, tiles, and tiles with register patches.
// In: views of any strides, so Aᵀ·B and A·Bᵀ need no copy; out: C. Matrices that lie in several buffers are multiplied
// block by block: rows of C × columns of C × stretches of the inner dimension, whose products add up.
import { GpuMatrix } from './gpu-matrix.ts';
import { stretches } from './stretches.ts';

/** From the one that is easiest to read to the fastest. */
export const matmulKernels = ['naive', 'tiled', 'registers'] as const;
export type MatmulKernel = (typeof matmulKernels)[number];

/** Rows and columns of C per workgroup. */
const tiles = { naive: 16, tiled: 16, registers: 64 } as const;
/** A grid has at most 65,535 workgroups in a direction. */
const LONGEST = 2 ** 19;

export interface GpuMatmulOptions {
  /** Default: `registers`. */
  readonly kernel?: MatmulKernel;
  /** Where to write C. Default: a new matrix. It must not share memory with A or B. */
  readonly into?: GpuMatrix;
}

/**
 * The matrix product C = A·B.
 *
 * @param a A [rows, inner]
 * @param b B [inner, columns]
 * @returns C [rows, columns]
 * @throws RangeError if the shapes do not fit
 */
export function matmul(a: GpuMatrix, b: GpuMatrix, options: GpuMatmulOptions = {}): GpuMatrix {
  const { gpu, rows, columns: inner } = a;
  const { columns } = b;
  if (b.rows !== inner)
    throw new RangeError(`matmul: b must have as many rows as a has columns (${inner}), got ${b.rows}`);
  const c = options.into ?? GpuMatrix.empty(gpu, rows, columns);
  if (c.rows !== rows || c.columns !== columns)
    throw new RangeError(`matmul: into must have shape [${rows}, ${columns}], got [${c.rows}, ${c.columns}]`);
  const name = options.kernel ?? 'registers';
  const compiled = gpu.kernel(`matmul-${name}`);
  const tile = tiles[name];
  const innerStretches = stretches([a.columnCuts, b.rowCuts]);
  if (inner === 0) innerStretches.push({ from: 0, to: 0 }); // an empty sum is 0, and must be written
  for (const i of stretches([a.rowCuts, c.rowCuts], LONGEST)) {
    for (const j of stretches([b.columnCuts, c.columnCuts], LONGEST)) {
      for (const k of innerStretches) {
        const places = [a.place(i.from, k.from), b.place(k.from, j.from), c.place(i.from, j.from)];
        const strides = places.flatMap(({ offset, rowStride, columnStride }) => [
          offset,
          rowStride,
          columnStride,
        ]);
        const sizes = [i.to - i.from, k.to - k.from, j.to - j.from, k.from > 0 ? 1 : 0];
        gpu.dispatch({
          compiled,
          buffers: places.map(({ buffer }) => buffer),
          whole: [...sizes, ...strides],
          real: [],
          groups: [Math.ceil((j.to - j.from) / tile), Math.ceil((i.to - i.from) / tile)],
        });
      }
    }
  }
  return c;
}
