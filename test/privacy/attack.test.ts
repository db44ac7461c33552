import fc from 'fast-check';
import test from 'tape';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { aOnly } from '../../lib/federated/recipes/a-only.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { decode, type Update } from '../../lib/federated/wire.ts';
import { colr, sharedFactor } from '../../lib/peers/colr.ts';
import { fedmf } from '../../lib/peers/fedmf.ts';
import { pfedrec } from '../../lib/peers/pfedrec.ts';
import {
  areaUnderCurve,
  cosine,
  itemScores,
  type Reading,
  recoverUserVector,
} from '../../lib/privacy/attack.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';

const split = leaveOneOut(syntheticRatings({ users: 60, items: 120, meanRatings: 14, seed: 5 }).ratings);
const { users, items } = split.train;

/** The decoded messages of the last of three rounds, and the user vectors at its end. */
async function eavesdrop(recipe: Recipe, dims: number, settings: Partial<Settings> = {}, extra = 0) {
  const heard: Update[] = [];
  const run = openRun(recipe, split, {
    parts: allParts,
    settings: { ...recipe.defaults, rounds: 3, factors: 6, ...settings },
    channel: (message, client, round) => {
      if (round === 3) heard.push(decode(message, { client, round, items, dims, extra }));
      return message;
    },
  });
  for await (const _ of run.rounds({ evaluates: false })) {
    // only the messages matter
  }
  const states = run.memory.arrays.clientStates as Float32Array;
  const width = states.length / users;
  const vectorOf = (client: number) => states.subarray(client * width, client * width + 6);
  return { heard, vectorOf, settings: run.settings };
}

function meanArea(heard: readonly Update[], reading: Reading, among: 'rows' | 'all'): number {
  const areas = heard.map((update) => {
    const truth = new Uint8Array(items);
    for (const item of itemsOf(split.train, update.client)) truth[item] = 1;
    return areaUnderCurve(
      itemScores(update, items, reading),
      truth,
      among === 'rows' ? update.rows : undefined,
    );
  });
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

test('the area under the curve counts pairs, ties by half', (t) => {
  t.equal(areaUnderCurve([3, 1, 2, 0], [1, 0, 1, 0]), 1, 'every positive above every other');
  t.equal(areaUnderCurve([0, 1, 0, 1], [1, 0, 1, 0]), 0);
  t.equal(areaUnderCurve([2, 2, 1], [1, 0, 0]), 0.75, 'one tie, one win');
  t.equal(areaUnderCurve([5, 5, 5], [1, 0, 0]), 0.5);
  t.equal(areaUnderCurve([9, 3, 1, 2], [0, 1, 0, 0], [1, 2, 3]), 1, 'only the named items are compared');
  t.ok(Number.isNaN(areaUnderCurve([1, 2], [0, 0])), 'without a positive there is nothing to tell');
  t.end();
});

test('the area equals the count over all pairs', (t) => {
  const scored = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(scored, (values) => {
      const [scores, truth] = [values.map(([score]) => score), values.map(([, label]) => label)];
      let [right, pairs] = [0, 0];
      values.forEach(([score, label]) => {
        if (label !== 1) return;
        for (const [other, otherLabel] of values) {
          if (otherLabel === 1) continue;
          pairs++;
          right += score > other ? 1 : score === other ? 0.5 : 0;
        }
      });
      const area = areaUnderCurve(scores, truth);
      return pairs === 0 ? Number.isNaN(area) : Math.abs(area - right / pairs) < 1e-12;
    }),
    { seed: 3, numRuns: 100 },
  );
  t.pass('pair by pair');
  t.end();
});

