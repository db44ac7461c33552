// The loops of K-means in WebAssembly SIMD, float64 (kernels/kmeans.ts): points, centroids and results lie in the
// module's memory. Same inputs and outputs as lib/fast/kmeans-loops.ts, the scalar version, with the same bits on every machine.

import type { FloatArray } from '../numeric/ndarrays.ts';
import { kmeansKernel } from './kmeans-kernel.generated.ts';
import { growTo, openKernel } from './open-kernel.ts';

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly assign: (...addressesAndCounts: number[]) => void;
  readonly addUp: (...addressesAndCounts: number[]) => void;
}

/** The SIMD loops, or null where the engine has no WebAssembly SIMD or not as much memory for it. */
export function createKmeansSimd(points: number, dims: number, clusters: number): KmeansSimd | null {
  const layout = layOut(points, dims, clusters);
  const kernel = openFor(layout.bytes);
  return kernel && new KmeansSimd(kernel, layout, dims);
}

function openFor(bytes: number): Kernel | null {
  const kernel = openKernel<Kernel>(kmeansKernel);
  try {
    if (kernel) growTo(kernel, bytes);
    return kernel;
  } catch {
    return null; // more than 4 GB
  }
}

/** How long the arrays in the module's memory are, and what they take together. */
function layOut(points: number, dims: number, clusters: number) {
  const width = roundUp(dims); // what the kernel reads at once
  const lengths = { points: points * width, centroids: roundUp(clusters) * width, sums: clusters * width };
  const bytes = 8 * (lengths.points + lengths.centroids + lengths.sums + 2 * points) + 4 * points;
  return { count: points, width, lengths, bytes };
}

export class KmeansSimd {
  readonly labels: Int32Array;
  readonly distances: Float64Array;
  readonly bounds: Float64Array;
  private readonly kernel: Kernel;
  private readonly dims: number;
  private readonly width: number;
  private readonly points: Float64Array; // [points, width]
  private readonly centroids: Float64Array; // [clusters, rounded up, width]
  private readonly totals: Float64Array; // [clusters, width]

  constructor(kernel: Kernel, { count, width, lengths }: ReturnType<typeof layOut>, dims: number) {
    this.kernel = kernel;
    this.dims = dims;
    this.width = width;
    const buffer = kernel.memory.buffer as ArrayBuffer;
    let at = 0;
    const place = (length: number) => {
      const placed = new Float64Array(buffer, at, length);
      at += placed.byteLength;
      return placed;
    };
    this.points = place(lengths.points);
    this.centroids = place(lengths.centroids).fill(Infinity); // where no centroid stands, none is near
    this.totals = place(lengths.sums);
    this.distances = place(count);
    this.bounds = place(count);
    this.labels = new Int32Array(buffer, at, count);
  }

  setPoints(points: FloatArray): void {
    this.copyPadded(points, this.points);
  }

  assign(centroids: Float64Array, caution: number): void {
    this.copyPadded(centroids, this.centroids);
    this.kernel.assign(
      this.points.byteOffset,
      this.labels.length,
      this.width,
      this.centroids.byteOffset,
      this.centroids.length / this.width,
      this.labels.byteOffset,
      this.distances.byteOffset,
      this.bounds.byteOffset,
      1 - caution,
    );
  }

  sums(): Float64Array<ArrayBuffer> {
    const { points, labels, totals, width, dims } = this;
    totals.fill(0);
    this.kernel.addUp(points.byteOffset, labels.length, width, labels.byteOffset, totals.byteOffset);
    const sums = new Float64Array((totals.length / width) * dims);
    for (let index = 0; index < sums.length; index += dims) {
      const start = (index / dims) * width;
      sums.set(totals.subarray(start, start + dims), index);
    }
    return sums;
  }

  /** Copies rows of `dims` numbers into rows of `width`, the rest of which is 0. */
  private copyPadded(from: FloatArray, to: Float64Array): void {
    const { dims, width } = this;
    if (dims === width) {
      to.set(from);
      return;
    }
    const rows = from.length / dims;
    to.fill(0, 0, rows * width);
    for (let row = 0; row < rows; row++) to.set(from.subarray(row * dims, (row + 1) * dims), row * width);
  }
}

/** The next multiple of four: two vectors of two. */
function roundUp(count: number): number {
  return (count + 3) & ~3;
}
