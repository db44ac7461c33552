// How much of a measured time cannot be saved without faster matrix products: operations, divided by the speed of the SIMD
// backend on one thread, measured in the same run on a product of the shape that the work is made of.
import { zeros } from '../lib/numeric/matrix.ts';
import { createSimd } from '../lib/numeric/simd.ts';
import { contender, measure } from './bench.ts';

/** Operations per second of [rows, inner] · [inner, columns], float32; NaN where the engine has no SIMD. */
export async function productSpeed(rows: number, inner: number, columns: number): Promise<number> {
  const simd = createSimd();
  if (!simd) return Number.NaN;
  const [a, b, out] = [
    zeros(rows, inner, 'float32'),
    zeros(inner, columns, 'float32'),
    zeros(rows, columns, 'float32'),
  ];
  const product = contender('product', () => simd.multiply(a, b, out));
  const seconds = await measure([product], { turn: 0.1, turns: 9, limit: 5 });
  return (2 * rows * inner * columns) / seconds.get('product')!;
}

/**
 * The operations of δ of all clients where everyone attends to everyone: T Tᵀ and α T.
 * Nothing is saved by T Tᵀ being symmetric, because clients are taken in blocks.
 */
export function attentionOperations(clients: number, items: number): number {
  return 2 * (2 * clients * clients * items);
}

/** "24.1 GFLOP; at the 25.2 GFLOP/s that one thread reaches here, that is 0.96 s". */
export function floorText(operations: number, speed: number): string {
  const [billions, rate] = [operations / 1e9, speed / 1e9];
  return `${billions.toPrecision(3)} GFLOP; at the ${rate.toPrecision(3)} GFLOP/s that one thread reaches here, that is ${(operations / speed).toPrecision(2)} s`;
}
