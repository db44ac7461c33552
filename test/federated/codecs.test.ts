// What rounding cuts off: carried on by the server, kept by a client that is asked to, lost otherwise.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { denseDownlink } from '../../lib/federated/dense-server.ts';
import { ErrorFeedback } from '../../lib/federated/error-feedback.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { bytesOfPersonalPart, roundPersonalPart } from '../../lib/federated/personal-part.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { type Downlink, lowRankDownlink } from '../../lib/federated/server.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { BitReader, BitWriter } from '../../lib/federated/wire/bits.ts';
import { riceGaps } from '../../lib/federated/wire/rows.ts';
import { codecNames, decode, encode, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';
import { colr } from '../../lib/peers/colr.ts';
import { fedmf } from '../../lib/peers/fedmf.ts';
import { train } from '../../lib/training/train.ts';

const [items, dims] = [40, 5];

test('on the way down, what has arrived and what is carried add up to all steps, in every codec', (t) => {
  for (const codec of codecNames) {
    const settings = completeSettings({ codec, rank: 2 });
    const ways: [string, Memory, (memory: Memory) => Downlink][] = [
      ['low rank', new Memory(), (memory) => lowRankDownlink(items, dims, memory, settings, plainLoops)],
      ['whole rows', new Memory(), (memory) => denseDownlink(items, dims, memory, settings)],
    ];
    for (const [name, memory, make] of ways) {
      const downlink = make(memory);
      const rng = randomStream(1, codec, name);
      const shared = { itemTable: new Float32Array(items * dims), extra: new Float32Array(0) };
      const total = new Float64Array(items * dims);
      for (let round = 1; round <= 6; round++) {
        const step = Float32Array.from(total, () => rng.normal());
        for (let at = 0; at < total.length; at++) total[at]! += step[at]!;
        downlink.send(step, new Float32Array(0), shared, round);
      }
      const carried = memory.arrays.downlinkError ?? new Float32Array(items * dims);
      const gaps = total.map((value, at) => Math.abs(value - shared.itemTable[at]! - carried[at]!));
      t.ok(Math.max(...gaps) < 1e-4, `${name}, ${codec}: ${Math.max(...gaps)}`);
      t.equal(
        carried.some((value) => value !== 0),
        name === 'low rank' || codec !== 'float32',
        `${name}, ${codec}: something is carried where something is cut off`,
      );
    }
  }
  t.end();
});

test('with error feedback, what arrives and what a client keeps add up to all that it wanted to say', (t) => {
  const feedback = new ErrorFeedback(3, items, new Memory());
  const rng = randomStream(2, 'feedback');
  const [wanted, arrived] = [new Float64Array(items), new Float64Array(items)];
  let last = new Float64Array(items);
  for (let round = 1; round <= 20; round++) {
    const rows = sampleWithoutReplacement(12, items, rng);
    const left = Float32Array.from(rows, () => rng.normal());
    const update: Update = {
      client: 1,
      round,
      rows,
      rank: 1,
      dims,
      left,
      right: Float32Array.of(1, 2, 3, 4, 1),
      extra: new Float32Array(0),
    };
    rows.forEach((item, row) => {
      wanted[item]! += left[row]!;
    });
    const whole = feedback.add(update);
    const received = decode(encode(whole, items, 'int2'), { client: 1, round, items, dims, extra: 0 });
    feedback.keep(whole, received);
    received.rows.forEach((item, row) => {
      arrived[item]! += received.left[row]!;
    });
    last = wanted.map((value, item) => value - arrived[item]!);
  }
  const kept = feedback.add({
    client: 1,
    round: 21,
    rows: new Uint32Array(0),
    rank: 1,
    dims,
    left: new Float32Array(0),
    right: new Float32Array(dims),
    extra: new Float32Array(0),
  });
  const gaps = Array.from(kept.rows, (item, row) => Math.abs(kept.left[row]! - last[item]!));
  t.ok(kept.rows.length > 10 && Math.max(...gaps) < 1e-5, `${kept.rows.length} rows are kept`);
  const none = new Memory();
  t.equal(
    new ErrorFeedback(3, items, none).add({
      ...kept,
      client: 2,
      rows: new Uint32Array(0),
      left: new Float32Array(0),
    }).rows.length,
    0,
    'another client keeps nothing',
  );
  t.throws(() => feedback.add({ ...kept, rank: 0 }), /rank one, got rank 0; turn errorFeedback off/);
  t.end();
});

test('a personal part is what its message would bring', (t) => {
  const rng = randomStream(3, 'part');
  const part = Float32Array.from({ length: 150 }, () => rng.normal());
  for (const codec of codecNames) {
    const rows = Uint32Array.from(part.keys());
    const message = encode(
      {
        client: 4,
        round: 2,
        rows,
        rank: 0,
        dims: 1,
        left: part,
        right: new Float32Array(0),
        extra: new Float32Array(0),
      },
      150,
      codec,
      'part',
    );
    const { left } = decode(message, { client: 4, round: 2, items: 150, dims: 1, extra: 0, kind: 'part' });
    const rounded = part.slice();
    roundPersonalPart(rounded, codec);
    t.deepEqual(rounded, left, codec);
    t.equal(
      bytesOfPersonalPart(150, 2, codec),
      message.length,
      `${codec}: ${message.length} bytes, for everybody`,
    );
  }
  t.end();
});

test('gaps take at most four percent more bits than the best parameter would, and come close to the bound', (t) => {
  const rng = randomStream(4, 'gaps');
  for (const count of [5, 60, 200, 430, 900]) {
    const rows = sampleWithoutReplacement(count, 1682, rng);
    const writer = new BitWriter(16);
    riceGaps.write(writer, rows, 1682);
    const bits = 8 * writer.finish().length;
    const gaps = Array.from(rows, (item, row) => item - (row > 0 ? rows[row - 1]! + 1 : 0));
    const best = Math.min(
      ...Array.from({ length: 11 }, (_, k) =>
        gaps.reduce((sum, gap) => sum + Math.floor(gap / 2 ** k) + 1 + k, 5),
      ),
    );
    t.ok(bits <= 1.04 * best + 7, `${count} of 1682 items: ${bits} bits, ${best} with the best k`);
    const share = count / 1682;
    const bound = -1682 * (share * Math.log2(share) + (1 - share) * Math.log2(1 - share));
    t.ok(best < 1.06 * bound + 20, `${count}: the bound is ${bound.toFixed(0)}`);
    const [reader, into] = [
      new BitReader(Uint8Array.of(...writer.finish(), 0, 0), bits / 8),
      new Uint32Array(count),
    ];
    riceGaps.read(reader, into, 1682);
    t.deepEqual(into, rows);
  }
  t.end();
});

test('every codec trains every kind of message, and few bits end near the exact ones', async (t) => {
  const split = leaveOneOut(syntheticRatings({ users: 60, items: 50, meanRatings: 12 }).ratings);
  for (const recipe of [fedtlrec, colr, fedmf]) {
    const settings = { rounds: 12, evaluateEvery: 12, serverLearningRate: 0.1, factors: 6 };
    const losses: number[] = [];
    let shortest = Infinity;
    for (const codec of codecNames) {
      const run = await train(recipe, split, { settings: { ...settings, codec } });
      t.ok(
        run.bytesUpPerClientRound < shortest,
        `${recipe.name}, ${codec}: ${run.bytesUpPerClientRound.toFixed(0)} B up`,
      );
      shortest = run.bytesUpPerClientRound;
      losses.push(run.test.ndcg10);
    }
    t.ok(
      losses.every((value) => value > 0.1),
      `${recipe.name}: NDCG@10 ${losses.map((value) => value.toFixed(2)).join(', ')}`,
    );
  }
});
