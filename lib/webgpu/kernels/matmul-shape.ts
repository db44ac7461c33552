// The question that the three matmul kernels answer: C [rows, columns] = A [rows, inner] · B [inner, columns].
// Element (i, j) of A lies at aOffset + i·aRowStride + j·aColumnStride, so Aᵀ is A with the strides exchanged: one kernel
// serves all four of AB, AᵀB, ABᵀ and AᵀBᵀ. With `accumulates`, C grows by the product: that is how a long inner
// dimension is cut into pieces.
import type { Kernel } from '../kernel.ts';

/** The storage of all three: A, B, C. */
export const matmulStorage: Kernel['storage'] = ['read', 'read', 'write'];

export const matmulShape = /* wgsl */ `
struct Shape {
  rows: u32, inner: u32, columns: u32, accumulates: u32,
  aOffset: u32, aRowStride: u32, aColumnStride: u32,
  bOffset: u32, bRowStride: u32, bColumnStride: u32,
  cOffset: u32, cRowStride: u32, cColumnStride: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

/** A(i, k), and 0 outside. */
fn loadA(i: u32, k: u32) -> f32 {
  if (i >= shape.rows || k >= shape.inner) { return 0.0; }
  return a[shape.aOffset + i * shape.aRowStride + k * shape.aColumnStride];
}

/** B(k, j), and 0 outside. */
fn loadB(k: u32, j: u32) -> f32 {
  if (k >= shape.inner || j >= shape.columns) { return 0.0; }
  return b[shape.bOffset + k * shape.bRowStride + j * shape.bColumnStride];
}

/** C(i, j) = sum, or C(i, j) + sum. */
fn storeC(i: u32, j: u32, sum: f32) {
  if (i >= shape.rows || j >= shape.columns) { return; }
  let at = shape.cOffset + i * shape.cRowStride + j * shape.cColumnStride;
  if (shape.accumulates == 1u) { c[at] = c[at] + sum; } else { c[at] = sum; }
}
`;
