// The two matrices of a round that are worth looking at: what one client sends, and what the server makes of all.
// In: a message, or the item table before and after; out: the largest rows and the singular values, which tell how much
// any rank would lose: error(r)² = Σ_{k>r} σ_k² / Σ σ_k² (Eckart & Young, 1936).
import { type Codec, encode, expandUpdate, type Update } from '../federated/wire.ts';
import { compress } from '../model/compress.ts';
import { type Matrix, matrix } from '../numeric/ndarrays.ts';
import { truncatedSvd } from '../numeric/svd.ts';
import type { TracedStep, TracedUpdate } from './trace.ts';

const ROWS_OF_UPDATE = 24;
const ROWS_OF_STEP = 16;
/** Whole rows are kept as factors of this rank at most. */
const MOST_RANK = 4;
/** Singular values below this share of the largest are what float32 rows lose by rounding. */
const ROUNDING = 1e-6;
/** Steps with more numbers than this are not taken apart. */
const LARGEST_STEP = 4_000_000;

/** One client's message; null if it names no row. */
export function traceUpdate(
  update: Update,
  place: number,
  bytes: number,
  items: number,
  codec: Codec,
): TracedUpdate | null {
  const { rows, rank, dims } = update;
  if (rows.length === 0 || dims === 0) return null;
  const whole = rank > 0 ? expandUpdate(update) : update;
  const values = matrix(whole.left, rows.length, dims); // ΔQ [rows, D]
  const { spectrum } = spectrumOf(values);
  const factors = rank > 0 ? update : factorsOf(values, spectrum);
  const kept = largestRows(values, ROWS_OF_UPDATE);
  const left = new Float32Array(kept.length * factors.rank);
  kept.forEach((row, at) => {
    left.set(factors.left.subarray(row * factors.rank, (row + 1) * factors.rank), at * factors.rank);
  });
  return {
    place,
    totalRows: rows.length,
    bytes,
    fullBytes: wholeRowBytes(update, items, codec),
    rows: kept.map((row) => rows[row]!),
    left,
    right: factors.right.slice(),
    rank: factors.rank,
    spectrum,
  };
}

/** Length of the message that sends the rows themselves instead of their factors. */
export function wholeRowBytes(update: Update, items: number, codec: Codec): number {
  return encode(update.rank > 0 ? expandUpdate(update) : update, items, codec).length;
}

/** The server's step [items, D] before it was cut; null if there was none, or it is too large to look at. */
export function traceStep(step: Float32Array, dims: number): TracedStep | null {
  if (step.length === 0 || step.length > LARGEST_STEP || step.every((value) => value === 0)) return null;
  const values = matrix(step, step.length / dims, dims);
  const { spectrum, right } = spectrumOf(values);
  const kept = largestRows(values, ROWS_OF_STEP);
  const rows = new Float32Array(kept.length * dims);
  kept.forEach((row, at) => {
    rows.set(step.subarray(row * dims, (row + 1) * dims), at * dims);
  });
  const square = new Float32Array(dims * dims);
  square.set(right);
  return { rows: kept, values: rows, right: square, spectrum };
}

function factorsOf(
  values: Matrix,
  spectrum: Float32Array,
): { left: Float32Array; right: Float32Array; rank: number } {
  const rankOfRows = spectrum.filter((value) => value > ROUNDING * spectrum[0]!).length;
  const rank = Math.max(1, Math.min(MOST_RANK, rankOfRows));
  const { left, right } = compress(values, rank);
  return { left: left.data as Float32Array, right: right.data as Float32Array, rank };
}

/** All singular values, and the right singular vectors as rows. */
function spectrumOf(values: Matrix): { spectrum: Float32Array; right: Float32Array } {
  const { singularValues, right } = truncatedSvd(values, Math.min(...values.shape));
  return { spectrum: Float32Array.from(singularValues), right: Float32Array.from(right.data) };
}

/** Places of the rows that are largest in size, largest first. */
function largestRows(values: Matrix, most: number): Uint32Array {
  const [count, dims] = values.shape as [number, number];
  const sizes = Float64Array.from({ length: count }, (_, row) => {
    let squares = 0;
    for (let at = row * dims; at < (row + 1) * dims; at++) squares += values.data[at]! ** 2;
    return squares;
  });
  return Uint32Array.from(sizes.keys())
    .sort((a, b) => sizes[b]! - sizes[a]! || a - b)
    .slice(0, most);
}
