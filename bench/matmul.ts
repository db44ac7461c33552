// Matrix products, float32 where the peer knows it: ours (naive, tiled, simd), every JavaScript peer, and numpy on one
// thread as the yardstick. Every product is compared with the definition before it is timed.
import { chooseBackend } from '../lib/numeric/backends.ts';
import { matmul, naive } from '../lib/numeric/matmul.ts';
import { type Matrix, matrix, zeros } from '../lib/numeric/matrix.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { type Absent, type Bench, type Contender, contender, markdownTable, measure } from './bench.ts';
import { openPeers, type Peer, type PreparedProduct } from './matmul-peers.ts';
import { openNumpy } from './numpy.ts';

/** [rows, inner, columns]: a layer of a small model, the usual yardstick, attention on MovieLens-100K, a large one. */
const shapes = [
  [128, 32, 16],
  [256, 256, 256],
  [943, 256, 512],
  [1024, 1024, 1024],
] as const;
const ourNames = ['naive', 'tiled', 'simd'] as const;
const pace = { turn: 0.1, turns: 9, limit: 4 };
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
    const absent: Absent[] = peers.filter((peer): peer is Absent => 'reason' in peer);
    if ('reason' in numpy) absent.push(numpy);
    const labels = shapes.map((shape) => shape.join(' × '));
    const columns: Map<string, number>[] = [];
    for (const [index, shape] of shapes.entries()) {
      const contenders = await contendersFor(shape, present, (name, reason) =>
        absent.push({ name, reason: `${labels[index]}: ${reason}` }),
      );
      if ('product' in numpy) contenders.push(await numpy.product(...shape));
      const operations = 2 * shape[0] * shape[1] * shape[2];
      const seconds = await measure(contenders, pace);
      const speeds = new Map([...seconds].map(([name, value]) => [name, operations / value / 1e9]));
      columns.push(speeds);
      say(`${labels[index]}: ${[...speeds].map(([name, speed]) => `${name} ${digits(speed)}`).join(' · ')}`);
    }
    if ('close' in numpy) numpy.close();
    const names = [...new Set(columns.flatMap((speeds) => [...speeds.keys()]))];
    return [
      explanation,
      speedTable(names, labels, columns),
      ratioTable(names, labels, columns),
      notes(absent),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  },
};

/** Our backends and the peers that give the right product. */
async function contendersFor(
  [rows, inner, columns]: readonly [number, number, number],
  peers: readonly Peer[],
  refuse: (name: string, reason: string) => void,
): Promise<Contender[]> {
  const rng = randomStream(1, 'bench', rows, inner, columns);
  const random = (height: number, width: number) =>
    matrix(
      Float32Array.from({ length: height * width }, () => 2 * rng.uniform() - 1),
      height,
      width,
    );
  const a = random(rows, inner);
  const b = random(inner, columns);
  const expected = matmul(a, b, { backend: chooseBackend('tiled') }); // equals the definition, to the last bit
  const products: [string, PreparedProduct][] = ourNames.map((name) => [name, ourProduct(name, a, b)]);
  for (const peer of peers) products.push([peer.name, await peer.prepare(a, b)]);
  const contenders: Contender[] = [];
  for (const [name, product] of products) {
    await product.multiply();
    if (isClose(await product.read(), expected, inner)) contenders.push(contender(name, product.multiply));
    else refuse(name, 'its product is wrong');
  }
  return contenders;
}

function ourProduct(name: (typeof ourNames)[number], a: Matrix, b: Matrix): PreparedProduct {
  const backend = name === 'naive' ? naive : chooseBackend(name);
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

function speedTable(names: readonly string[], labels: readonly string[], columns: Speeds): string {
  const rows = names.map((name) => [name, ...columns.map((speeds) => digits(speeds.get(name)))]);
  return markdownTable(['GFLOP/s', ...labels], rows);
}

function ratioTable(names: readonly string[], labels: readonly string[], columns: Speeds): string {
  const rows = names
    .filter((name) => name !== 'simd')
    .map((name) => [
      name,
      ...columns.map((speeds) =>
        digits((speeds.get('simd') ?? Number.NaN) / (speeds.get(name) ?? Number.NaN)),
      ),
    ]);
  return markdownTable(['simd ÷', ...labels], rows);
}

function notes(absent: readonly Absent[]): string {
  return absent.map(({ name, reason }) => `- ${name}: not measured, ${reason}`).join('\n');
}

function digits(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toPrecision(value < 1 ? 2 : 3);
}
