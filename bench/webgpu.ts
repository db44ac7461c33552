// WebGPU: the three product kernels, what a dispatch and a read-back cost, and the attention refresh against the
// processor's SIMD path, all in one run. Without a real GPU its lines say "not measured"; a GPU that the processor plays
// is shown beside on small sizes, under its name, so that nobody mistakes it for one.
import { existsSync } from 'node:fs';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { matmul as productOnProcessor } from '../lib/numeric/matmul.ts';
import { type Matrix, matrix, zeros } from '../lib/numeric/matrix.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { add } from '../lib/webgpu/elementwise.ts';
import type { Gpu } from '../lib/webgpu/gpu.ts';
import { GpuMatrix } from '../lib/webgpu/gpu-matrix.ts';
import { matmul, matmulKernels } from '../lib/webgpu/matmul.ts';
import { openGpu } from '../lib/webgpu/open-gpu.ts';
import type { WebgpuPackage } from '../lib/webgpu/provider.ts';
import { openSoftwareGpu, webgpuModule } from '../test/webgpu/software-gpu.ts';
import { type Absent, type Bench, type Contender, contender, markdownTable, measure } from './bench.ts';
import { openTorch, type PythonProduct } from './python-product.ts';
import { prepareRefresh, type RefreshShape } from './webgpu-refresh.ts';

const sizes = { real: [256, 512, 1024, 2048, 4096], software: [128, 256] } as const;
const federations: readonly RefreshShape[] = [
  { name: 'MovieLens-100K: 943 clients, 1,682 items', clients: 943, items: 1682 },
  { name: 'MovieLens-1M: 6,040 clients, 3,706 items', clients: 6040, items: 3706 },
  { name: '50,000 clients, 3,706 items, 100 clusters', clients: 50_000, items: 3706 },
];
/** A GPU that the processor plays takes too long for the others. */
const softwareFederations: readonly RefreshShape[] = [
  { name: '200 clients, 400 items', clients: 200, items: 400 },
];
const pace = { turn: 0.2, turns: 5, limit: 4 };
const notMeasured = 'not measured';
const explanation = `Products are square, float32, in GFLOP/s (2 n³ operations); the median of up to ${pace.turns} turns. Products are handed over
together and waited for once; matrices already lie in the memory of the GPU. "simd" is the processor's path on one thread, copies included.
A refresh is δ of every client from tokens in the processor's memory, upload and read-back included.`;

export const bench: Bench = {
  title: 'WebGPU',
  async run(say) {
    const webgpu = existsSync(webgpuModule)
      ? ((await import(webgpuModule.href)) as WebgpuPackage)
      : undefined;
    const { gpu: real, reason } = await openGpu({ webgpu });
    const { gpu: software } = await openSoftwareGpu();
    const torch = await openTorch();
    const about = [
      `Real GPU: ${real ? real.name : `${notMeasured} (${reason}).`}`,
      `GPU that the processor plays: ${software ? software.name : 'none'}.`,
      'product' in torch ? `${torch.name}.` : `${torch.name}: ${notMeasured} (${torch.reason}).`,
    ];
    for (const line of about) say(line);
    const parts = [explanation, about.join('\n')];
    try {
      parts.push(await productTable(real, software, torch, say));
      parts.push(await latencyTable(real, software));
      parts.push(await refreshTable(real, software, say));
    } finally {
      real?.close();
      software?.close();
      if ('close' in torch) torch.close();
    }
    return parts.join('\n\n');
  },
};

async function productTable(
  real: Gpu | null,
  software: Gpu | null,
  torch: PythonProduct | Absent,
  say: (line: string) => void,
) {
  const rows: string[][] = [];
  const columns = [...new Set([...sizes.software, ...sizes.real])].sort((a, b) => a - b);
  const add = (name: string, speeds: ReadonlyMap<number, string>, absent: string) => {
    rows.push([name, ...columns.map((size) => speeds.get(size) ?? absent)]);
    say(rows.at(-1)!.join(' · '));
  };
  for (const [gpu, label, own] of [
    [real, 'real GPU', sizes.real],
    [software, 'played by the processor', sizes.software],
  ] as const) {
    for (const kernel of matmulKernels) {
      const speeds = new Map<number, string>();
      for (const size of gpu ? own : []) speeds.set(size, await speedOnGpu(gpu!, kernel, size));
      add(`${kernel}, ${label}`, speeds, gpu ? '–' : notMeasured);
    }
  }
  if ('product' in torch) {
    const speeds = new Map<number, string>();
    for (const size of sizes.real) {
      const seconds = await measure([torch.product([size, size, size])], pace);
      speeds.set(size, digits((2 * size ** 3) / seconds.get(torch.name)! / 1e9));
    }
    add('PyTorch on the same card', speeds, '–');
  }
  const simd = new Map<number, string>();
  for (const size of columns.filter((size) => size <= 2048)) simd.set(size, await speedOnProcessor(size));
  add('simd, one thread', simd, '–');
  return markdownTable(['GFLOP/s', ...columns.map((size) => `${size}³`)], rows);
}

