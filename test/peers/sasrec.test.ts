// SASRec: gradients against central differences, the loss against a softmax written out, who may see whom, and an order to learn.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { namedParameters } from '../../lib/model/parameters.ts';
import { zeros } from '../../lib/numeric/matrix.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import { batchLoss } from '../../lib/peers/sasrec/batch-loss.ts';
import {
  encodeSequence,
  type SequenceParameters,
  sequenceParameters,
} from '../../lib/peers/sasrec/causal-encoder.ts';
import { lengthOf, parametersIn } from '../../lib/peers/sasrec/parameters-in.ts';
import { nextItemLoss } from '../../lib/peers/sasrec/softmax-loss.ts';
import { drawStretches } from '../../lib/peers/sasrec/stretches.ts';
import { sasrec } from '../../lib/peers/sasrec.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { train } from '../../lib/training/train.ts';
import { centralDifferences, normalMatrix } from '../gradient.ts';
import { closeTo } from '../reference.ts';
import { afterEpochs, setupOf, splitOf } from './handmade.ts';

const shape = { items: 7, length: 5, dim: 4, hidden: 6, blocks: 2 };

/** A small network in float64 with no parameter at 0 or 1. */
function smallNetwork(seed = 1): { values: Float64Array; parameters: SequenceParameters } {
  const rng = randomStream(seed, 'sasrec test');
  const shapes = sequenceParameters(shape, rng, 1);
  const values = Float64Array.from({ length: lengthOf(shapes) }, () => 0.7 * rng.normal());
  return { values, parameters: parametersIn(values, shapes) };
}

test("a batch's gradient agrees with central differences for every parameter", (t) => {
  const { values, parameters } = smallNetwork();
  const batch = [Uint32Array.of(0, 3, 1, 4, 2, 6), Uint32Array.of(5, 2), Uint32Array.of(6, 0, 3)];
  const predictions = 5 + 1 + 2;
  const drawn = Uint32Array.of(4, 1, 6, 0);
  for (const share of [0, 0.3]) {
    const loss = (gradient: SequenceParameters) => {
      const dropout = { share, rng: randomStream(3, 'sasrec test dropout') }; // the same ones each time
      return batchLoss(parameters, batch, drawn, gradient, { heads: 2, dropout });
    };
    const found = new Float64Array(values.length);
    const kept = parametersIn(found, parameters);
    loss(kept);
    const ignored = parametersIn(new Float64Array(values.length), parameters);
    const expected = centralDifferences(() => loss(ignored) / predictions, values);
    closeTo(t, found, expected, `${share} left out`, 1e-8);
    const still = namedParameters(kept).filter(({ data }) => data.every((value) => Math.abs(value) < 1e-9));
    t.deepEqual(
      still.map(({ name }) => name),
      ['blocks.block1.attention.key.bias', 'blocks.block2.attention.key.bias'],
      'only what the softmax takes out again moves nothing',
    );
  }
  t.end();
});

test('with all items drawn, the loss is that of the softmax over all items', (t) => {
  const rng = randomStream(2, 'sasrec test');
  const [rows, items] = [normalMatrix(3, 4, rng), normalMatrix(6, 4, rng)];
  const next = Uint32Array.of(5, 0, 5);
  const score = (row: number, item: number) =>
    [0, 1, 2, 3].reduce((sum, k) => sum + rows.get(row, k) * items.get(item, k), 0);
  const expected = [0, 1, 2].reduce((sum, row) => {
    const all = [0, 1, 2, 3, 4, 5].reduce((total, item) => total + Math.exp(score(row, item)), 0);
    return sum - Math.log(Math.exp(score(row, next[row]!)) / all);
  }, 0);
  const all = Uint32Array.of(3, 5, 0, 1, 4, 2);
  closeTo(t, [nextItemLoss(rows, next, all, items, zeros(6, 4)).loss], [expected], 'all', 1e-12);
  // Items 1 and 5 stand for all six; 5 is what came next in two rows, and is not counted again there.
  const few = [0, 1, 2].reduce((sum, row) => {
    const others = [1, 5].filter((item) => item !== next[row]);
    const rest = others.reduce((total, item) => total + (6 / 2) * Math.exp(score(row, item)), 0);
    const own = Math.exp(score(row, next[row]!));
    return sum - Math.log(own / (own + rest));
  }, 0);
  const drawn = Uint32Array.of(1, 5);
  closeTo(t, [nextItemLoss(rows, next, drawn, items, zeros(6, 4)).loss], [few], 'two', 1e-12);
  t.end();
});

