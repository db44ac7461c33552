// Packing for the products of kernels/matmul.ts and kernels/int16-rows.ts, written in AssemblyScript: strips that an
// innermost loop reads in order. In: addresses and strides in bytes of a matrix whose elements take four bytes each, be
// they one float32 or a pair of 16-bit integers; out: strips of five rows, or of eight columns, step by step.

/** The part of the result that the innermost loop holds in registers. */
export const TILE_ROWS: i32 = 5;
export const TILE_COLUMNS: i32 = 8; // two vectors of four

/** Packs A [height, steps] as strips of five rows, each strip step by step. */
export function packRows(
  a: usize,
  rowStride: i32,
  stepStride: i32,
  height: i32,
  steps: i32,
  target: usize,
): void {
  for (let row = 0; row < height; row += TILE_ROWS) {
    const strip = target + row * steps * 4;
    const from = a + row * rowStride;
    packFour(from, rowStride, stepStride, height - row, steps, strip, 20);
    packOne(from + 4 * rowStride, stepStride, height - row > 4, steps, strip + 16, 20);
  }
}

/** Packs B [steps, columns] as strips of eight columns, each strip step by step. */
export function packColumns(
  b: usize,
  stepStride: i32,
  columnStride: i32,
  steps: i32,
  columns: i32,
  target: usize,
): void {
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    const strip = target + column * steps * 4;
    const from = b + column * columnStride;
    packFour(from, columnStride, stepStride, columns - column, steps, strip, 32);
    packFour(from + 4 * columnStride, columnStride, stepStride, columns - column - 4, steps, strip + 16, 32);
  }
}

/** Copies four lanes (rows of A or columns of B) side by side; lanes beyond `lanes` become zero. */
function packFour(
  from: usize,
  laneStride: i32,
  stepStride: i32,
  lanes: i32,
  steps: i32,
  to: usize,
  toStride: i32,
): void {
  let step = 0;
  if (lanes >= 4 && laneStride === 4) {
    for (; step < steps; step++) {
      v128.store(to, v128.load(from));
      from += stepStride;
      to += toStride;
    }
    return;
  }
  if (lanes >= 4 && stepStride === 4) {
    for (; step + 4 <= steps; step += 4) {
      transposeFour(from, laneStride, to, toStride);
      from += 16;
      to += 4 * toStride;
    }
  }
  for (; step < steps; step++) {
    for (let lane = 0; lane < 4; lane++) {
      store<f32>(to + lane * 4, lane < lanes ? load<f32>(from + lane * laneStride) : 0);
    }
    from += stepStride;
    to += toStride;
  }
}

/** Copies the fifth row of A beside the other four; zeros if it lies beyond the last. */
function packOne(from: usize, stepStride: i32, isPresent: bool, steps: i32, to: usize, toStride: i32): void {
  for (let step = 0; step < steps; step++) {
    store<f32>(to, isPresent ? load<f32>(from) : 0);
    from += stepStride;
    to += toStride;
  }
}

/** Writes the transpose of a 4 × 4 square. */
function transposeFour(from: usize, fromStride: i32, to: usize, toStride: i32): void {
  const row0 = v128.load(from);
  const row1 = v128.load(from + fromStride);
  const row2 = v128.load(from + 2 * fromStride);
  const row3 = v128.load(from + 3 * fromStride);
  const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
