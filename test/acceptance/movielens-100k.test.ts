// What the library promises on real ratings, in a form short enough for every test run. The full table, with three
// seeds and 150 rounds, is printed by `npm run bench -- accuracy`.
import test from 'tape';
import { leaveOneOut, type Split } from '../../lib/data/split.ts';
import { pairedDifference } from '../../lib/evaluation/paired-difference.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { readRatingsFile } from '../../lib/node/ratings-file.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import type { RunResult } from '../../lib/training/run-result.ts';
import { train } from '../../lib/training/train.ts';
import { needs, sharedFile } from '../reference.ts';

const file = 'data/ml-100k/u.data.gz';
const quick = { rounds: 40, serverLearningRate: 0.1, evaluateEvery: 10 };

async function split(): Promise<Split> {
  return leaveOneOut((await readRatingsFile(sharedFile(file))).ratings);
}

async function run(data: Split, recipe: string, settings: Partial<Settings>): Promise<RunResult> {
  return train(await recipeNamed(recipe), data, { settings: { ...quick, ...settings } });
}

test(
  'MovieLens-100K, 40 rounds: FedTLRec learns, attention helps, low rank is small',
  needs(file),
  async (t) => {
    const data = await split();
    t.equal(data.train.itemOf.length, 98_114, 'training positives after leave-one-out');
    const full = await run(data, 'fedtlrec', { recency: null, windows: 'off' });
    t.ok(full.test.hr10 >= 0.62, `HR@10 ${full.test.hr10.toFixed(3)} is at least .62`);
    t.ok(
      full.bytesUpPerClientRound <= 300,
      `${full.bytesUpPerClientRound.toFixed(0)} bytes up per client and round`,
    );
    const plain = await run(data, 'without-attention', { recency: null, windows: 'off' });
    const gain = pairedDifference(full.testPerUser, plain.testPerUser).mean;
    t.ok(
      gain.hr10 > 0 && gain.ndcg10 > 0,
      `attention adds ${gain.hr10.toFixed(4)} HR@10, ${gain.ndcg10.toFixed(4)} NDCG@10`,
    );
    const recent = await run(data, 'fedtlrec', { windows: 'off' });
    t.ok(
      recent.test.hr10 > full.test.hr10 + 0.02,
      `the recency re-fit reaches HR@10 ${recent.test.hr10.toFixed(3)}`,
    );
  },
);

test('MovieLens-100K: popularity and a-only are where they should be', needs(file), async (t) => {
  const data = await split();
  const popular = await run(data, 'popularity', {});
  t.ok(Math.abs(popular.test.hr10 - 0.41) <= 0.01, `popularity HR@10 ${popular.test.hr10.toFixed(3)}`);
  const aOnly = await run(data, 'a-only', { rounds: 10 });
  t.ok(aOnly.test.hr10 < 0.3, `sharing A alone: HR@10 ${aOnly.test.hr10.toFixed(3)}`);
});