test('numbers are left out before the blocks and after them, and those that stay grow by as much', (t) => {
  const plain = { ...smallNetwork().parameters, blocks: {} }; // nothing between the two
  const sequence = Uint32Array.of(2, 5);
  const whole = encodeSequence(plain, sequence, { heads: 2 }).output.data;
  const least = 2 ** 30; // a quarter of all numbers that may be drawn lie below it
  const draws = [0, least - 1, least, 2 ** 32 - 1, least, least, 0, least]; // before the blocks [2, 4]
  draws.push(least, 0, least, least - 1, least, 2 ** 32 - 1, least, 0); // and after them
  const stays = draws.map((draw) => (draw >= least ? 4 / 3 : 0));
  const places = draws.values();
  const rng = { nextUint32: () => places.next().value! } as RandomStream;
  const { output } = encodeSequence(plain, sequence, { heads: 2, dropout: { share: 0.25, rng } });
  t.ok(places.next().done, 'a draw for each number');
  const wanted = Array.from(whole, (value, at) => value * stays[at]! * stays[8 + at]!);
  closeTo(t, output.data, wanted, 'what is left', 1e-6);
  const none = { share: 0, rng: { nextUint32: () => t.fail('nothing is drawn') } as unknown as RandomStream };
  t.deepEqual(encodeSequence(plain, sequence, { heads: 2, dropout: none }).output.data, whole);
  t.end();
});

test('a later item changes no earlier output, and an earlier item changes the later ones', (t) => {
  const { parameters } = smallNetwork();
  const read = (...sequence: number[]) =>
    Array.from(encodeSequence(parameters, Uint32Array.from(sequence), { heads: 2 }).output.data);
  const [one, other] = [read(0, 3, 1, 4), read(0, 3, 1, 6)];
  t.deepEqual(other.slice(0, 12), one.slice(0, 12), 'three positions, bit for bit');
  t.notDeepEqual(other.slice(12), one.slice(12), 'the fourth');
  const swapped = read(3, 0, 1, 4);
  for (const at of [0, 1, 2, 3])
    t.notDeepEqual(swapped.slice(4 * at, 4 * at + 4), one.slice(4 * at, 4 * at + 4), `position ${at}`);
  t.end();
});

test('an epoch predicts every rating but the first of each user once, from what came just before', (t) => {
  const lengths = [0, 1, 2, 5, 6, 7, 23];
  const rows = lengths.map((length, user) => Array.from({ length }, (_, at) => 100 * user + at));
  const { train: ratings } = splitOf(rows, 700);
  const cuts = new Set<string>();
  const cutsOf = new Map(lengths.map((length) => [length, new Set<string>()]));
  for (let round = 1; round <= 20; round++) {
    const stretches = drawStretches(ratings, 5, randomStream(1, 'stretches test', round));
    const predicted = stretches.flatMap((stretch) => Array.from(stretch.subarray(1)));
    const expected = rows.flatMap((row) => row.slice(1));
    t.deepEqual(
      predicted.sort((a, b) => a - b),
      expected,
      `round ${round}`,
    );
    const isWhole = ({ length }: Uint32Array) => length >= 2 && length <= 6;
    const isConsecutive = (stretch: Uint32Array) =>
      stretch.every((item, at) => at === 0 || item === stretch[at - 1]! + 1);
    t.ok(
      stretches.every((stretch) => isWhole(stretch) && isConsecutive(stretch)),
      'pieces of histories',
    );
    cuts.add(stretches.map(([first]) => first).join());
    for (const [user, length] of lengths.entries()) {
      const own = stretches.filter(([first]) => Math.floor(first! / 100) === user);
      cutsOf.get(length)!.add(own.map((stretch) => stretch.length).sort().join()); // biome-ignore format: one line
    }
  }
  t.deepEqual(
    [...cutsOf].filter(([, own]) => own.size > 1).map(([length]) => length),
    [7, 23],
    'histories that fit into one stretch, of 6 items, are not cut; all longer ones are, here and there',
  );
  t.ok(cuts.size > 15, 'cut and ordered afresh');
  t.end();
});

/** Everybody walks the same ring of items, from a place of their own. */
const ring = 12;
const walks = Array.from({ length: 24 }, (_, user) =>
  Array.from({ length: 6 }, (_, step) => (user + step) % ring),
);
const walkers = splitOf(walks, ring);
const quick: Partial<Settings> = { factors: 8, heads: 2, rounds: 60, serverLearningRate: 0.02 };

