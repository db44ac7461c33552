// examples/whole.ts and lib/ are two programs for one algorithm, written apart: with the same draws they must arrive at the
// same numbers. The file computes in float64; the library keeps its state and, where asked to, its messages in float32 (its
// default rounds them further, on purpose), and directions of tokens
// in 16-bit integers where that is fast. Nothing else may differ.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { defaults, type Lists, type Settings, train as trainWhole } from '../examples/whole.ts';
import { itemsOf, leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { rankingTask, summarize } from '../lib/evaluation/protocol.ts';
import { rankOf } from '../lib/evaluation/ranking.ts';
import { type Loops, plainLoops } from '../lib/federated/loops.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { mixesToTry } from '../lib/training/rounds.ts';
import type { RunResult } from '../lib/training/run-result.ts';
import { train } from '../lib/training/train.ts';

const [users, items, rounds] = [60, 90, 12];
const split = leaveOneOut(syntheticRatings({ users, items, meanRatings: 12 }).ratings);
const { validation, test: hidden } = split;
const lists: Lists = {
  items,
  train: Array.from(hidden, (_, user) => itemsOf(split.train, user)),
  validation,
  test: hidden,
};

/**
 * Item tables: half a unit in the last place of a float32 near 1 is 6e-8, and twelve rounds of Adam, whose gradients are sums of
 * some tens of such numbers, leave about 1e-7.
 */
const TABLE_TOLERANCE = 2e-6;

/** What may differ in personal parts, which are of size 1 (root mean square); in ranks; and in means over users. */
interface Run {
  readonly loops?: Loops;
  readonly parts: number;
  readonly ranks: number;
  readonly figures: number;
}
const runs: Record<string, Run> = {
  /** Plain loops round to float32 as well, so parts differ as tables do; no two scores are that close. */
  plain: { loops: plainLoops, parts: 2e-5, ranks: 0, figures: 1e-9 },
  /**
   * Fast loops keep three digits of directions and weights, in 16-bit integers. Two scores that are closer than this may stand
   * the other way round: one rank, for few users.
   */
  default: { parts: 4e-3, ranks: 1, figures: 0.01 },
};

const cases: Partial<Settings>[] = [
  {},
  { heads: 2 },
  { clusters: 3, probes: 2 },
  { clusters: 3, probes: 1, heads: 2, seed: 7, factors: 5, rank: 3, negatives: 2, localSteps: 1 },
];

for (const [name, { loops, ...most }] of Object.entries(runs)) {
  test(`one file and the library (${name}) arrive at the same numbers`, async (t) => {
    for (const changes of cases) {
      const label = JSON.stringify(changes);
      const whole = trainWhole(lists, { ...changes, rounds });
      const run = await train(fedtlrec, split, {
        settings: {
          ...changes,
          rounds,
          evaluateEvery: rounds,
          recency: null,
          codec: 'float32',
          windows: 'off',
        },
        loops,
      });
      const parts = partsOf(run);
      t.ok(largestGap(itemTableOf(run), whole.itemTable.data) < TABLE_TOLERANCE, `${label}: item table`);
      const gaps = parts.map((part, user) => largestGap(part, whole.parts[user]!));
      t.ok(Math.max(...gaps) <= most.parts, `${label}: personal parts`);
      t.equal(run.best.mix, whole.test.beta, `${label}: the weight chosen on validation`);
      for (const { beta, ranks } of [whole.alone, whole.test]) {
        const rankGaps = ranksOf(run, parts, beta).map((rank, user) =>
          Math.abs(rank - ranks[user]!.ahead - 1),
        );
        t.ok(Math.max(...rankGaps) <= most.ranks, `${label}: ranks with β = ${beta}`);
      }
      const { hr10, ndcg10, fullHr10 } = summarize(run.testPerUser);
      t.ok(Math.abs(hr10 - whole.test.hr10) <= most.figures, `${label}: HR@10 of 99 others`);
      t.ok(Math.abs(ndcg10 - whole.test.ndcg10) <= most.figures, `${label}: NDCG@10 of 99 others`);
      t.ok(Math.abs(fullHr10 - whole.test.fullHr10) <= most.figures, `${label}: HR@10 of all others`);
    }
  });
}

test('the comparison can tell: each change of a setting moves the numbers far beyond the tolerances', (t) => {
  const usual = trainWhole(lists, { rounds, clusters: 3 });
  for (const changes of [{ heads: 2 }, { temperature: 0.11 }, { tokenMemory: 0.85 }, { probes: 1 }]) {
    const other = trainWhole(lists, { rounds, clusters: 3, ...changes });
    const gap = Math.max(...usual.parts.map((part, user) => largestGap(part, other.parts[user]!)));
    t.ok(gap > 5 * runs.default!.parts, `${JSON.stringify(changes)}: personal parts by ${gap}`);
    t.deepEqual(other.itemTable.data, usual.itemTable.data, 'and the item table not at all');
  }
  for (const changes of [{ rank: 3 }, { regularization: 0.011 }, { localSteps: 3 }, { seed: 2 }]) {
    const { itemTable } = trainWhole(lists, { rounds, clusters: 3, ...changes });
    const gap = largestGap(itemTable.data, usual.itemTable.data);
    t.ok(gap > 50 * TABLE_TOLERANCE, `${JSON.stringify(changes)}: item table by ${gap}`);
  }
  t.end();
});

test("the one file's settings are the library's defaults", (t) => {
  const settings: Record<string, unknown> = { ...completeSettings() };
  const { mixes, clusters, probes, ...others } = defaults;
  t.deepEqual([...mixes], [...mixesToTry], 'weights to choose from');
  t.deepEqual([settings.clusters, settings.probes], ['auto', 'auto']);
  t.deepEqual([clusters, probes], [1, 3], 'what auto means in a federation of up to 10,000 clients');
  for (const [name, value] of Object.entries(others)) t.equal(value, settings[name], name);
  t.end();
});

test('the algorithm in one file imports matrices and the random stream only', (t) => {
  const source = readFileSync(new URL('../examples/whole.ts', import.meta.url), 'utf8');
  const [algorithm, story] = source.split('// #region story\n') as [string, string];
  t.deepEqual(importsIn(algorithm), ['ndarray', '../lib/numeric/rng.ts']);
  t.deepEqual(importsIn(story), ['../lib/index.ts'], 'and data to train on, where it is run');
  t.end();
});

function importsIn(source: string): string[] {
  return Array.from(source.matchAll(/(?:from |import\()'([^']+)'/g), ([, path]) => path!).filter(
    (path) => !path.startsWith('fedtlrec'),
  );
}

function itemTableOf(run: RunResult): Float32Array {
  return run.memory.arrays.itemTable as Float32Array;
}

/** δ of each client, asked for one by one. */
function partsOf({ program }: RunResult): Float32Array[] {
  return Array.from({ length: users }, (_, user) => {
    const part = new Float32Array(items);
    program.personalParts(Uint32Array.of(user), part);
    return part;
  });
}

function ranksOf({ program }: RunResult, parts: readonly Float32Array[], beta: number): number[] {
  return parts.map((part, user) => {
    const scores = new Float32Array(items);
    program.score(user, null, scores);
    for (let item = 0; item < items; item++) scores[item]! += beta * part[item]!;
    const { target, excluded, alsoExcluded } = rankingTask(split, user, 'test')!;
    return rankOf(scores, target, excluded, alsoExcluded).rank;
  });
}

function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let index = 0; index < a.length; index++) {
    const gap = Math.abs(a[index]! - b[index]!);
    largest = gap <= largest ? largest : gap; // NaN is a gap, too
  }
  return largest;
}
