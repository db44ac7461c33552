import test from 'tape';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import type { Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { colrAllRows } from '../../lib/peers/colr.ts';
import { colrSecureSum } from '../../lib/peers/colr-secure-sum.ts';
import { areaUnderCurve, itemScores } from '../../lib/privacy/attack.ts';
import { CohortSum, fewestOf } from '../../lib/privacy/cohort-sum.ts';
import { noiseScale } from '../../lib/privacy/defence.ts';
import { decodeMasked } from '../../lib/privacy/masked-message.ts';
import { addNoise } from '../../lib/privacy/noise.ts';
import { fixedPointFor } from '../../lib/privacy/secure-sum.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { chunksOf } from '../../lib/training/executor.ts';
import { openRun, type RunOptions } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 60, items: 90, meanRatings: 12, seed: 5 }).ratings);
const { items, users } = split.train;
/** Messages are exact, as the fixed point of the sums nearly is. */
const quick: Partial<Settings> = {
  rounds: 3,
  evaluateEvery: 3,
  factors: 6,
  serverLearningRate: 0.1,
  codec: 'float32',
};

async function trained(recipe: Recipe, settings: Partial<Settings> = {}, channel?: RunOptions['channel']) {
  const run = openRun(recipe, split, { parts: allParts, settings: { ...quick, ...settings }, channel });
  const events: RoundEvent[] = [];
  for await (const event of run.rounds({ evaluates: false })) events.push(event);
  return { table: run.memory.arrays.itemTable as Float32Array, events };
}

const worstDifference = (one: Float32Array, two: Float32Array) =>
  one.reduce((worst, value, at) => Math.max(worst, Math.abs(value - two[at]!)), 0);

test('masked sums train the same model as open messages, up to the fixed point, with and without dropouts', async (t) => {
  for (const dropout of [0, 0.2]) {
    const [open, secure] = [
      await trained(colrAllRows, { dropout }),
      await trained(colrSecureSum, { dropout }),
    ];
    const refused = secure.events.filter((event) => event.type === 'message-rejected').length;
    t.equal(refused, 0, `dropout ${dropout}: enough came through in every cohort`);
    const worst = worstDifference(open.table, secure.table);
    const step = 2 ** -fixedPointFor(16).fractionBits;
    t.ok(worst > 0 && worst < 1e4 * step, `dropout ${dropout}: worst ${worst}, one step ${step}`);
  }
});

test('the sum of a cohort equals the sum of rounded updates exactly, and says how many came', (t) => {
  const sum = new CohortSum(4, 2, 1, 1);
  const updateOf = (client: number): Update => ({
    client,
    round: 1,
    rows: new Uint32Array([1, 3]),
    rank: 0,
    dims: 2,
    left: Float32Array.from([client, 0.5, -client, 0.25]),
    right: new Float32Array(0),
    extra: Float32Array.from([1]),
  });
  sum.begin(1, [0, 1, 2, 3]);
  for (const client of [0, 1, 3]) sum.receive(sum.seal(updateOf(client)), client, 1);
  const { sum: added, bytes, refusal } = sum.finish();
  t.deepEqual([...added.items], [0, 0, 4, 1.5, 0, 0, -4, 0.75]);
  t.deepEqual([...added.extra], [3]);
  t.equal(added.clients, 3);
  t.equal(bytes, 16 * 6, 'three own seeds, and three shared with the one that did not come through');
  t.equal(refusal, null);
  t.end();
});

test('a cohort of which too few come through tells nothing', async (t) => {
  t.deepEqual([1, 2, 3, 16, 59].map(fewestOf), [2, 2, 2, 8, 30]);
  const { events, table } = await trained(colrSecureSum, { rounds: 1, dropout: 0.95 });
  const merged = events.find((event) => event.type === 'updates-merged');
  t.equal(merged?.type === 'updates-merged' && merged.clients, 0);
  const rejected = events.filter((event) => event.type === 'message-rejected');
  t.ok(rejected.length > 0, 'some did come');
  t.match(
    rejected[0]?.type === 'message-rejected' ? rejected[0].reason : '',
    /came through, 8 are needed|2 are needed/,
  );
  t.ok(table.every(Number.isFinite));
});

