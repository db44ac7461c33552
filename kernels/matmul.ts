// The float32 matrix product C = A·B in WebAssembly SIMD, written in AssemblyScript; `npm run build` here turns it into
// lib/fast/simd-kernel.generated.ts. In: addresses and strides in bytes of A, B and C in this module's memory, and a
// scratch area. Blocks of A and B are packed into strips that the innermost loop reads in order, each fitting a cache
// level (Goto & van de Geijn, 2008). No relaxed SIMD: every machine rounds alike.
import { packColumns, packRows, TILE_COLUMNS, TILE_ROWS } from './packing';

/** A strip of B, 256 × 8 floats = 8 KB, stays in the first-level cache while all of A's strips pass by. */
const INNER_BLOCK: i32 = 256;
/** A packed block of A, 125 × 256 floats = 125 KB, stays in the second-level cache. */
const ROW_BLOCK: i32 = 125;

/**
 * C = A·B, or C += A·B where `accumulates` is 1. C [rows, columns] is row-major without gaps.
 * `scratch` needs room for one tile, a block of A and a strip of inner × columns of B: see `scratchBytes`.
 */
export function multiply(
  a: usize,
  aRowStride: i32,
  aInnerStride: i32,
  b: usize,
  bInnerStride: i32,
  bColumnStride: i32,
  c: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  accumulates: i32,
  scratch: usize,
): void {
  const edgeTile = scratch;
  const packedA = scratch + TILE_ROWS * TILE_COLUMNS * 4;
  const packedB = packedA + ROW_BLOCK * INNER_BLOCK * 4;
  for (let k = 0; k < inner; k += INNER_BLOCK) {
    const steps = min(inner - k, INNER_BLOCK);
    const adds = k > 0 ? 1 : accumulates;
    packColumns(b + k * bInnerStride, bInnerStride, bColumnStride, steps, columns, packedB);
    for (let row = 0; row < rows; row += ROW_BLOCK) {
      const height = min(rows - row, ROW_BLOCK);
      packRows(a + row * aRowStride + k * aInnerStride, aRowStride, aInnerStride, height, steps, packedA);
      multiplyBlock(packedA, packedB, steps, c + row * columns * 4, height, columns, adds, edgeTile);
    }
  }
}

/** The bytes that `multiply` needs at `scratch`. */
export function scratchBytes(columns: i32): i32 {
  const strips = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  return (TILE_ROWS * TILE_COLUMNS + INNER_BLOCK * (ROW_BLOCK + strips * TILE_COLUMNS)) * 4;
}

/** C [height, columns] from packed A and B: tile after tile, down the rows while a strip of B stays in cache. */
function multiplyBlock(
  a: usize,
  b: usize,
  steps: i32,
  c: usize,
  height: i32,
  columns: i32,
  adds: i32,
  edgeTile: usize,
): void {
  const stride = columns * 4;
  const edgeStride = TILE_COLUMNS * 4;
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    const width = min(columns - column, TILE_COLUMNS);
    for (let row = 0; row < height; row += TILE_ROWS) {
      const tileHeight = min(height - row, TILE_ROWS);
      const tile = c + row * stride + column * 4;
      if (tileHeight === TILE_ROWS && width === TILE_COLUMNS) {
        multiplyTile(a, row, b, column, steps, tile, stride, adds);
      } else {
        if (adds) copyTile(tile, stride, edgeTile, edgeStride, tileHeight, width);
        multiplyTile(a, row, b, column, steps, edgeTile, edgeStride, adds);
        copyTile(edgeTile, edgeStride, tile, stride, tileHeight, width);
      }
    }
  }
}

function copyTile(from: usize, fromStride: i32, to: usize, toStride: i32, height: i32, width: i32): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      store<f32>(to + row * toStride + column * 4, load<f32>(from + row * fromStride + column * 4));
    }
  }
}

/**
 * The innermost loop: a 5 × 8 tile of C in ten registers; each step adds one column of A times one row of B.
 *
 * Three details are for the engines' sake, and worth a tenth of the speed: ten sums leave just enough of x86's sixteen
 * registers for operands; addresses are sums made here, so that no step has to extend them to 64 bits; and the `break`,
 * which never happens, keeps the loads of the second half from being moved before the first, where they would not fit.
 */
function multiplyTile(
  packedA: usize,
  row: i32,
  packedB: usize,
  column: i32,
  steps: i32,
  c: usize,
  stride: i32,
  adds: i32,
): void {
  let a = packedA + row * steps * 4;
  let b = packedB + column * steps * 4;
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  const row4 = row3 + stride;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  if (adds) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(row1);
    c11 = v128.load(row1, 16);
    c20 = v128.load(row2);
    c21 = v128.load(row2, 16);
    c30 = v128.load(row3);
    c31 = v128.load(row3, 16);
    c40 = v128.load(row4);
    c41 = v128.load(row4, 16);
  }
  const end = a + steps * TILE_ROWS * 4;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    const a1 = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    if (a === end) break;
    const a2 = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    const a3 = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    const a4 = v128.load32_splat(a, 16);
    c40 = f32x4.add(c40, f32x4.mul(a4, b0));
    c41 = f32x4.add(c41, f32x4.mul(a4, b1));
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
  } while (a < end);
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
  v128.store(row4, c40);
  v128.store(row4, c41, 16);
}
