// Can attention between clients be trained to do better than the plain cosine? Trains `fedtlrec`, exports what the server
// and the clients have at two rounds in a row, and lets bench/aggregators.py (numpy) train and judge the candidates.
// `npm run bench -- aggregators`; BENCH_DATA=ml-100k, latest-small or ml-1m. Needs python3 with numpy.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Split } from '../lib/data/split.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { openRun } from '../lib/training/open-run.ts';
import type { Bench } from './bench.ts';
import { absenceOf, isHere, movieLens1m, movieLens100k, readSplit } from './data-files.ts';
import { describeMachine } from './machine.ts';
import { writeResultsPage } from './results-page.ts';

const dataSets = {
  'ml-100k': { title: 'MovieLens-100K', path: movieLens100k },
  'latest-small': { title: 'MovieLens latest-small', path: 'ml-latest-small/ratings.csv.gz' },
  'ml-1m': { title: 'MovieLens-1M', path: movieLens1m },
} as const;

const dataName = (process.env.BENCH_DATA ?? 'ml-100k') as keyof typeof dataSets;
/** Late enough for tokens to say something, early enough for the model to be far from done. */
const ROUND = 40;
const settings = { rounds: ROUND + 1, serverLearningRate: 0.1, refreshEvery: 1000, seed: 1 };

/** What the Python side writes. */
export interface AggregatorFile {
  readonly data: string;
  readonly title: string;
  readonly round: number;
  readonly measured: string;
  readonly candidates: readonly {
    name: string;
    /** Chosen on validation. */
    mix: number;
    ndcg10: number;
    hr10: number;
    /** To the untrained cosine, over users. */
    difference: number;
    standardError: number;
    seconds: number;
  }[];
}

export const bench: Bench = {
  title: 'Trained aggregators',
  async run(say) {
    const { path, title } = dataSets[dataName];
    if (!isHere(path)) return absenceOf(path);
    const folder = await mkdtemp(join(os.tmpdir(), 'fedtlrec-aggregators-'));
    try {
      await exportState(await readSplit(path), folder);
      say('state exported');
      const script = fileURLToPath(new URL('aggregators.py', import.meta.url));
      const { stdout } = await promisify(execFile)('python3', [script, folder], {
        maxBuffer: 2 ** 26,
        env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
      });
      const file = JSON.parse(stdout) as Pick<AggregatorFile, 'candidates'>;
      const date = new Date().toISOString().slice(0, 10);
      const kept: AggregatorFile = {
        ...{ data: dataName, title, round: ROUND },
        measured: `${date}, ${describeMachine()}`,
        ...file,
      };
      const results = new URL('results/', import.meta.url);
      await mkdir(results, { recursive: true });
      await writeFile(new URL(`aggregators-${dataName}.json`, results), `${JSON.stringify(kept, null, 1)}\n`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return writeResultsPage();
  },
};

/** Tokens before and after one more round, the model between them, and the split. */
async function exportState(split: Split, folder: string): Promise<void> {
  const run = openRun(fedtlrec, split, { settings });
  const { arrays } = run.memory;
  const write = (name: string, values: ArrayBufferView) =>
    writeFile(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type !== 'round-started' || event.round !== ROUND + 1) continue;
    await write('tokens', arrays.tokenValues!);
    await write('items', arrays.itemTable!);
    await write('states', arrays.clientStates!);
    await write('directions', arrays.directions!);
  }
  await write('next', arrays.tokenValues!);
  await write('offsets', split.train.offsets);
  await write('positives', split.train.itemOf);
  await write('validation', Int32Array.from(split.validation));
  const sizes = { users: split.train.users, items: split.train.items, factors: run.settings.factors };
  await writeFile(join(folder, 'sizes.json'), JSON.stringify({ ...sizes, memory: run.settings.tokenMemory }));
}
