// What makes an ablation or a graph recipe what it is, computed once more from the messages alone.

import test from 'tape';
import { plainLoops } from '../../lib/federated/loops.ts';
import {
  binaryCrossEntropy,
  decode,
  expandUpdate,
  FactorizationClient,
  leaveOneOut,
  openRun,
  type RoundEvent,
  randomStream,
  type Settings,
  syntheticRatings,
  type Update,
} from '../../lib/index.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const [users, items, factors] = [24, 40, 3];
const dims = factors + 1;
const split = leaveOneOut(syntheticRatings({ users, items, meanRatings: 8, seed: 5 }).ratings);
const everybody = Array.from({ length: users }, (_, client) => client);
const exact: Partial<Settings> = { localSteps: 0, recency: null, codec: 'float32' };
const quick: Partial<Settings> = { rounds: 4, evaluateEvery: 4, factors, ...exact };

/** Sends the run's messages to a list as well. */
async function listening(recipe: string, wanted: Partial<Settings>, width: number, extra: number) {
  const updates: Update[] = [];
  const lengths: number[] = [];
  const run = openRun(await recipeNamed(recipe), split, {
    settings: { ...quick, ...wanted },
    channel: (message, client, round) => {
      updates.push(decode(message, { client, round, items, dims: width, extra }));
      lengths.push(message.length);
      return message;
    },
  });
  return { run, updates, lengths };
}

test('a-only: A moves by the mean of what was sent, and nothing else is sent', async (t) => {
  const { run, updates, lengths } = await listening('a-only', {}, 0, 4 * dims);
  const a = run.memory.arrays.sharedExtra as Float32Array;
  t.ok(
    a.every((value) => value !== 0),
    'every entry of A is drawn',
  );
  let before = a.slice();
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type === 'round-started') {
      before = a.slice();
      updates.length = 0;
    } else if (event.type === 'broadcast-sent') {
      const step = a.map((value, at) => value - before[at]!);
      const mean = step.map((_, at) => updates.reduce((sum, { extra }) => sum + extra[at]!, 0) / users);
      closeTo(t, step, mean, `the step of round ${event.round}`, 1e-3);
      const moved = mean.filter((value) => value !== 0).length;
      t.equal(moved, event.round === 1 ? 0 : 4 * dims, 'in round 1, B is 0 and the gradient by A as well');
      t.equal(event.bytesDown, 8 + 4 * 4 * dims + 2, 'a header, A, and a checksum');
    }
  }
  t.deepEqual([...new Set(lengths)], [10 + 4 * 4 * dims], 'a message is a header, A, and a checksum');
});

test('a-only: A and the private B go down the gradient of the loss with item rows E + B A', async (t) => {
  const { run } = await listening('a-only', { rounds: 3 }, 0, 4 * dims);
  const client = 5;
  const { settings, memory } = run;
  const inner = new FactorizationClient(items, settings, plainLoops);
  const base = { itemTable: new Float32Array(items * dims), extra: new Float32Array(0) };
  inner.initializeShared(base, randomStream(settings.seed, 'base')); // E, frozen
  const width = inner.stateLength + items * 4;
  const stateOf = () =>
    memory.arrays.clientStates!.slice(client * width, (client + 1) * width) as Float32Array;
  let [state, a] = [stateOf(), memory.arrays.sharedExtra!.slice() as Float32Array];
  t.ok(
    state.subarray(inner.stateLength).every((value) => value === 0),
    'B starts at 0',
  );
  const events: RoundEvent[] = [];
  for await (const event of run.rounds({ evaluates: false, watch: [client] })) {
    if (event.type === 'round-started')
      [state, a] = [stateOf(), memory.arrays.sharedExtra!.slice() as Float32Array];
    if (event.round === 3) events.push(event);
  }
  const trained = events.find((event) => event.type === 'client-trained')!;
  const sent = events.find((event) => event.type === 'update-sent')!;
  if (trained.type !== 'client-trained' || sent.type !== 'update-sent') throw new Error('events are missing');
  const { rows, counts, labels, size } = trained.sample;
  const p = inner.userVector(state);
  /** Σ W · cross-entropy with q_i = E_i + B_i A. */
  const loss = (b: ArrayLike<number>, factor: ArrayLike<number>): number => {
    let sum = 0;
    rows.forEach((item, row) => {
      let score = 0;
      for (let k = 0; k < dims; k++) {
        let entry = base.itemTable[item * dims + k]!;
        for (let r = 0; r < 4; r++) entry += b[item * 4 + r]! * factor[r * dims + k]!;
        score += (k < factors ? p[k]! : 1) * entry;
      }
      sum += counts[row]! * binaryCrossEntropy(score, labels[row]!);
    });
    return sum;
  };
  const b = Float64Array.from(state.subarray(inner.stateLength));
  t.ok(
    b.some((value) => value !== 0),
    'B has moved at home',
  );
  const byA = centralDifferences((x) => loss(b, x), Float64Array.from(a));
  closeTo(
    t,
    sent.update.extra,
    byA.map((slope) => (-0.05 * slope) / size),
    'A: the mean loss',
    1e-4,
  );
  const byB = centralDifferences((x) => loss(x, a), b.slice());
  const stepOfB = stateOf()
    .slice(inner.stateLength)
    .map((value, at) => value - b[at]!);
  closeTo(
    t,
    stepOfB,
    byB.map((slope) => -0.05 * slope),
    'B: the summed loss',
    1e-4,
  );
  t.ok(Math.abs(trained.loss - loss(b, a) / size) < 1e-5, 'the reported loss');

  const scores = new Float32Array(items);
  run.program.score(client, null, scores);
  const [last, moved] = [stateOf(), memory.arrays.sharedExtra!];
  const expected = Array.from(scores, (_, item) => {
    let score = 0;
    for (let k = 0; k < dims; k++) {
      let entry = base.itemTable[item * dims + k]!;
      for (let r = 0; r < 4; r++) entry += last[inner.stateLength + item * 4 + r]! * moved[r * dims + k]!;
      score += (k < factors ? inner.userVector(last)[k]! : 1) * entry;
    }
    return score;
  });
  closeTo(t, scores, expected, 'scores are with the own B and the shared A', 1e-5);
});

