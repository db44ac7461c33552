import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { aOnly } from '../../lib/federated/recipes/a-only.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { withoutAttention } from '../../lib/federated/recipes/without-attention.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { decode, type Update } from '../../lib/federated/wire.ts';
import { colr } from '../../lib/peers/colr.ts';
import { fedmf } from '../../lib/peers/fedmf.ts';
import { fedtlrecReleased } from '../../lib/peers/fedtlrec-released.ts';
import { popularity } from '../../lib/peers/popularity.ts';
import { updateNorm } from '../../lib/privacy/clipping.ts';
import { defend, noiseScale, privacySpent } from '../../lib/privacy/defence.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 40, items: 90, meanRatings: 12, seed: 5 }).ratings);
const { items } = split.train;
const quick: Partial<Settings> = { rounds: 3, evaluateEvery: 3, factors: 6 };

async function heardIn(
  recipe: Recipe,
  dims: number,
  settings: Partial<Settings>,
  extra = 0,
): Promise<Update[]> {
  const heard: Update[] = [];
  const run = openRun(recipe, split, {
    parts: allParts,
    settings: { ...quick, ...settings },
    channel: (message, client, round) => {
      heard.push(decode(message, { client, round, items, dims, extra }));
      return message;
    },
  });
  for await (const _ of run.rounds({ evaluates: false })) {
    // only the messages matter
  }
  return heard;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'it went through',
    (error) => String(error),
  );
}

test('a limit that nobody reaches changes no bit', async (t) => {
  const open = await train(fedtlrec, split, { parts: allParts, settings: quick });
  const limited = await train(fedtlrec, split, { parts: allParts, settings: { ...quick, clip: 1e6 } });
  t.equal(limited.digest, open.digest);
  t.equal(privacySpent(open.settings), null, 'and nothing is promised');
  t.equal(privacySpent(limited.settings), null, 'by clipping alone neither');
});

test('with a limit, no message is longer, and it stays of rank one', async (t) => {
  const heard = await heardIn(fedtlrec, 7, { clip: 0.5, codec: 'float32' });
  const longest = Math.max(...heard.map((update) => updateNorm(update, 'l2')));
  t.ok(Math.abs(longest - 0.5) < 1e-6, `the longest: ${longest}`);
  t.ok(heard.every(({ rank }) => rank === 1));
  const rounded = await heardIn(fedtlrec, 7, { clip: 0.5, codec: 'int8' });
  const most = Math.max(...rounded.map((update) => updateNorm(update, 'l2')));
  t.ok(most < 0.505, `rounding comes after the limit, and adds little: ${most}`);
});

test('with ε, a message names every item and carries the noise that the plan asks for', async (t) => {
  for (const noise of ['gaussian', 'laplace'] as const) {
    const settings = completeSettings({ ...quick, epsilon: 3, noise });
    const scale = noiseScale(settings);
    const heard = await heardIn(withoutAttention, 7, { epsilon: 3, noise });
    t.ok(
      heard.every(({ rows, rank }) => rows.length === items && rank === 0),
      'a row for every item',
    );
    let [sizes, count] = [0, 0];
    for (const { left } of heard)
      for (const value of left) [sizes, count] = [sizes + Math.abs(value), count + 1];
    const wanted = noise === 'laplace' ? scale : scale * Math.sqrt(2 / Math.PI); // the mean size of the noise
    t.ok(
      Math.abs(sizes / count / wanted - 1) < 0.03,
      `${noise}: mean size ${sizes / count}, noise ${wanted}`,
    );
  }
});

test('noise covers weights outside the item table as well', async (t) => {
  const heard = await heardIn(aOnly, 0, { epsilon: 3 }, 28);
  const open = await heardIn(aOnly, 0, {}, 28);
  const first = heard[0]!.extra.map((value, at) => value - open[0]!.extra[at]!);
  t.ok(first.every((value) => value !== 0));
});

