// How much of a measured time cannot be saved without faster matrix products: operations, divided by the speed of our SIMD
// loops on one thread, measured in the same run on products of the shape that the work is made of.

import { Int16Rows } from '../lib/fast/int16-rows.ts';
import { createSimd } from '../lib/fast/simd.ts';
import { zeros } from '../lib/numeric/matrix.ts';
import { blockSizeFor } from '../lib/training/evaluate.ts';
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

/** Operations per second of the attention's two products in 16-bit integers, for one block of clients. */
export async function attentionSpeed(clients: number, items: number): Promise<number> {
  const block = blockSizeFor(clients);
  const rows = new Int16Rows(items, block, true);
  rows.reset(clients);
  const which = Uint32Array.from({ length: block }, (_, row) => row);
  const weights = new Float32Array(block * clients);
  const out = new Float32Array(block * items);
  const products = contender('products', () => {
    rows.compare(which, weights);
    rows.mix(weights, out);
  });
  const seconds = await measure([products], { turn: 0.1, turns: 9, limit: 5 });
  return (2 * (2 * block * clients * items)) / seconds.get('products')!;
}

/**
 * The operations of δ of all clients where everyone attends to everyone: comparing and mixing.
 * Nothing is saved by comparisons being symmetric, because clients are taken in blocks.
 */
export function attentionOperations(clients: number, items: number): number {
  return 2 * (2 * clients * clients * items);
}

/** "24.1 · 10⁹ operations; at the 25.2 · 10⁹ a second that one thread reaches here, that is 0.96 s". */
export function floorText(operations: number, speed: number): string {
  const [billions, rate] = [operations / 1e9, speed / 1e9];
  return `${billions.toPrecision(3)} · 10⁹ operations; at the ${rate.toPrecision(3)} · 10⁹ a second that one thread reaches here, that is ${(operations / speed).toPrecision(2)} s`;
}
