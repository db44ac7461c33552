// Matrix products, float32 where the peer knows it: ours (plain, tiled, simd), every JavaScript peer, and numpy on one
// thread as the yardstick. Every product that was timed is compared with the definition's.
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { matmul } from '../lib/numeric/matmul.ts';
import { type Matrix, matrix, zeros } from '../lib/numeric/matrix.ts';
import { plainMatmul } from '../lib/numeric/product.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { type Absent, type Bench, type Contender, contender, markdownTable, measure } from './bench.ts';
import { openPeers, type Peer, type PreparedProduct } from './matmul-peers.ts';
import { openNumpy } from './python-product.ts';

/** [rows, inner, columns]: a layer of a small model, the usual yardstick, attention on MovieLens-100K, a large one. */
const shapes = [
  [128, 32, 16],
  [256, 256, 256],
  [943, 256, 512],
  [1024, 1024, 1024],
] as const;
type Shape = (typeof shapes)[number];
const ourNames = ['plain', 'tiled', 'simd'] as const;
const pace = { turn: 0.1, turns: 9, limit: 3 };
const explanation = `GFLOP/s (2 · rows · inner · columns floating-point operations), the median of up to ${pace.turns} turns of at least
${pace.turn} s, all contenders in turn in one process on one thread. Ours count the copies into and out of the module's
memory; tfjs works on tensors that already lie in its own; onnxruntime-web counts its \`session.run\`; ml-matrix and mathjs
know float64 only. "simd ÷" says how many times as fast our SIMD backend is.`;

export const bench: Bench = {
  title: 'Matrix products',
  async run(say) {
    const peers = await openPeers();
    const numpy = await openNumpy();
    const present = peers.filter((peer): peer is Peer => 'prepare' in peer);
    const absent = [...peers, numpy].filter((entry): entry is Absent => 'reason' in entry);
    const columns: Map<string, number>[] = [];
    for (const shape of shapes) {
      const yardsticks = 'product' in numpy ? [numpy.product(shape)] : [];
      const { speeds, wrong } = await speedsAt(shape, present, yardsticks);
      for (const name of wrong) absent.push({ name, reason: `its ${label(shape)} product is wrong` });
      columns.push(speeds);
      const figures = [...speeds].map(([name, speed]) => `${name} ${digits(speed)}`);
      say(`${label(shape)}: ${figures.join(' · ')}`);
    }
    if ('close' in numpy) numpy.close();
    const names = [...new Set(columns.flatMap((speeds) => [...speeds.keys()]))];
    const parts = [explanation, speedTable(names, columns), ratioTable(names, columns), notes(absent)];
    return parts.filter((part) => part !== '').join('\n\n');
  },
};

/** GFLOP/s of every contender, and who computed something else than the product. */
async function speedsAt(shape: Shape, peers: readonly Peer[], yardsticks: readonly Contender[]) {
  const [rows, inner, columns] = shape;
  const rng = randomStream(1, 'bench', ...shape);
  const random = (height: number, width: number) =>
    matrix(
      Float32Array.from({ length: height * width }, () => 2 * rng.uniform() - 1),
      height,
      width,
    );
  const a = random(rows, inner);
  const b = random(inner, columns);
  const products: [string, PreparedProduct][] = ourNames.map((name) => [name, ourProduct(name, a, b)]);
  for (const peer of peers) products.push([peer.name, await peer.prepare(a, b)]);
  const contenders = products.map(([name, product]) => contender(name, product.multiply, product.begin));
  const seconds = await measure([...contenders, ...yardsticks], pace);
  const speeds = new Map(
    [...seconds].map(([name, value]) => [name, (2 * rows * inner * columns) / value / 1e9]),
  );
  const expected = matmul(a, b, { backend: chooseLoops('tiled').matmul }); // the definition's numbers, to the last bit
  const wrong: string[] = [];
  for (const [name, product] of products) {
    if (isClose(await product.read(), expected, inner)) continue;
    wrong.push(name);
    speeds.delete(name);
  }
  return { speeds, wrong };
}

function ourProduct(name: (typeof ourNames)[number], a: Matrix, b: Matrix): PreparedProduct {
  const backend = name === 'plain' ? plainMatmul : chooseLoops(name).matmul;
  const out = zeros(a.shape[0]!, b.shape[1]!, 'float32');
  return { multiply: () => void matmul(a, b, { backend, out }), read: () => out.data };
}

function isClose(got: ArrayLike<number>, expected: Matrix, inner: number): boolean {
  let worst = 0;
  for (let index = 0; index < expected.size; index++) {
    const difference = Math.abs(got[index]! - expected.data[index]!);
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return got.length === expected.size && worst <= 1e-6 * inner;
}

type Speeds = readonly ReadonlyMap<string, number>[];

function speedTable(names: readonly string[], columns: Speeds): string {
  const rows = names.map((name) => [name, ...columns.map((speeds) => digits(speeds.get(name)))]);
  return markdownTable(['GFLOP/s', ...shapes.map(label)], rows);
}

function ratioTable(names: readonly string[], columns: Speeds): string {
  const rows = names
    .filter((name) => name !== 'simd')
    .map((name) => [
      name,
      ...columns.map((speeds) =>
        digits((speeds.get('simd') ?? Number.NaN) / (speeds.get(name) ?? Number.NaN)),
      ),
    ]);
  return markdownTable(['simd ÷', ...shapes.map(label)], rows);
}

function notes(absent: readonly Absent[]): string {
  return absent.map(({ name, reason }) => `- ${name}: not measured, ${reason}`).join('\n');
}

function label(shape: Shape): string {
  return shape.join(' × ');
}

function digits(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toPrecision(value < 1 ? 2 : 3);
}
