// The matrix product in plain JavaScript, four rows by four columns at a time: each of the eight numbers that a step
// reads is used four times, and the sixteen sums stay in registers. A and B are first packed into strips of four rows or
// columns that the innermost loop reads in order, so that any strides cost the same (Goto & van de Geijn, 2008).
// Sums are float64 and run over k in the order of the definition: the result equals that of `plainMatmul` to the last bit.

import type { FloatArray, Matrix } from '../numeric/ndarrays.ts';
import type { MatmulBackend } from '../numeric/product.ts';

const tileSize = 4;
/** Numbers of B that are packed at a time (1 MB), so that they stay in a cache while every row of A passes by. */
const packedLength = 131_072;

/**
 * A backend that multiplies in 4 × 4 tiles; any strides, any shape, float32 and float64.
 *
 * It keeps its workspaces, which only grow, from product to product: at most 1 MB for B, or one strip of 4 columns
 * where that is longer, and one strip of 4 rows of A. No result depends on what they held before.
 */
export function createTiled(): MatmulBackend {
  let rowStrip = new Float64Array(0); // [inner, 4]
  let columnStrips = new Float64Array(0); // [strips, inner, 4]
  const tile = new Float64Array(tileSize * tileSize);

  return {
    name: 'tiled',
    multiply(a, b, out) {
      const [rows, inner] = a.shape as [number, number];
      const columns = b.shape[1]!;
      const blockColumns = Math.min(roundUp(columns), fittingColumns(inner));
      rowStrip = grown(rowStrip, inner * tileSize);
      columnStrips = grown(columnStrips, inner * blockColumns);
      // #region walk
      for (let first = 0; first < columns; first += blockColumns) {
        const end = Math.min(first + blockColumns, columns);
        packColumns(b, first, end, columnStrips);
        for (let row = 0; row < rows; row += tileSize) {
          pack(a, row, Math.min(row + tileSize, rows), 0, rowStrip, 0);
          for (let column = first; column < end; column += tileSize) {
            multiplyTile(rowStrip, columnStrips, (column - first) * inner, inner, tile);
            store(tile, out, row, column);
          }
        }
      }
      // #endregion walk
    },
  };
}

/** How many columns of B fit the packed block; at least one strip. */
function fittingColumns(inner: number): number {
  return Math.max(tileSize, Math.floor(packedLength / Math.max(inner, 1) / tileSize) * tileSize);
}

/** Packs columns [first, end) of B as strips of four. */
function packColumns(b: Matrix, first: number, end: number, strips: Float64Array): void {
  const inner = b.shape[0]!;
  for (let column = first; column < end; column += tileSize) {
    pack(b, column, Math.min(column + tileSize, end), 1, strips, (column - first) * inner);
  }
}

/** Copies up to four rows (axis 0) or columns (axis 1) side by side, step by step; missing ones become zero. */
function pack(
  from: Matrix,
  first: number,
  end: number,
  axis: 0 | 1,
  strip: Float64Array,
  start: number,
): void {
  const { data, offset, shape } = from;
  const steps = shape[1 - axis]!;
  const laneStride = from.stride[axis]!;
  const stepStride = from.stride[1 - axis]!;
  for (let lane = 0; lane < tileSize; lane++) {
    const isPresent = first + lane < end;
    let position = offset + (first + lane) * laneStride;
    for (let step = 0; step < steps; step++) {
      strip[start + step * tileSize + lane] = isPresent ? data[position]! : 0;
      position += stepStride;
    }
  }
}

/** The innermost loop: sixteen sums over k, from a strip of A and one of B. */
function multiplyTile(
  a: Float64Array,
  b: Float64Array,
  bStart: number,
  steps: number,
  tile: Float64Array,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let k = 0; k < steps; k++) {
    const aAt = k * tileSize;
    const bAt = bStart + aAt;
    const b0 = b[bAt]!;
    const b1 = b[bAt + 1]!;
    const b2 = b[bAt + 2]!;
    const b3 = b[bAt + 3]!;
    const a0 = a[aAt]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[aAt + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[aAt + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[aAt + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}

/** Writes the part of a tile that lies inside C. */
function store(tile: Float64Array, out: Matrix, row: number, column: number): void {
  const data: FloatArray = out.data;
  const [rowStride, columnStride] = out.stride as [number, number];
  const height = Math.min(tileSize, out.shape[0]! - row);
  const width = Math.min(tileSize, out.shape[1]! - column);
  for (let i = 0; i < height; i++) {
    let position = out.offset + (row + i) * rowStride + column * columnStride;
    for (let j = 0; j < width; j++) {
      data[position] = tile[i * tileSize + j]!;
      position += columnStride;
    }
  }
}

function roundUp(count: number): number {
  return Math.ceil(count / tileSize) * tileSize;
}

function grown(workspace: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return workspace.length < length ? new Float64Array(length) : workspace;
}
