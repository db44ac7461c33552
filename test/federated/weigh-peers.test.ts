import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { chooseLoops, loopNames } from '../../lib/fast/choose-loops.ts';
import { type WeighPeers, weighRows } from '../../lib/federated/client-attention.ts';
import { federation } from '../../lib/federated/federation.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { bytesOfPersonalPart, toUnitRootMeanSquare } from '../../lib/federated/personal-part.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import {
  attentionBetweenClients,
  fedtlrec,
  lowRankFactorization,
} from '../../lib/federated/recipes/fedtlrec.ts';
import { decode, encode } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { TraceRecorder } from '../../lib/trace/recorder.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { train } from '../../lib/training/train.ts';
import { closeTo } from '../reference.ts';

/** The nearest alone. */
const nearest: WeighPeers = (cosines, own) => {
  cosines[own] = -Infinity;
  const best = cosines.indexOf(Math.max(...cosines));
  cosines.fill(0);
  cosines[best] = 3; // of any scale
};

test('weights of any scale become weights with a sum of 1, and nobody counts for itself', (t) => {
  const rows = Float32Array.of(0.5, 1, 0.25, 1, 0, 0);
  weighRows(rows, Uint32Array.of(1, 0), (cosines) => cosines.set(cosines.map((cosine) => 2 * cosine)));
  closeTo(t, rows, [2 / 3, 0, 1 / 3, 0, 0, 0], 'a row without any weight stays 0', 1e-7);
  t.throws(
    () => weighRows(Float32Array.of(1, 0.5), Uint32Array.of(0), (cosines) => cosines.fill(-1)),
    /RangeError: weigh: weights must be numbers of at least 0, got -1/,
  );
  t.throws(
    () => weighRows(Float32Array.of(1, 0.5), Uint32Array.of(0), (row) => row.fill(Number.NaN)),
    /got NaN/,
  );
  t.end();
});

test('every kind of loops mixes what peers think by the given weights', (t) => {
  const [items, peers] = [13, 6];
  const rng = randomStream(4, 'weigh');
  const centred = Array.from({ length: peers }, () => Array.from({ length: items }, () => rng.normal()));
  const lengths = Float32Array.from(centred, (row) => Math.hypot(...row));
  const direction = (peer: number, out: Float32Array) =>
    out.set(centred[peer]!.map((value) => value / lengths[peer]!));
  const mean = Array.from({ length: items }, (_, item) =>
    centred.reduce((sum, row) => sum + row[item]! / peers, 0),
  );
  const cosine = (u: number, v: number) =>
    centred[u]!.reduce((sum, value, item) => sum + value * centred[v]![item]!, 0) / lengths[u]! / lengths[v]!;
  const asking = Uint32Array.of(4, 1);
  const wanted = Array.from(asking, (own) => {
    const others = [...Array(peers).keys()].filter((peer) => peer !== own);
    const best = others.reduce((a, b) => (cosine(own, b) > cosine(own, a) ? b : a));
    return centred[best]!.map((value, item) => value - mean[item]!);
  }).flat();
  for (const name of loopNames) {
    const attention = chooseLoops(name).clientAttention(items, 256);
    attention.setPeers(lengths, direction);
    const out = new Float32Array(2 * items).fill(9);
    attention.mix(asking, nearest, out);
    const largest = Math.max(...wanted.map(Math.abs));
    closeTo(t, out, wanted, `${name}: V of the nearest`, name === 'plain' ? 1e-5 : 2e-3 * largest);
    attention.mix(asking, (row) => row.fill(0), out);
    t.ok(
      out.every((value) => value === 0),
      `${name}: zeros where nobody counts`,
    );
  }
  t.end();
});

test('a personal part has unit size, and its message the length that is reported', (t) => {
  const part = Float32Array.of(3, -4, 0, 0);
  toUnitRootMeanSquare(part);
  closeTo(t, part, [1.2, -1.6, 0, 0], 'root mean square 2.5 becomes 1', 1e-6);
  const zeros = new Float32Array(3);
  toUnitRootMeanSquare(zeros);
  t.deepEqual([...zeros], [0, 0, 0]);
  const rows = Uint32Array.from(part.keys());
  const none = new Float32Array(0);
  const message = encode(
    { client: 0, round: 7, rows, rank: 0, dims: 1, left: part, right: none, extra: none },
    4,
  );
  t.equal(bytesOfPersonalPart(4, 7, 'float32'), message.length);
  t.deepEqual(decode(message, { client: 0, items: 4, dims: 1, extra: 0, round: 7 }).left, part);
  t.ok(
    bytesOfPersonalPart(4, 7, 'float32', 3) - bytesOfPersonalPart(4, 7, 'float32') === 4 * 2 * 4,
    'two more floats an item',
  );
  t.end();
});

const { ratings } = syntheticRatings({ users: 40, items: 50, groups: 2, scenesPerGroup: 2, meanRatings: 8 });
const split = leaveOneOut(ratings);
const settings = { rounds: 3, evaluateEvery: 3, refreshEvery: 3, factors: 4, clusters: 2, heads: 2 };
const recipe: Recipe = {
  ...fedtlrec,
  name: 'nearest',
  create: (setup) =>
    federation(setup, {
      ...lowRankFactorization(setup),
      aggregator: attentionBetweenClients(setup, nearest),
    }),
};

test('a recipe with weights of its own trains alike, and gives personal parts of unit size that are not those of attention', async (t) => {
  for (const loops of [plainLoops, chooseLoops()]) {
    const [own, usual] = await Promise.all(
      [recipe, fedtlrec].map((one) => train(one, split, { settings, loops })),
    );
    t.equal(own!.digest, usual!.digest, 'what clients and server learn does not depend on it');
    const parts = [own!, usual!].map(({ program }) => {
      const out = new Float32Array(50 * 40);
      program.personalParts(
        Uint32Array.from({ length: 40 }, (_, client) => client),
        out,
      );
      return out;
    });
    t.notDeepEqual(parts[0], parts[1]);
    for (let client = 0; client < 40; client++) {
      const part = parts[0]!.subarray(client * 50, (client + 1) * 50);
      const size = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / 50);
      if (size > 0) t.ok(Math.abs(size - 1) < 0.01, `client ${client}, rounded to 8 bits: ${size}`);
    }
  }
});

test('a trace shows the weights that the recipe has, not those of attention', async (t) => {
  const run = openRun(recipe, split, { settings });
  const recorder = new TraceRecorder(run, 'nearest', { sizes: { clients: 40, owners: 40, focus: 1 } });
  for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
  const { weights } = recorder.finish().rounds.at(-1)!.refresh!.attention!;
  t.equal(weights.length, 2 * 40 * 40);
  t.deepEqual([...new Set(weights)].sort(), [0, 1], 'one peer has all the weight');
});
