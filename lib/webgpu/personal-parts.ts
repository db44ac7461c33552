// The attention refresh on the GPU (Eq. 11–12): from the tokens of clients to the personal part δ of each.
// In: tokens T [peers, items], the mean that is taken off, temperatures; out, with one read-back: δ [queries, items].
// Everything between them stays on the GPU: centring, unit rows, cosines, softmax, the mix of values, the scaling.
// Cosines are made for a block of clients at a time, so that peers × peers numbers never lie in memory at once.
import { expectInteger, expectShape, type Matrix, matrix } from '../numeric/ndarrays.ts';
import type { Gpu } from './gpu.ts';
import { GpuMatrix } from './gpu-matrix.ts';
import { matmul } from './matmul.ts';
import { centerRows, meanRow, normalizeRows } from './rows.ts';
import { softmaxRows } from './softmax.ts';

/** Clients that are compared with each other, and those among them that ask. */
export interface PersonalPartsTask {
  /** T [peers, items]; the first `queries` rows are the clients that get a δ. */
  readonly tokens: Matrix;
  /** Default: all. */
  readonly queries?: number;
  /** m [1, items], the mean token of all clients, subtracted before cosines are computed. Default: the mean of `tokens`. */
  readonly center?: Matrix;
  /** The mean token of the peers [1, items], subtracted from the values. Default: `center`. */
  readonly valueMean?: Matrix;
  /** τ of each head. */
  readonly temperatures: readonly number[];
}

/** Cosines in memory at a time. */
const SCORES_BYTES = 64 * 2 ** 20;

/**
 * δ of clients, made from the tokens of the others: α_uv = mean over heads of softmax_v(cos(T_u − m, T_v − m) / τ_h), v ≠ u,
 * then X_u = Σ_v α_uv (T_v − mean token of the peers), scaled to a root mean square of 1. A client that has no peer but itself gets zeros.
 *
 * @returns δ [queries, items], float32
 * @throws RangeError if the shapes do not fit; GpuError if the GPU cannot
 */
export async function personalParts(gpu: Gpu, task: PersonalPartsTask): Promise<Matrix> {
  const [peers, items] = task.tokens.shape as [number, number];
  const queries = task.queries ?? peers;
  expectInteger('personalParts', 'queries', queries, 0, peers);
  for (const name of ['center', 'valueMean'] as const) {
    const row = task[name];
    if (row) expectShape('personalParts', name, row, [1, items]);
  }
  const parts = gpu.scope(() => {
    const tokens = GpuMatrix.from(gpu, task.tokens); // T [peers, items]
    const given = task.center && GpuMatrix.from(gpu, task.center); // [1, items]
    const valueMean = task.valueMean && GpuMatrix.from(gpu, task.valueMean); // [1, items]
    const own = GpuMatrix.from(gpu, matrix(Float32Array.from(Array(queries).keys()), queries, 1));
    const center = given ?? meanRow(tokens); // m [1, items]
    const centered = centerRows(tokens, center); // [peers, items]
    const directions = normalizeRows(centered); // unit rows, so that products are cosines [peers, items]
    const values = valueMean ? centerRows(tokens, valueMean) : centered; // [peers, items]
    const out = GpuMatrix.empty(gpu, queries, items);
    const bytes = Math.min(SCORES_BYTES, gpu.blockBytes);
    const blockRows = Math.max(1, Math.floor(bytes / (4 * Math.max(1, peers))));
    for (let from = 0; from < queries; from += blockRows) {
      const to = Math.min(queries, from + blockRows);
      attend(directions, values, task.temperatures, { from, to, own, out });
    }
    return normalizeRows(out, { scale: Math.sqrt(items) }); // δ [queries, items]
  });
  try {
    return await parts.read();
  } finally {
    parts.release();
  }
}

/** The mixed values of the clients from..to, written into `out`. */
function attend(
  directions: GpuMatrix,
  values: GpuMatrix,
  temperatures: readonly number[],
  { from, to, own, out }: { from: number; to: number; own: GpuMatrix; out: GpuMatrix },
): void {
  const { gpu, rows: peers } = directions;
  gpu.scope(() => {
    const cosines = matmul(directions.rowsBetween(from, to), directions.transpose()); // [block, peers]
    const weights = GpuMatrix.empty(gpu, to - from, peers); // α [block, peers]
    temperatures.forEach((temperature, head) => {
      softmaxRows(cosines, {
        scale: 1 / temperature,
        share: 1 / temperatures.length,
        ownColumn: own.rowsBetween(from, to),
        into: weights,
        accumulates: head > 0,
      });
    });
    matmul(weights, values, { into: out.rowsBetween(from, to) });
  });
  gpu.submit(); // block by block, so that no submission takes longer than a driver has patience
}