async function speedOnGpu(gpu: Gpu, kernel: (typeof matmulKernels)[number], size: number): Promise<string> {
  const [a, b] = [GpuMatrix.from(gpu, random(size, 1)), GpuMatrix.from(gpu, random(size, 2))];
  const into = GpuMatrix.empty(gpu, size, size);
  // Products are handed over together and waited for once, as in a refresh.
  const products: Contender = {
    name: kernel,
    async seconds(repetitions) {
      await gpu.finish();
      const start = performance.now();
      for (let repetition = 0; repetition < repetitions; repetition++) matmul(a, b, { kernel, into });
      await gpu.finish();
      return (performance.now() - start) / 1000;
    },
  };
  const seconds = (await measure([products], pace)).get(kernel)!;
  for (const made of [a, b, into]) made.release();
  return digits((2 * size ** 3) / seconds / 1e9);
}

async function speedOnProcessor(size: number): Promise<string> {
  const [a, b, out] = [random(size, 1), random(size, 2), zeros(size, size, 'float32')];
  const backend = chooseLoops().matmul;
  const work = contender('simd', () => void productOnProcessor(a, b, { backend, out }));
  return digits((2 * size ** 3) / (await measure([work], pace)).get('simd')! / 1e9);
}

/** What it costs to ask for anything at all. */
async function latencyTable(real: Gpu | null, software: Gpu | null): Promise<string> {
  const columns = await Promise.all([real, software].map((gpu) => (gpu ? latencies(gpu) : null)));
  const names = [
    'one dispatch, waited for',
    'one of 100 dispatches',
    'one number back',
    '4 MiB there and back',
  ];
  const rows = names.map((name, row) => [name, ...columns.map((column) => column?.[row] ?? notMeasured)]);
  return markdownTable(['milliseconds', 'real GPU', 'played by the processor'], rows);
}

async function latencies(gpu: Gpu): Promise<string[]> {
  const one = GpuMatrix.from(gpu, random(1, 1));
  const large = random(1024, 1);
  const onGpu = GpuMatrix.from(gpu, large);
  const sum = () => gpu.scope(() => void add(one, one));
  const seconds = await measure(
    [
      contender('dispatch', async () => {
        sum();
        await gpu.finish();
      }),
      contender('hundred', async () => {
        for (let count = 0; count < 100; count++) sum();
        await gpu.finish();
      }),
      contender('read', () => one.read()),
      contender('copy', async () => {
        onGpu.write(large);
        await onGpu.read();
      }),
    ],
    pace,
  );
  const [dispatch, hundred, read, copy] = [...seconds.values()].map((value) => value * 1000);
  return [dispatch!, hundred! / 100, read!, copy!].map(digits);
}

async function refreshTable(real: Gpu | null, software: Gpu | null, say: (line: string) => void) {
  const rows: string[][] = [];
  for (const [gpu, shapes] of [
    [real, federations],
    [software, softwareFederations],
  ] as const) {
    for (const shape of shapes) {
      rows.push(await refreshRow(shape, gpu));
      say(rows.at(-1)!.join(' · '));
    }
  }
  return markdownTable(['refresh, seconds', 'simd', 'GPU', 'simd ÷ GPU', 'largest difference'], rows);
}

async function refreshRow(shape: RefreshShape, gpu: Gpu | null): Promise<string[]> {
  const refresh = prepareRefresh(shape, gpu);
  const contenders = [contender('simd', refresh.onProcessor)];
  if (gpu) contenders.push(contender('gpu', refresh.onGpu));
  const seconds = await measure(contenders, pace);
  const [own, other] = [seconds.get('simd')!, seconds.get('gpu')];
  const name = gpu?.isSoftware ? `${shape.name} (played by the processor)` : shape.name;
  if (other === undefined) return [name, digits(own), notMeasured, notMeasured, notMeasured];
  return [name, digits(own), digits(other), digits(own / other), refresh.difference().toExponential(1)];
}

function random(size: number, seed: number): Matrix {
  const rng = randomStream(seed, 'bench', size);
  return matrix(
    Float32Array.from({ length: size * size }, () => 2 * rng.uniform() - 1),
    size,
    size,
  );
}

function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
