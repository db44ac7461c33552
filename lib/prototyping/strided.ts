// What ndarray does, written out for one and two dimensions: ndarray makes its classes from strings, which a page's content
// security policy may forbid. The build puts it in ndarray's place in `fedtlrec/kmeans`, `/lora` and `/attention`
// (scripts/alone.ts), so that these are single files without an import. In: flat data and a shape; out: a view on them.
import type { NdArray } from 'ndarray';
import type { FloatArray } from '../numeric/ndarrays.ts';

/** A view of flat data that answers as an ndarray does. */
export function stridedView(data: FloatArray, shape: number[]): NdArray<FloatArray> {
  return new StridedView(data, shape, shape.length === 2 ? [shape[1]!, 1] : [1], 0);
}

class StridedView implements NdArray<FloatArray> {
  readonly data: FloatArray;
  readonly shape: number[];
  readonly stride: number[];
  readonly offset: number;

  constructor(data: FloatArray, shape: number[], stride: number[], offset: number) {
    this.data = data;
    this.shape = shape;
    this.stride = stride;
    this.offset = offset;
  }

  get dimension(): number {
    return this.shape.length;
  }

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  get dtype(): 'float32' | 'float64' {
    return this.data instanceof Float32Array ? 'float32' : 'float64';
  }

  /** The axes from the shortest stride to the longest. */
  get order(): number[] {
    const size = (axis: number) => Math.abs(this.stride[axis]!);
    return [...this.shape.keys()].sort((a, b) => size(a) - size(b) || a - b);
  }

  /** The transpose. */
  get T(): StridedView {
    return this.transpose();
  }

  index(row = 0, column = 0): number {
    return this.offset + row * (this.stride[0] ?? 0) + column * (this.stride[1] ?? 0);
  }

  get(row: number, column?: number): number {
    return this.data[this.index(row, column)]!;
  }

  set(row: number, columnOrValue: number, value?: number): number {
    if (value === undefined) this.data[this.index(row)] = columnOrValue;
    else this.data[this.index(row, columnOrValue)] = value;
    return value ?? columnOrValue;
  }

  transpose(...axes: number[]): StridedView {
    const turned = axes.length > 0 ? axes : [...this.shape.keys()].reverse();
    const by = (list: readonly number[]) => turned.map((axis) => list[axis]!);
    return new StridedView(this.data, by(this.shape), by(this.stride), this.offset);
  }

  /** Without the first elements of each axis. */
  lo(...from: (number | null)[]): StridedView {
    const first = this.shape.map((_, axis) => from[axis] ?? 0);
    const shape = this.shape.map((length, axis) => length - first[axis]!);
    return new StridedView(this.data, shape, this.stride, this.index(first[0], first[1]));
  }

  /** Only the first elements of each axis. */
  hi(...to: (number | null)[]): StridedView {
    const shape = this.shape.map((length, axis) => to[axis] ?? length);
    return new StridedView(this.data, shape, this.stride, this.offset);
  }

  /** Every n-th element of each axis; backwards if n is negative. */
  step(...steps: (number | null)[]): StridedView {
    const by = this.shape.map((_, axis) => steps[axis] ?? 1);
    const shape = this.shape.map((length, axis) => Math.ceil(length / Math.abs(by[axis]!)));
    const stride = this.stride.map((length, axis) => length * by[axis]!);
    const last = (axis: number) => (by[axis]! < 0 ? this.shape[axis]! - 1 : 0);
    return new StridedView(this.data, shape, stride, this.index(last(0), last(1)));
  }

  /** What is left when some axes are fixed. */
  pick(...at: (number | null)[]): StridedView {
    const free = [...this.shape.keys()].filter((axis) => (at[axis] ?? null) === null);
    const by = (list: readonly number[]) => free.map((axis) => list[axis]!);
    return new StridedView(this.data, by(this.shape), by(this.stride), this.index(at[0] ?? 0, at[1] ?? 0));
  }
}