test('a broken masked message counts as a dropout, and the sum of the others stays exact', async (t) => {
  const broken = await trained(colrSecureSum, { rounds: 1 }, (message, client) =>
    client === 5 ? message.slice(4) : message,
  );
  const absent = await trained(colrAllRows, { rounds: 1 }, (message, client) =>
    client === 5 ? message.slice(4) : message,
  );
  t.equal(broken.events.filter((event) => event.type === 'message-rejected').length, 1);
  t.ok(worstDifference(broken.table, absent.table) < 1e-3);
});

test('a masked message tells nothing: the attack guesses', async (t) => {
  let [area, count] = [0, 0];
  await trained(colrSecureSum, { rounds: 1 }, (message, client, round) => {
    const words = decodeMasked(message, client, round, items * 2);
    const left = Float32Array.from(words, (word) => word | 0);
    const nothing = new Float32Array(0);
    const rows = Uint32Array.from({ length: items }, (_, item) => item);
    const update = { client, round, rows, rank: 0, dims: 2, left, right: nothing, extra: nothing };
    const truth = new Uint8Array(items);
    for (const item of itemsOf(split.train, client)) truth[item] = 1;
    area += areaUnderCurve(itemScores(update, items, 'common-direction'), truth);
    count++;
    return message;
  });
  t.equal(count, users);
  t.ok(Math.abs(area / count - 0.5) < 0.05, `mean area ${(area / count).toFixed(3)}`);
});

test('with ε, the noise of a sum is what the plan asks for even if only the fewest come through', (t) => {
  const settings = completeSettings({ ...quick, epsilon: 3 });
  const scale = noiseScale(settings);
  const [wide, members] = [3000, 16];
  const cohort = Array.from({ length: members }, (_, client) => client);
  const sum = new CohortSum(wide, 1, 0, 1);
  sum.begin(1, cohort);
  const nothing = new Float32Array(0);
  const silent = {
    round: 1,
    rows: new Uint32Array(0),
    rank: 0,
    dims: 1,
    left: nothing,
    right: nothing,
    extra: nothing,
  };
  const deviationOf = (present: readonly number[]) => {
    sum.begin(1, cohort);
    for (const client of present) {
      const rng = randomStream(1, 'noise', client);
      const noisy = addNoise({ client, ...silent }, wide, 'gaussian', scale * sum.noiseShare, rng);
      sum.receive(sum.seal(noisy), client, 1);
    }
    const { items: values } = sum.finish().sum;
    return Math.sqrt(values.reduce((squares, value) => squares + value * value, 0) / wide);
  };
  const fewest = deviationOf(cohort.slice(0, fewestOf(members)));
  const all = deviationOf(cohort);
  t.ok(Math.abs(fewest / scale - 1) < 0.05, `fewest: ${fewest}, wanted ${scale}`);
  t.ok(Math.abs(all / scale / Math.SQRT2 - 1) < 0.05, `all: ${all}, twice the variance`);
  t.end();
});

test('cohorts are chunks, so threads change nothing', async (t) => {
  t.ok(chunksOf(users).length > 1, 'there are several cohorts');
  const settings = { ...quick, epsilon: 30 };
  const alone = await train(colrSecureSum, split, { parts: allParts, settings });
  const executor = threadsExecutor(2);
  const together = await train(colrSecureSum, split, { parts: allParts, settings, executor });
  t.equal(together.digest, alone.digest);
  try {
    await train(colrSecureSum, split, { parts: allParts, settings: { ...settings, noise: 'laplace' } });
    t.fail('Laplace noise does not add up to Laplace noise');
  } catch (error) {
    t.match(String(error), /settings: noise must be gaussian with secure sums/);
  }
});