test('it learns an order that no popularity or company of items tells', (t) => {
  const { program, losses } = afterEpochs(sasrec, walkers, 60, quick);
  t.ok(losses.at(-1)! < 1 && losses[0]! > 2, `the loss falls from ${losses[0]} to ${losses.at(-1)}`);
  const scores = new Float32Array(ring);
  const right = walks.filter((walk, user) => {
    program.score(user, null, scores);
    return scores.indexOf(Math.max(...scores)) === (walk.at(-1)! + 1) % ring;
  });
  t.equal(right.length, walks.length, 'the next one on the ring comes first for everybody');
  t.end();
});

test('the steps are those of Adam, shorter in proportion to what is left of the run', (t) => {
  const after = (epochs: number, rounds: number) =>
    Float64Array.from(afterEpochs(sasrec, walkers, epochs, { ...quick, rounds }).arrays.nextItem!);
  const [start, first, ofTwo, ofFour] = [after(0, 2), after(1, 2), after(2, 2), after(2, 4)];
  // Adam's first step is as long as the learning rate, whatever the slope.
  const longest = Math.max(...first.map((value, at) => Math.abs(value - start[at]!)));
  t.ok(Math.abs(longest - 0.02) < 1e-5, `the first step is whole: ${longest}`);
  const ratio = 0.5 / 0.75; // half of the run is left, and three quarters
  closeTo(
    t,
    ofTwo.map((value, at) => value - first[at]!),
    Array.from(ofFour, (value, at) => ratio * (value - first[at]!)),
    'the second step',
    1e-5,
  );
  t.end();
});

test('one seed gives the same bits, another seed others, and the plain loops nearly the same numbers', (t) => {
  const learned = (wanted: Partial<Settings>) =>
    afterEpochs(sasrec, walkers, 3, { ...quick, rounds: 3, ...wanted }).arrays.nextItem!;
  t.deepEqual(learned({}), learned({}), 'the same');
  t.notDeepEqual(learned({ seed: 2 }), learned({}), 'others');
  const setup = { ...setupOf(sasrec, walkers, { ...quick, rounds: 3 }), loops: plainLoops };
  const program = sasrec.create(setup);
  program.initialize();
  for (let round = 1; round <= 3; round++) Array.from(program.finishRound(round, []));
  closeTo(t, setup.memory.arrays.nextItem!, Array.from(learned({})), 'plain loops', 1e-3);
  t.end();
});

test('threads score as one thread does, and nothing that is held out is read', async (t) => {
  const world = { users: 60, items: 40, meanRatings: 12, seed: 3 };
  const split = leaveOneOut(syntheticRatings(world).ratings);
  const settings: Partial<Settings> = { factors: 8, rounds: 2, evaluateEvery: 1 };
  const alone = await train(sasrec, split, { settings });
  const shared = await train(sasrec, split, { settings, executor: threadsExecutor(2) });
  t.equal(shared.digest, alone.digest, 'the digest');
  t.deepEqual(shared.test, alone.test, 'the figures');
  t.deepEqual(
    alone.curve.map(({ round }) => round),
    [1, 2],
    'validation chooses among the epochs',
  );
  t.equal(alone.bytesUpPerClientRound, 0, 'no messages');
  const swapped = { ...split, validation: split.test, test: split.validation };
  const [one, other] = [split, swapped].map((data) => afterEpochs(sasrec, data, 2, settings).arrays);
  t.deepEqual(other, one, 'held-out items change nothing that is learnt');
});

test('histories of one item or none train nothing and are scored all the same', (t) => {
  const { program, losses } = afterEpochs(sasrec, splitOf([[2], []], 4), 1, quick);
  t.deepEqual(losses, [0], 'nothing to predict');
  const scores = new Float32Array(4).fill(9);
  program.score(0, null, scores);
  t.ok(scores.every(Number.isFinite) && new Set(scores).size > 1, 'one item');
  program.score(1, null, scores);
  t.deepEqual(Array.from(scores), [0, 0, 0, 0], 'none: no item before another');
  t.end();
});

test('what cannot be is refused by name', (t) => {
  t.throws(
    () => sasrec.create(setupOf(sasrec, walkers, { factors: 8, heads: 3 })),
    /sasrec: heads \(--heads\) must divide the factors \(--factors, 8\), got 3/,
  );
  const { parameters } = smallNetwork();
  for (const length of [0, 6])
    t.throws(
      () => encodeSequence(parameters, new Uint32Array(length), { heads: 2 }),
      new RegExp(`a sequence must have 1 to 5 items, got ${length}`),
    );
  t.throws(
    () => parametersIn(new Float64Array(3), parameters),
    /parametersIn: flat must have \d+ numbers, got 3/,
  );
  t.end();
});
