// The codecs side by side: bytes up and down, accuracy, and differences from exact messages, user by user.
// `npm run bench -- codecs` runs what has no figures in bench/results/codecs/ yet and writes the tables of docs/wire.md; BENCH_DATA=ml-100k
// names the data, BENCH_SEEDS=1 the seeds, BENCH_CODECS=float32,int4 the rows. Test figures with the re-fit, at the round and β
// that are best on validation.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { type Metrics, metrics } from '../lib/evaluation/metrics.ts';
import { pairedDifference } from '../lib/evaluation/paired-difference.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import type { Bench } from './bench.ts';
import { dataFile, isHere, movieLens1m, movieLens100k } from './data-files.ts';
import { measureRow, type PerUserColumns } from './table-runs.ts';

/** B too goes to the nearest level, so that rounding is the same everywhere in a row. */
const nearest = { rounding: 'nearest' } as const;

/** The ladder: the first row is what the others are compared with. */
const ladder: Record<string, Partial<Settings>> = {
  float32: { codec: 'float32' },
  int8: { ...nearest, codec: 'int8' },
  int4: { ...nearest, codec: 'int4' },
  'int4, int3 down': { ...nearest, codec: 'int4', codecDown: 'int3' },
  int3: { ...nearest, codec: 'int3' },
  'int2, int4 down': { ...nearest, codec: 'int2', codecDown: 'int4' },
  'int2, int4 down, error feedback': { ...nearest, codec: 'int2', codecDown: 'int4', errorFeedback: 'on' },
  'colr, float32': { codec: 'float32' },
  'colr, int4': { ...nearest, codec: 'int4' },
  'fedmf, float32': { codec: 'float32' },
  'fedmf, int4': { ...nearest, codec: 'int4' },
};

const data: Record<string, { title: string; path: string; evaluateEvery: number }> = {
  'ml-100k': { title: 'MovieLens-100K', path: movieLens100k, evaluateEvery: 30 },
  'latest-small': {
    title: 'MovieLens latest-small',
    path: 'ml-latest-small/ratings.csv.gz',
    evaluateEvery: 30,
  },
  'ml-1m': { title: 'MovieLens-1M', path: movieLens1m, evaluateEvery: 50 },
};

interface Kept {
  readonly codec: string;
  readonly seed: number;
  readonly up: number;
  readonly down: number;
  readonly test: Metrics;
  /** This codec − float32, and its standard error over users. */
  readonly difference: { readonly mean: Metrics; readonly standardErrors: Metrics };
}

const page = fileURLToPath(new URL('../docs/wire.md', import.meta.url));
const between = /(<!-- codecs:begin -->\n)[\s\S]*(<!-- codecs:end -->)/;
const folder = fileURLToPath(new URL('results/codecs/', import.meta.url));
/** Figures of single users stay outside the repository: they are made of other people's data. */
const cache = fileURLToPath(new URL('.cache/', import.meta.url));

export const bench: Bench = {
  title: 'Codecs',
  async run(say) {
    const wanted = process.env.BENCH_DATA?.split(',') ?? Object.keys(data);
    const seeds = process.env.BENCH_SEEDS?.split(',').map(Number) ?? [1, 2, 3];
    const codecs = process.env.BENCH_CODECS?.split(';') ?? Object.keys(ladder);
    for (const name of wanted) {
      const { title, path } = data[name]!;
      if (!isHere(path)) {
        say(`${title}: not here`);
        continue;
      }
      const { ratings } = await readRatingsFile(dataFile(path), { name: title });
      const split = leaveOneOut(ratings);
      for (const seed of seeds) for (const codec of codecs) await fill(name, split, codec, seed, say);
    }
    const tables = await Promise.all(Object.keys(data).map(tableOf));
    const text = tables.filter((table) => table !== '').join('\n\n');
    const before = await readFile(page, 'utf8');
    await writeFile(
      page,
      before.replace(between, (_, begin, end) => `${begin}\n${text}\n\n${end}`),
    );
    return text;
  },
};