test('undefended messages give the positives away, whatever their form', async (t) => {
  for (const [recipe, dims] of [
    [fedtlrec, 7],
    [fedmf, 7],
    [colr, 2],
  ] as const) {
    const { heard } = await eavesdrop(recipe, dims);
    const rows = meanArea(heard, 'common-direction', 'rows');
    const all = meanArea(heard, 'common-direction', 'all');
    t.ok(
      rows > 0.999 && all > 0.999,
      `${recipe.name}: ${rows.toFixed(3)} among rows, ${all.toFixed(3)} among all`,
    );
    if (dims === 7)
      t.ok(meanArea(heard, 'last-column', 'rows') > 0.999, `${recipe.name}: the bias column suffices`);
  }
  const { heard } = await eavesdrop(pfedrec, 7);
  t.ok(meanArea(heard, 'common-direction', 'all') > 0.9, 'pfedrec: rows that moved say it too');
  t.end();
});

test('eight bits instead of thirty-two hide nothing', async (t) => {
  const { heard } = await eavesdrop(fedtlrec, 7, { codec: 'int8' });
  t.ok(meanArea(heard, 'last-column', 'rows') > 0.99);
  t.end();
});

test('A of LoRA alone has no row per item, so the attack on rows finds nothing', async (t) => {
  const { heard } = await eavesdrop(aOnly, 0, {}, 28);
  t.equal(meanArea(heard, 'common-direction', 'all'), 0.5);
  t.equal(recoverUserVector(heard[0]!), null);
  t.end();
});

test('the user vector is read off A, off whole rows, and in part off rows seen through a shared factor', async (t) => {
  const meanCosine = ({ heard, vectorOf }: Awaited<ReturnType<typeof eavesdrop>>, factor?: Float32Array) =>
    heard.reduce(
      (sum, update) => sum + cosine(recoverUserVector(update, factor)!, vectorOf(update.client)),
      0,
    ) / heard.length;
  const settings = { clientLearningRate: 0.01 }; // so that the step after sending moves the vector little
  const fromA = meanCosine(await eavesdrop(fedtlrec, 7, settings));
  const fromRows = meanCosine(await eavesdrop(fedmf, 7, settings));
  t.ok(fromA > 0.98, `A: ${fromA.toFixed(3)}`);
  t.ok(Math.abs(fromRows - fromA) < 1e-3, `rows: ${fromRows.toFixed(3)}`);
  const seen = await eavesdrop(colr, 2, settings);
  const inPart = meanCosine(seen, sharedFactor(seen.settings.seed, 3, 2, 7));
  t.ok(inPart > 0.1 && inPart < 0.9, `two of seven directions: ${inPart.toFixed(3)}`);
  t.end();
});

test('the cosine of two vectors is that of their angle, whatever their lengths, and 0 beside a vector of zeros', (t) => {
  t.ok(Math.abs(cosine([3, 4], [4, 3]) - 24 / 25) < 1e-15);
  t.ok(Math.abs(cosine([1e-3, 0], [0.5, 0.5]) - Math.SQRT1_2) < 1e-12);
  t.equal(cosine([1, 2], [-2, 1]), 0);
  t.equal(cosine([0, 0], [1, 2]), 0);
  t.throws(() => cosine([1], [1, 2]), /^RangeError: cosine: vectors must have the same length, got 1 and 2$/);
  t.end();
});

test('the direction of hand-made rows is found with the sign of the majority', (t) => {
  const rows = new Uint32Array([1, 2, 4]);
  const left = Float32Array.from([2, 4, -1, -2, -3, -6]); // 2, −1, −3 times [1, 2]
  const nothing = new Float32Array(0);
  const update = { client: 0, round: 1, rows, rank: 0, dims: 2, left, right: nothing, extra: nothing };
  const scores = itemScores(update, 5, 'common-direction');
  const wanted = [0, 2, -1, 0, -3].map((value) => value * Math.sqrt(5));
  t.ok(
    scores.every((score, item) => Math.abs(score - wanted[item]!) < 1e-5),
    `${scores}`,
  );
  t.throws(() => cosine([1], [1, 2]), /cosine: vectors must have the same length, got 1 and 2/);
  t.end();
});
