// The server, computed once more: from the messages of a run to the item table that everybody has after it.

import test from 'tape';
import { plainLoops } from '../../lib/federated/loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { emptySum } from '../../lib/federated/update-sum.ts';
import {
  decode,
  defaultSettings,
  denseDownlink,
  expandUpdate,
  fedAdam,
  itemMean,
  leaveOneOut,
  lowRankDownlink,
  openRun,
  type Settings,
  syntheticRatings,
} from '../../lib/index.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sharedFactor } from '../../lib/peers/colr.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { closeTo } from '../reference.ts';

/** Adam of Kingma & Ba, written out for one entry after another: the steps that it makes of gradients. */
function adamSteps(gradients: number[], learningRate: number): number[] {
  let [m, v] = [0, 0];
  return gradients.map((gradient, at) => {
    m = 0.9 * m + 0.1 * gradient;
    v = 0.99 * v + 0.01 * gradient * gradient;
    return (-learningRate * (m / (1 - 0.9 ** (at + 1)))) / (Math.sqrt(v / (1 - 0.99 ** (at + 1))) + 1e-8);
  });
}

test('FedAdam is Adam on the negative sum of the updates', (t) => {
  const settings = { ...defaultSettings, serverLearningRate: 0.03 };
  const optimizer = fedAdam(2, new Memory(), settings);
  const sums = [[3, -0.5], [-1, -0.5], [2, 0]]; // biome-ignore format: a round each
  const expected = [0, 1].map((at) => adamSteps(sums.map((sum) => -sum[at]!), 0.03)); // biome-ignore format: short
  sums.forEach((sum, round) => {
    const step = Float32Array.of(9, 9); // what was there does not count
    optimizer.step({ ...emptySum(1, 2, 0), items: Float32Array.from(sum) }, step);
    closeTo(t, step, [expected[0]![round]!, expected[1]![round]!], `round ${round + 1}`, 1e-5);
  });
  t.ok(expected[0]![0]! > 0, 'it goes where the updates point');
  t.end();
});

test('the mean per item divides by those who sent the item, and leaves alone what nobody sent', (t) => {
  const step = new Float32Array(6).fill(9);
  const sum = {
    ...emptySum(3, 2, 0),
    items: Float32Array.of(6, -3, 0, 0, 4, 8),
    senders: Uint32Array.of(3, 0, 1),
  };
  itemMean({ ...defaultSettings, serverLearningRate: 0.5 }).step(sum, step);
  t.deepEqual([...step], [1, -0.5, 0, 0, 2, 4]);
  t.end();
});

test('the dense way down moves the table and the other weights by exactly the step', (t) => {
  const shared = { itemTable: Float32Array.of(1, 2, 3, 4), extra: Float32Array.of(5) };
  const downlink = denseDownlink(2, 2, new Memory(), { codec: 'float32', codecDown: 'same' });
  const step = Float32Array.of(0.5, 0, -1, 2);
  const { message, cutOff } = downlink.send(step, Float32Array.of(-3), shared, 1);
  t.deepEqual([[...shared.itemTable], [...shared.extra]], [[1.5, 2, 2, 6], [2]]);
  t.deepEqual([message.length, cutOff], [10 + 4 * 4 + 4, 0]);
  const other = { itemTable: Float32Array.of(1, 2, 3, 4), extra: Float32Array.of(5) };
  downlink.receive!(message, other, 1);
  t.deepEqual(other, shared, 'and another client that receives the message has the same model');
  t.end();
});

test('the low-rank way down sends factors; what they leave out is carried, so that nothing is lost', (t) => {
  const [items, dims, rank] = [7, 4, 2];
  const memory = new Memory();
  const shared = { itemTable: new Float32Array(items * dims), extra: new Float32Array(1) };
  const downlink = lowRankDownlink(
    items,
    dims,
    memory,
    { ...defaultSettings, rank, codec: 'float32' },
    plainLoops,
  );
  const rng = randomStream(1, 'downlink');
  const total = new Float64Array(items * dims);
  const carried = memory.arrays.downlinkError!;
  for (let round = 1; round <= 4; round++) {
    const step = Float32Array.from(total, () => rng.normal());
    const wanted = step.map((value, at) => value + carried[at]!);
    const { message, cutOff } = downlink.send(step, Float32Array.of(0.25), shared, round);
    step.forEach((value, at) => {
      total[at]! += value;
    });
    closeTo(
      t,
      shared.itemTable.map((value, at) => value + carried[at]!),
      total,
      'received + carried = all steps',
      1e-5,
    );
    t.equal(message.length, 10 + 4 * rank * (items + dims) + 4, 'a header, two factors, one other weight');
    const size = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
    t.ok(Math.abs(cutOff - size(carried) / size(wanted)) < 1e-5, 'the reported share is what is carried on');
    t.ok(cutOff > 0.05 && cutOff < 0.9, `${cutOff}`);
  }
  closeTo(t, shared.extra, [1], 'four quarters');
  t.end();
});