async function fill(
  name: string,
  split: Split,
  codec: string,
  seed: number,
  say: (line: string) => void,
): Promise<void> {
  if ((await readKept(name)).some((kept) => kept.codec === codec && kept.seed === seed)) return;
  const recipe = /^(colr|fedmf), /.exec(codec)?.[1] ?? 'fedtlrec';
  const request = {
    label: codec,
    recipe,
    settings: { windows: 'off', ...ladder[codec]! } as const,
    seeds: [seed],
  };
  const { figures, perUser } = await measureRow(request, split, seed, data[name]!.evaluateEvery);
  const own = perUser.refitted ?? perUser.plain;
  const exact = await exactOf(name, seed, codec, own);
  const best = figures.refitted ?? figures.plain;
  const kept: Kept = {
    ...{ codec, seed, up: figures.bytesUp, down: figures.bytesDown, test: best.test },
    difference: pairedDifference(own, exact),
  };
  const all = [...(await readKept(name)), kept];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(all, (_, value) => rounded(value), 1)}\n`);
  say(
    `${name}: ${codec}, seed ${seed}: ${figures.bytesUp.toFixed(0)} up, NDCG@10 ${best.test.ndcg10.toFixed(4)}`,
  );
}

/** The figures per user of exact messages with the same recipe and seed, which are measured before the others. */
async function exactOf(
  name: string,
  seed: number,
  codec: string,
  own: PerUserColumns['plain'],
): Promise<PerUserColumns['plain']> {
  const recipe = /^(colr|fedmf), /.exec(codec)?.[1] ?? 'fedtlrec';
  const path = join(cache, `codecs-${name}-${recipe}-${seed}.json`);
  if (codec.endsWith('float32')) {
    await mkdir(cache, { recursive: true });
    const text = JSON.stringify(own, (_, value) => (value instanceof Float64Array ? [...value] : value));
    await writeFile(path, text);
    return own;
  }
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`codecs: measure float32 of ${recipe} with seed ${seed} on ${name} first`);
  });
  return JSON.parse(text, (_, value) =>
    Array.isArray(value) ? Float64Array.from(value, (one: number | null) => one ?? Number.NaN) : value,
  ) as PerUserColumns['plain'];
}

async function readKept(name: string): Promise<Kept[]> {
  const text = await readFile(join(folder, `${name}.json`), 'utf8').catch(() => '[]');
  return JSON.parse(text) as Kept[];
}

/** The means over seeds; the standard error of a difference is the root of its mean variance: users are the same for all seeds. */
async function tableOf(name: string): Promise<string> {
  const kept = await readKept(name);
  if (kept.length === 0) return '';
  const names = ['hr10', 'ndcg10', 'fullHr10', 'fullNdcg10'] as const;
  const labels = names.map((key) => metrics.find((metric) => metric.name === key)?.label ?? key);
  const head = ['codec', 'seeds', 'B up', 'B down', ...labels, 'Δ NDCG@10', 'Δ full NDCG@10'];
  const rows = Object.keys(ladder).flatMap((codec) => {
    const own = kept.filter((one) => one.codec === codec);
    if (own.length === 0) return [];
    const mean = (of: (one: Kept) => number) => own.reduce((sum, one) => sum + of(one), 0) / own.length;
    const difference = (key: 'ndcg10' | 'fullNdcg10') =>
      codec.endsWith('float32')
        ? '–'
        : `${signed(mean((one) => one.difference.mean[key]))} ± ${digits(Math.sqrt(mean((one) => one.difference.standardErrors[key] ** 2)))}`;
    const bytes = [mean((one) => one.up), mean((one) => one.down)].map((value) =>
      Math.round(value).toLocaleString('en'),
    );
    const figures = names.map((key) => digits(mean((one) => one.test[key])));
    return [[codec, own.length, ...bytes, ...figures, difference('ndcg10'), difference('fullNdcg10')]];
  });
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows];
  return `**${data[name]!.title}**\n\n${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}`;
}

function digits(value: number): string {
  return value.toFixed(4).replace(/^0/, '');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${digits(Math.abs(value))}`;
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
