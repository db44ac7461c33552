// The two products of the attention between clients, with rows of float32 and of 16-bit integers: one block of clients
// against everybody, at the sizes of two data sets, and how far the results are apart.

import { Int16Rows } from '../lib/fast/int16-rows.ts';
import { createSimd } from '../lib/fast/simd.ts';
import { type Matrix, matrix, transpose, zeros } from '../lib/numeric/matrix.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { type Bench, contender, markdownTable, measure } from './bench.ts';

const shapes = [
  { name: 'MovieLens-100K', clients: 943, items: 1682, block: 128 },
  { name: 'MovieLens-1M', clients: 6040, items: 3706, block: 256 },
] as const;
type Shape = (typeof shapes)[number];
const pace = { turn: 0.1, turns: 9, limit: 6 };

export const bench: Bench = {
  title: "Attention's products: float32 and 16-bit integers",
  async run(say) {
    const rows: string[][] = [];
    for (const shape of shapes) {
      for (const row of await measureShape(shape)) {
        rows.push(row);
        say(row.join(' · '));
      }
    }
    const head = [
      'product',
      'sizes',
      'float32, ms',
      '16 bits, ms',
      'times as fast',
      '10⁹ operations a second',
      'error',
    ];
    return `A block of clients is compared with every client (its rows times all rows, transposed), and then mixes all rows by its
weights: random rows of length 1, random weights that add up to 1. The median of up to ${pace.turns} turns of at least ${pace.turn} s, both in turn, on one thread;
copies into and out of the modules' memory count. "error" is the root mean square of the difference, divided by that of the
float32 product.

${markdownTable(head, rows)}`;
  },
};

async function measureShape({ name, clients, items, block }: Shape): Promise<string[][]> {
  const simd = createSimd();
  if (!simd) return [];
  const { rows, weights } = draw(clients, items, block);
  const queries = matrix(rows.data.subarray(0, block * items), block, items);
  const which = Uint32Array.from({ length: block }, (_, row) => row);
  const kept = new Int16Rows(items, block, true);
  kept.reset(clients);
  for (let row = 0; row < clients; row++) {
    kept.setRow(row, rows.data.subarray(row * items, (row + 1) * items) as Float32Array);
  }
  const wide = { compared: zeros(block, clients, 'float32'), mixed: zeros(block, items, 'float32') };
  const close = { compared: new Float32Array(block * clients), mixed: new Float32Array(block * items) };
  const seconds = await measure(
    [
      contender('compare', () => simd.multiply(queries, transpose(rows), wide.compared)),
      contender('compare, 16 bits', () => kept.compare(which, close.compared)),
      contender('mix', () => simd.multiply(weights, rows, wide.mixed)),
      contender('mix, 16 bits', () => kept.mix(weights.data as Float32Array, close.mixed)),
    ],
    pace,
  );
  const row = (product: 'compare' | 'mix', sizes: string, error: number) => {
    const [own, other] = [seconds.get(`${product}, 16 bits`)!, seconds.get(product)!];
    const speed = (2 * block * clients * items) / own / 1e9;
    const times = [other * 1000, own * 1000, other / own, speed].map((value) => value.toPrecision(3));
    return [`${product}, ${name}`, sizes, ...times, error.toExponential(1)];
  };
  const sizes = [`${block} × ${items} × ${clients}`, `${block} × ${clients} × ${items}`] as const;
  return [
    row('compare', sizes[0], relativeError(close.compared, wide.compared.data)),
    row('mix', sizes[1], relativeError(close.mixed, wide.mixed.data)),
  ];
}

/** Rows of length 1 [clients, items], and a softmax for each client of a block [block, clients]. */
function draw(clients: number, items: number, block: number): { rows: Matrix; weights: Matrix } {
  const rng = randomStream(1, 'bench', clients);
  const rows = Float32Array.from({ length: clients * items }, () => rng.normal());
  for (let start = 0; start < rows.length; start += items) {
    const row = rows.subarray(start, start + items);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    row.forEach((value, at) => {
      row[at] = value / length;
    });
  }
  const weights = Float32Array.from({ length: block * clients }, () => Math.exp(rng.normal()) / clients);
  return { rows: matrix(rows, clients, items), weights: matrix(weights, block, clients) };
}

function relativeError(values: Float32Array, exact: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    difference += (values[at]! - exact[at]!) ** 2;
    size += exact[at]! ** 2;
  }
  return Math.sqrt(difference / size);
}
