// Products with rows of 16-bit integers in WebAssembly SIMD, written in AssemblyScript: one instruction multiplies eight
// numbers and adds neighbours in 32 bits, exactly. In: addresses in this module's memory; out: float32 sums of blocks of
// 256 products each. lib/fast/int16-rows.ts has the same in plain TypeScript, to the last bit, and sees to it that
// no block overflows. Strips and tiles are those of kernels/matmul.ts, with pairs of integers as elements.
import { packColumns, packRows, TILE_COLUMNS, TILE_ROWS } from './packing';

/** So many pairs, 256 products, are added as integers. */
const PAIRS_PER_SUM: i32 = 128;
/** A strip of B, 512 × 8 pairs = 16 KB, stays in the first-level cache, and a tile of C beside it for four sums. */
const PAIRS_BLOCK: i32 = 512;
/** A packed block of A, 125 × 512 pairs = 250 KB, stays in the second-level cache. */
const ROW_BLOCK: i32 = 125;

/**
 * C = A·Bᵀ, with A [count, width] and B [rows, width].
 *
 * @param width integers in a row, a multiple of 8
 * @param c room for C in whole tiles: [count rounded up to 5, rows rounded up to 8]
 */
export function timesTransposed(
  a: usize,
  count: i32,
  b: usize,
  rows: i32,
  width: i32,
  c: usize,
  scratch: usize,
): void {
  const packedB = scratch + (ROW_BLOCK * PAIRS_BLOCK + TILE_ROWS * TILE_COLUMNS) * 4;
  const pairs = width / 2;
  for (let pair = 0; pair < pairs; pair += PAIRS_BLOCK) {
    const steps = min(pairs - pair, PAIRS_BLOCK);
    packColumns(b + pair * 4, 4, width * 2, steps, rows, packedB);
    multiplyBlock(a + pair * 4, width * 2, count, steps, scratch, packedB, rows, c, pair > 0);
  }
}

/**
 * C = A·B, with A [count, rows] and B [rows, width].
 *
 * @param aWidth integers from a row of A to the next, even
 * @param c room for C in whole tiles: [count rounded up to 5, width]
 */
export function times(
  a: usize,
  aWidth: i32,
  count: i32,
  b: usize,
  rows: i32,
  width: i32,
  c: usize,
  scratch: usize,
): void {
  const packedB = scratch + (ROW_BLOCK * PAIRS_BLOCK + TILE_ROWS * TILE_COLUMNS) * 4;
  const pairs = (rows + 1) / 2;
  for (let pair = 0; pair < pairs; pair += PAIRS_BLOCK) {
    const steps = min(pairs - pair, PAIRS_BLOCK);
    packRowPairs(b + pair * width * 4, rows - 2 * pair, width, steps, packedB);
    multiplyBlock(a + pair * 4, aWidth * 2, count, steps, scratch, packedB, width, c, pair > 0);
  }
}

/** The bytes that both need at `scratch`, for a C with so many columns. */
export function scratchBytes(columns: i32): i32 {
  return (PAIRS_BLOCK * (ROW_BLOCK + columns + TILE_COLUMNS) + TILE_ROWS * TILE_COLUMNS) * 4;
}

/** Packs rows 2s and 2s + 1 of B side by side, pair by pair, as strips of eight columns; a missing last row is zero. */
function packRowPairs(b: usize, rows: i32, width: i32, steps: i32, target: usize): void {
  const stride = width * 2;
  for (let column = 0; column < width; column += TILE_COLUMNS) {
    let to = target + column * steps * 4;
    let from = b + column * 2;
    for (let step = 0; step < steps; step++) {
      const first = v128.load(from);
      const second = 2 * step + 1 < rows ? v128.load(from + stride) : i16x8.splat(0);
      v128.store(to, v128.shuffle<i16>(first, second, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(to, v128.shuffle<i16>(first, second, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      from += 2 * stride;
      to += TILE_COLUMNS * 4;
    }
  }
}

/** C, or what is added to it, from `steps` pairs of A's columns and a packed B. */
function multiplyBlock(
  from: usize,
  fromStride: i32,
  count: i32,
  steps: i32,
  packedA: usize,
  packedB: usize,
  columns: i32,
  c: usize,
  adds: bool,
): void {
  const sums = packedA + ROW_BLOCK * PAIRS_BLOCK * 4; // of a tile
  const stride = ((columns + TILE_COLUMNS - 1) & -TILE_COLUMNS) * 4;
  for (let block = 0; block < count; block += ROW_BLOCK) {
    const height = min(count - block, ROW_BLOCK);
    packRows(from + block * fromStride, fromStride, 4, height, steps, packedA);
    for (let column = 0; column < columns; column += TILE_COLUMNS) {
      const strip = packedB + column * steps * 4;
      for (let row = 0; row < height; row += TILE_ROWS) {
        const tile = c + (block + row) * stride + column * 4;
        const a = packedA + row * steps * 4;
        for (let step = 0; step < steps; step += PAIRS_PER_SUM) {
          const some = min(steps - step, PAIRS_PER_SUM);
          multiplyTile(a + step * TILE_ROWS * 4, strip + step * TILE_COLUMNS * 4, some, sums);
          addTile(sums, tile, stride, adds || step > 0);
        }
      }
    }
  }
}

/**
 * The innermost loop: ten sums in registers; kernels/matmul.ts says why it is written as it is. Exported so that it stays a
 * function of its own: put into the loops around it, it would lose a register, and speed with it.
 */
export function multiplyTile(a: usize, b: usize, steps: i32, sums: usize): void {
  let c00 = i32x4.splat(0);
  let c01 = i32x4.splat(0);
  let c10 = i32x4.splat(0);
  let c11 = i32x4.splat(0);
  let c20 = i32x4.splat(0);
  let c21 = i32x4.splat(0);
  let c30 = i32x4.splat(0);
  let c31 = i32x4.splat(0);
  let c40 = i32x4.splat(0);
  let c41 = i32x4.splat(0);
  const end = a + steps * TILE_ROWS * 4;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(a0, b0));
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(a0, b1));
    const a1 = v128.load32_splat(a, 4);
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(a1, b0));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(a1, b1));
    if (a === end) break;
    const a2 = v128.load32_splat(a, 8);
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(a2, b0));
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(a2, b1));
    const a3 = v128.load32_splat(a, 12);
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(a3, b0));
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(a3, b1));
    const a4 = v128.load32_splat(a, 16);
    c40 = i32x4.add(c40, i32x4.dot_i16x8_s(a4, b0));
    c41 = i32x4.add(c41, i32x4.dot_i16x8_s(a4, b1));
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
  } while (a < end);
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c10, 32);
  v128.store(sums, c11, 48);
  v128.store(sums, c20, 64);
  v128.store(sums, c21, 80);
  v128.store(sums, c30, 96);
  v128.store(sums, c31, 112);
  v128.store(sums, c40, 128);
  v128.store(sums, c41, 144);
}

/** Writes a tile of integers as float32, or adds them to what is there. */
function addTile(sums: usize, c: usize, stride: i32, adds: bool): void {
  for (let row = 0; row < TILE_ROWS; row++) {
    let low = f32x4.convert_i32x4_s(v128.load(sums));
    let high = f32x4.convert_i32x4_s(v128.load(sums, 16));
    if (adds) {
      low = f32x4.add(v128.load(c), low);
      high = f32x4.add(v128.load(c, 16), high);
    }
    v128.store(c, low);
    v128.store(c, high, 16);
    sums += TILE_COLUMNS * 4;
    c += stride;
  }
}