const [items, factors] = [40, 3];
const dims = factors + 1;
const split = leaveOneOut(syntheticRatings({ users: 30, items, meanRatings: 8, seed: 5 }).ratings);

/** Runs three rounds of a recipe: the item table before and after, and the sum of the messages of each round. */
async function threeRounds(recipe: string, wanted: Partial<Settings>, width = dims) {
  const settings = {
    rounds: 3,
    evaluateEvery: 3,
    factors,
    recency: null,
    codec: 'float32' as const,
    serverLearningRate: 0.07,
    windows: 'off' as const,
    ...wanted,
  };
  const sums: { items: Float64Array; senders: Uint32Array }[] = [];
  const run = openRun(await recipeNamed(recipe), split, {
    settings,
    channel: (message, client, round) => {
      sums[round - 1] ??= { items: new Float64Array(items * width), senders: new Uint32Array(items) };
      const { rows, left } = expandUpdate(decode(message, { client, round, items, dims: width, extra: 0 }));
      rows.forEach((item, row) => {
        for (let k = 0; k < width; k++) sums[round - 1]!.items[item * width + k]! += left[row * width + k]!;
        sums[round - 1]!.senders[item]!++;
      });
      return message;
    },
  });
  const table = run.memory.arrays.itemTable!;
  const before = Float64Array.from(table);
  for await (const _event of run.rounds({ evaluates: false })) {
    // only the state at the end matters
  }
  return { run, before, after: Float64Array.from(table), sums };
}

test('fedtlrec at full rank, and fedmf: the item table moves by Adam on the sums of what was sent', async (t) => {
  for (const [recipe, wanted] of [
    ['fedtlrec', { rank: dims, dropout: 0.3 }],
    ['without-low-rank', { dropout: 0.3 }],
    ['fedmf', {}],
  ] as const) {
    const { before, after, sums } = await threeRounds(recipe, wanted);
    t.equal(sums.length, 3);
    const expected = before.map((value, at) => {
      const steps = adamSteps(sums.map(({ items: sum }) => -sum[at]!), 0.07); // biome-ignore format: short
      return value + steps.reduce((total, step) => total + step, 0);
    });
    closeTo(t, after, expected, recipe, 1e-4);
  }
});

test('fedmf-fedavg: each item moves by the mean of the updates that name it', async (t) => {
  const { before, after, sums } = await threeRounds('fedmf-fedavg', { serverLearningRate: 0.5 });
  const expected = before.map((value, at) =>
    sums.reduce((total, { items: sum, senders }) => {
      const heard = senders[Math.floor(at / dims)]!;
      return total + (heard === 0 ? 0 : (0.5 * sum[at]!) / heard);
    }, value),
  );
  closeTo(t, after, expected, 'item table', 1e-5);
});

test("colr: each item's step is scaled by the usual size of its sums, and sent in the round's own factor", async (t) => {
  const rank = 2;
  const { before, after, sums } = await threeRounds('colr', { rank }, rank);
  const squares = new Float64Array(items);
  const expected = before.slice();
  sums.forEach(({ items: sum }, at) => {
    const factor = sharedFactor(1, at + 1, rank, dims);
    for (let item = 0; item < items; item++) {
      const row = sum.subarray(item * rank, (item + 1) * rank);
      squares[item] =
        0.99 * squares[item]! + 0.01 * (row.reduce((total, value) => total + value ** 2, 0) / rank);
      const size = Math.sqrt(squares[item]! / (1 - 0.99 ** (at + 1))) + 1e-8;
      for (let k = 0; k < dims; k++) {
        for (let r = 0; r < rank; r++)
          expected[item * dims + k]! += ((0.07 * row[r]!) / size) * factor[r * dims + k]!;
      }
    }
  });
  closeTo(t, after, expected, 'item table', 1e-4);
});
