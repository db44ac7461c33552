// The attention refresh (Eq. 11–12) in plain float64 loops, written from the equations alone.
import { type Matrix, matrix, rowMajorData } from '../../lib/numeric/matrix.ts';
import type { PersonalPartsTask } from '../../lib/webgpu/personal-parts.ts';

/** δ [queries, items]. */
export function personalPartsReference({
  tokens,
  queries,
  center,
  valueMean,
  temperatures,
}: PersonalPartsTask): Matrix {
  const [peers, items] = tokens.shape as [number, number];
  const range = (length: number) => Array.from({ length }, (_, index) => index);
  const rows = range(peers).map((peer) => range(items).map((item) => tokens.get(peer, item)));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const mean = range(items).map((item) => rows.reduce((sum, row) => sum + row[item]!, 0) / peers);
  const m = center ? [...rowMajorData(center)] : mean;
  const own = valueMean ? [...rowMajorData(valueMean)] : m;
  const signatures = rows.map((row) => row.map((value, item) => value - m[item]!));
  const parts = range(queries ?? peers).map((u) => {
    const x = new Array<number>(items).fill(0);
    for (const temperature of temperatures) {
      const powers = signatures.map((s, v) => {
        const cosine = dot(signatures[u]!, s) / Math.sqrt(dot(s, s) * dot(signatures[u]!, signatures[u]!));
        return v === u ? 0 : Math.exp((cosine - 1) / temperature);
      });
      const sum = powers.reduce((total, power) => total + power, 0);
      rows.forEach((row, v) => {
        const weight = powers[v]! / sum / temperatures.length;
        for (let item = 0; item < items; item++) x[item]! += weight * (row[item]! - own[item]!);
      });
    }
    const rms = Math.sqrt(dot(x, x) / items);
    return x.map((value) => value / rms);
  });
  return matrix(Float64Array.from(parts.flat()), parts.length, items);
}