test('the ε of a run is the one that was asked for, and the noise grows as it shrinks', (t) => {
  const of = (epsilon: number, rounds = 40) => completeSettings({ epsilon, rounds });
  t.ok(Math.abs(privacySpent(of(3))!.epsilon - 3) < 1e-9);
  t.ok(privacySpent(of(3), 10)!.epsilon < 3, 'after ten of forty rounds less is spent');
  t.ok(noiseScale(of(1)) > noiseScale(of(3)) && noiseScale(of(3, 80)) > noiseScale(of(3, 40)));
  const [one, two] = [1, 2].map((clip) => noiseScale({ ...of(3), clip }));
  t.ok(Math.abs(two! / one! - 2) < 1e-12, 'the noise goes with the limit');
  t.equal(of(3).clip, 1, 'whose default is 1');
  t.equal(privacySpent(completeSettings({ epsilon: 3, noise: 'laplace' }))!.delta, 0);
  t.end();
});

test('a defended run is the same for one seed and for any number of threads', async (t) => {
  const settings = { ...quick, epsilon: 20, padding: 2 };
  const digest = async (recipe: Recipe, workers: number, seed = 1) => {
    const executor = workers > 0 ? { executor: threadsExecutor(workers) } : {};
    return (await train(recipe, split, { parts: allParts, settings: { ...settings, seed }, ...executor }))
      .digest;
  };
  const alone = await digest(fedmf, 0);
  t.equal(await digest(fedmf, 2), alone);
  t.notEqual(await digest(fedmf, 0, 2), alone);
});

test('a recipe can be given its defence for good', async (t) => {
  const guarded = defend(colr, { epsilon: 5 }, 'colr-private');
  const result = await train(guarded, split, { settings: quick });
  t.equal(result.recipe, 'colr-private');
  t.equal(result.settings.epsilon, 5);
  const asked = await train(colr, split, { parts: allParts, settings: { ...quick, epsilon: 5 } });
  t.equal(result.digest, asked.digest, 'it is the same as to ask for it');
});

test('a defence that a recipe does not have is refused; one that sends nothing needs none', async (t) => {
  const settings = { ...quick, epsilon: 5 };
  t.match(
    await failureOf(train(fedtlrecReleased, split, { parts: allParts, settings: { rounds: 1, epsilon: 5 } })),
    /settings: epsilon must be off with the recipe fedtlrec-released, which has no defence/,
  );
  t.ok((await train(popularity, split, { settings })).test.hr10 > 0);
});

test('a run without optional parts refuses settings that ask for one, and says where they are', (t) => {
  const wanted = [
    { clip: 1 },
    { padding: 1 },
    { epsilon: 5 },
    { combine: 'median' },
    { attack: 'scale' },
  ] as const;
  for (const settings of wanted) {
    const [name] = Object.keys(settings);
    const message = `settings: ${name} asks for a part that this run was not given; import { allParts } from 'fedtlrec/parts' and pass { parts: allParts }`;
    t.throws(() => openRun(fedmf, split, { settings }), { name: 'RangeError', message });
    t.doesNotThrow(() => openRun(fedmf, split, { settings, parts: allParts }));
  }
  t.doesNotThrow(() => openRun(fedmf, split, {}));
  t.end();
});

test('settings that promise nothing sensible are refused', (t) => {
  t.throws(() => completeSettings({ epsilon: 0 }), /settings: epsilon must be a number between 0.001 and/);
  t.throws(() => completeSettings({ clip: 0 }), /settings: clip must be a number between/);
  t.throws(() => completeSettings({ delta: 0.5 }), /settings: delta must be a number between/);
  t.throws(
    () => completeSettings({ padding: -1 }),
    /settings: padding must be a number between 0 and 1000, got -1/,
  );
  const noise = 'uniform' as Settings['noise'];
  t.throws(
    () => completeSettings({ noise }),
    /settings: noise must be one of gaussian, laplace, got 'uniform'/,
  );
  t.end();
});
