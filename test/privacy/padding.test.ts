import test from 'tape';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { decode, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { colr } from '../../lib/peers/colr.ts';
import { areaUnderCurve, itemScores } from '../../lib/privacy/attack.ts';
import { chooseDecoys, padRows } from '../../lib/privacy/padding.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 40, items: 300, meanRatings: 12, seed: 5 }).ratings);
const { items } = split.train;

/** All messages of a client over some rounds, decoded. */
async function heardOf(client: number, padding: number, rounds: number): Promise<Update[]> {
  const heard: Update[] = [];
  const run = openRun(fedtlrec, split, {
    parts: allParts,
    settings: { rounds, padding, factors: 6 },
    channel: (message, sender, round) => {
      if (sender === client) heard.push(decode(message, { client, round, items, dims: 7, extra: 0 }));
      return message;
    },
  });
  for await (const _ of run.rounds({ evaluates: false })) {
    // only the messages matter
  }
  return heard;
}

test('decoys are different items and none of the positives', (t) => {
  const positives = new Set([1, 4, 5]);
  const decoys = chooseDecoys(positives, 6, 10, randomStream(1, 'decoys', 0));
  t.equal(new Set(decoys).size, 6);
  t.notOk([...decoys].some((item) => positives.has(item)));
  t.deepEqual(
    [...decoys],
    [...decoys].sort((a, b) => a - b),
    'in increasing order',
  );
  t.deepEqual(
    decoys,
    chooseDecoys(positives, 6, 10, randomStream(1, 'decoys', 0)),
    'the same stream, the same decoys',
  );
  t.equal(
    chooseDecoys(positives, 100, 10, randomStream(1, 'decoys', 0)).length,
    7,
    'there are only so many items',
  );
  t.end();
});

test('a decoy has the number that a touched item would have, and wins over a drawn negative', (t) => {
  const update: Update = {
    client: 0,
    round: 1,
    rows: new Uint32Array([0, 2]),
    rank: 1,
    dims: 2,
    left: Float32Array.from([0.5, -0.25]),
    right: Float32Array.from([2, 1]), // p = 2
    extra: new Float32Array(0),
  };
  const table = Float32Array.from([0, 0, 0.5, -1, 0, Math.log(3), 0, 0]); // scores 0, 0, ln 3, 0
  const padded = padRows(update, new Uint32Array([1, 2]), table);
  t.deepEqual([...padded.rows], [0, 1, 2]);
  t.ok(
    [0.5, 0.5, 0.25].every((value, row) => Math.abs(padded.left[row]! - value) < 1e-7),
    '1 − σ(0) and 1 − σ(ln 3), also where item 2 had been drawn as a negative',
  );
  t.throws(
    () => padRows({ ...update, rank: 0 }, new Uint32Array([1]), table),
    /needs updates of rank one, got rank 0/,
  );
  t.end();
});

test('with m decoys per positive, a positive hides among m others, in one message and in all of them', async (t) => {
  const client = 3;
  const truth = new Uint8Array(items);
  for (const item of itemsOf(split.train, client)) truth[item] = 1;
  const area = (updates: Update[]) => {
    const sum = new Float32Array(items);
    for (const update of updates)
      itemScores(update, items, 'last-column').forEach((score, item) => {
        sum[item]! += Math.sign(score);
      });
    const above = Array.from(sum.keys()).filter((item) => sum[item]! > 0);
    return { above: above.length, area: areaUnderCurve(sum, truth) };
  };
  const positives = itemsOf(split.train, client).length;
  const open = area(await heardOf(client, 0, 6));
  t.equal(open.area, 1, 'without decoys the signs say everything');
  const heard = await heardOf(client, 4, 6);
  const one = area(heard.slice(-1));
  const six = area(heard);
  t.equal(one.above, 5 * positives, 'five times as many rows look touched');
  t.deepEqual(six, one, 'and six rounds tell no more than one, because the decoys stay');
  const others = items - positives;
  const wanted = 1 - (4 * positives) / others / 2; // ties with the decoys, wins against the rest
  t.ok(Math.abs(six.area - wanted) < 1e-9, `area ${six.area.toFixed(3)}`);
  t.end();
});

test('padding is refused where it would not hide anything', async (t) => {
  try {
    await train(colr, split, { parts: allParts, settings: { rounds: 1, padding: 2 } });
    t.fail('colr has no updates of rank one');
  } catch (error) {
    t.match(String(error), /padRows: padding needs updates of rank one, got rank 0; turn padding off/);
  }
});