test('local-only: a client moves an item table of its own down the gradient, and sends nothing', async (t) => {
  const { run, lengths } = await listening('local-only', { rounds: 2 }, 0, 0);
  const client = 5;
  const { settings, memory, program } = run;
  const inner = new FactorizationClient(items, settings, plainLoops);
  const width = inner.stateLength + items * dims;
  const stateOf = (who: number) =>
    memory.arrays.clientStates!.slice(who * width, (who + 1) * width) as Float32Array;
  let before = stateOf(client);
  t.deepEqual(
    before.slice(inner.stateLength),
    stateOf(6).slice(inner.stateLength),
    'all begin with the same table',
  );
  for await (const event of run.rounds({ evaluates: false, watch: [client] })) {
    if (event.type === 'round-started') before = stateOf(client);
    if (event.type === 'updates-merged') t.deepEqual([event.clients, event.bytesUp], [0, 0], 'no message');
    if (event.type === 'broadcast-sent') t.equal(event.bytesDown, 0);
    if (event.type !== 'client-trained') continue;
    const { rows, counts, labels, size } = event.sample;
    const p = inner.userVector(before);
    const loss = (table: ArrayLike<number>): number => {
      let sum = 0;
      rows.forEach((item, row) => {
        let score = table[item * dims + factors]!;
        for (let k = 0; k < factors; k++) score += p[k]! * table[item * dims + k]!;
        sum += counts[row]! * binaryCrossEntropy(score, labels[row]!);
      });
      return sum;
    };
    const own = Float64Array.from(before.subarray(inner.stateLength));
    const slopes = centralDifferences(loss, own.slice());
    const moved = stateOf(client)
      .slice(inner.stateLength)
      .map((value, at) => value - own[at]!);
    closeTo(
      t,
      moved,
      slopes.map((slope) => -0.1 * slope),
      `round ${event.round}`,
      1e-4,
    );
    t.ok(Math.abs(event.loss - loss(own) / size) < 1e-5, 'the reported loss');
  }
  t.deepEqual(lengths, [], 'nothing was sent');
  const scores = new Float32Array(items);
  program.score(client, null, scores);
  const state = stateOf(client);
  const p = [...inner.userVector(state), 1];
  const expected = Array.from(scores, (_, item) =>
    p.reduce((sum, value, k) => sum + value * state[inner.stateLength + item * dims + k]!, 0),
  );
  closeTo(t, scores, expected, 'scores are by the own table', 1e-6);
});

test('gpfedrec: neighbours are those with more than the mean cosine of the heard updates, and their tables are averaged', async (t) => {
  const wanted = { rounds: 1, evaluateEvery: 1, dropout: 0.25, itemScale: 0.3, userScale: 0.5 };
  const { run, updates } = await listening('gpfedrec', wanted, dims, 0);
  for await (const event of run.rounds()) {
    if (event.type === 'attention-computed') {
      t.equal(event.peers, updates.length, 'peers are those that were heard');
      t.equal(event.bytesDown, 10 + 4 * items * dims, 'a personal table is as long as a broadcast');
    }
  }
  t.ok(updates.length > 10 && updates.length < users, `${updates.length} of ${users} were heard`);
  const tables = new Map(
    updates.map((update) => {
      const { rows, left } = expandUpdate(update);
      const table = new Float64Array(items * dims);
      rows.forEach((item, row) => {
        table.set(left.subarray(row * dims, (row + 1) * dims), item * dims);
      });
      return [update.client, table];
    }),
  );
  const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  const cosine = (x: Float64Array, y: Float64Array) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  const parts = new Float32Array(users * items);
  run.program.personalParts(Uint32Array.from(everybody), parts);
  const sizes: number[] = [];
  for (const client of everybody) {
    const own = tables.get(client);
    const got = parts.subarray(client * items, (client + 1) * items);
    if (!own) {
      t.ok(
        got.every((value) => value === 0),
        `client ${client} was not heard`,
      );
      continue;
    }
    const others = [...tables].filter(([peer]) => peer !== client);
    const mean = others.reduce((sum, [, table]) => sum + cosine(own, table), 0) / others.length;
    const near = others.filter(([, table]) => cosine(own, table) > mean).map(([, table]) => table);
    sizes.push(near.length);
    // Every row of an update is b_i [p, 1], so the row with the largest b_i tells [p, 1].
    const biases = Array.from({ length: items }, (_, item) => own[item * dims + factors]!);
    const best = biases.reduce(
      (most, bias, item) => (Math.abs(bias) > Math.abs(biases[most]!) ? item : most),
      0,
    );
    const direction = own.slice(best * dims, (best + 1) * dims).map((value) => value / biases[best]!);
    const scores = Float64Array.from({ length: items }, (_, item) =>
      [own, ...near].reduce(
        (sum, table) => sum + dot(table.slice(item * dims, (item + 1) * dims), direction) / (1 + near.length),
        0,
      ),
    );
    const size = Math.sqrt(dot(scores, scores) / items);
    closeTo(
      t,
      got,
      scores.map((value) => value / size),
      `client ${client}`,
      1e-3,
    );
  }
  t.ok(Math.min(...sizes) >= 1 && Math.max(...sizes) < updates.length - 1, `neighbours: ${sizes}`);
});
