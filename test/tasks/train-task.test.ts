import test from 'tape';
import type { RoundEvent } from '../../lib/federated/events.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import type { Task } from '../../lib/federated/task.ts';
import { TaskClient } from '../../lib/federated/task-client.ts';
import { TaskProgram } from '../../lib/federated/task-program.ts';
import { emptySum } from '../../lib/federated/update-sum.ts';
import { taskThreads } from '../../lib/simulator/threads.ts';
import { fedAdagrad } from '../../lib/tasks/fedadagrad.ts';
import { fedYogi } from '../../lib/tasks/fedyogi.ts';
import { trainTask } from '../../lib/training/train-task.ts';
import { closeTo } from '../reference.ts';
import { vectorsTask } from './vectors-task.ts';

/** Each client wants the two numbers of its data: loss ½ ‖w − data‖². */
const meeting: Task<{ wants: number[]; weight: number }> = {
  name: 'meeting',
  clients: [
    { wants: [1, 10], weight: 1 },
    { wants: [4, -2], weight: 2 },
  ],
  shape: { rows: 1, dims: 1, extra: 1 },
  weight: ({ weight }) => weight,
  gradient({ wants }, { table, extra }, gradient) {
    gradient.table[0]! += table[0]! - wants[0]!;
    gradient.extra[0]! += extra[0]! - wants[1]!;
    return 0.5 * ((table[0]! - wants[0]!) ** 2 + (extra[0]! - wants[1]!) ** 2);
  },
  measure: ({ wants }, { table }) => ({ sum: Math.abs(table[0]! - wants[0]!), cases: 1 }),
};
const once = { rounds: 1, evaluateEvery: 1, localSteps: 1, clientLearningRate: 1 };

test('FedAvg by hand: the mean of what clients want, weighted by their samples', async (t) => {
  const { weights, metric, curve } = await trainTask(meeting, { settings: once });
  closeTo(t, weights.table, [(1 + 2 * 4) / 3], 'the table', 1e-6);
  closeTo(t, weights.extra, [(10 - 2 * 2) / 3], 'and what is outside it', 1e-6);
  t.ok(Math.abs(metric - (2 + 1) / 2) < 1e-6, 'the metric is the ratio of the sums');
  t.equal(curve[0]!.loss, (0.5 * (1 + 100) + 0.5 * (16 + 4)) / 2, 'the loss is that of the weights sent out');
});

test('beside the weights a message carries how much it counts, whose place among the shared numbers stays 0', (t) => {
  const memory = new Memory();
  const settings = completeSettings({ ...once, serverLearningRate: 1, codec: 'float32' });
  const loadParts = async () => ({});
  const setup = { task: meeting as Task, settings, memory, loops: plainLoops, rank: null, loadParts };
  const program = new TaskProgram(setup);
  program.initialize();
  for (const round of [1, 2]) [...program.finishRound(round, [program.trainChunk(round, 0, 2)])];
  closeTo(t, memory.arrays.sharedExtra as Float32Array, [(10 - 2 * 2) / 3, 0], 'one weight, one place', 1e-6);
  t.equal(program.weights.extra.length, 1);
  t.end();
});

test('FedProx by hand: two steps of ½, each pulled back by μ', (t) => {
  const settings = completeSettings({ localSteps: 2, clientLearningRate: 0.5, proximal: 1 });
  const client = new TaskClient(meeting as Task, settings, null);
  const shared = { table: Float32Array.of(0), extra: Float32Array.of(0) };
  // w ← w − ½ ((w − 1) + (w − 0)): 0 → ½ → ½ − ½ (−½ + ½) = ½; without μ it would be ¾.
  t.equal(client.train(0, 1, shared).update.left[0], 0.5);
  const plain = new TaskClient(meeting as Task, { ...settings, proximal: 0 }, null);
  t.equal(plain.train(0, 1, shared).update.left[0], 0.75);
  t.end();
});

test('FedYogi and FedAdagrad by hand: their first two steps', (t) => {
  const settings = completeSettings({ serverLearningRate: 1 });
  const sum = { ...emptySum(1, 1, 0), items: Float32Array.of(2), clients: 1 };
  const step = new Float32Array(1);
  const adagrad = fedAdagrad(1, new Memory(), settings);
  adagrad.step(sum, step);
  closeTo(t, step, [2 / (Math.sqrt(4 + 1e-6) + 1e-3)], 'Adagrad, first', 1e-6);
  adagrad.step(sum, step);
  closeTo(t, step, [2 / (Math.sqrt(8 + 1e-6) + 1e-3)], 'Adagrad, second', 1e-6);
  const yogi = fedYogi(1, new Memory(), settings);
  yogi.step(sum, step);
  closeTo(t, step, [0.2 / (Math.sqrt(1e-6 + 0.04) + 1e-3)], 'Yogi, first', 1e-6);
  yogi.step({ ...sum, items: Float32Array.of(0.1) }, step); // Δ² = .01 < v: v falls by .01 · .01
  closeTo(t, step, [(0.9 * 0.2 + 0.1 * 0.1) / (Math.sqrt(0.040001 - 0.0001) + 1e-3)], 'Yogi, second', 1e-5);
  t.end();
});

test('inline and 1, 2 and 3 threads give the same digest, under attack and with factors too', async (t) => {
  const base = { rounds: 2, evaluateEvery: 2, fraction: 0.6 };
  for (const [counts, settings] of [
    [[1, 3], base],
    [[2], { ...base, combine: 'median', attack: 'sign-flip', liars: 0.2 }],
  ] as [number[], Partial<Settings>][]) {
    const alone = await trainTask(vectorsTask, { settings, rank: 1 });
    for (const workers of counts) {
      const threaded = await trainTask(vectorsTask, { settings, rank: 1, executor: taskThreads(workers) });
      t.equal(threaded.digest, alone.digest, `${settings.combine ?? 'mean'}, ${workers} threads`);
      t.deepEqual(threaded.curve, alone.curve);
    }
  }
});

test('a change travels as factors where these are fewer numbers than its rows', (t) => {
  const [rows, dims] = [6, 4];
  const task: Task<number> = {
    ...{ name: 'square', clients: [4], shape: { rows, dims, extra: 0 } }, // rows 0 to 3 change, the others do not
    gradient(count, _, gradient) {
      for (let at = 0; at < count * dims; at++) gradient.table[at]! += 1 + (at % 3);
      return 0;
    },
    measure: () => ({ sum: 0, cases: 1 }),
  };
  const update = (rank: number | null) => {
    const settings = completeSettings({ localSteps: 1, clientLearningRate: 1 });
    const shared = { table: new Float32Array(rows * dims), extra: new Float32Array(0) };
    return new TaskClient(task as Task, settings, rank).train(0, 1, shared).update;
  };
  for (const [rank, sent, left, right] of [
    [1, 1, 4, 4], // 1 · (4 + 4) < 4 · 4
    [2, 0, 16, 0], // 2 · (4 + 4) is not
    [9, 0, 16, 0],
    [null, 0, 16, 0],
  ] as const) {
    const got = update(rank);
    t.deepEqual([...got.rows], [0, 1, 2, 3]);
    t.deepEqual(
      [got.rank, got.dims, got.left.length, got.right.length],
      [sent, dims, left, right],
      `${rank}`,
    );
  }
  const whole = Float32Array.from({ length: 16 }, (_, at) => -(1 + (at % 3)));
  t.deepEqual(update(null).left, whole);
  t.end();
});

test('factors of low rank save bytes, and the full rank is the change itself', async (t) => {
  const settings = { rounds: 3, evaluateEvery: 3 };
  const whole = await trainTask(vectorsTask, { settings });
  const low = await trainTask(vectorsTask, { settings, rank: 1 });
  t.ok(low.bytesUpPerClientRound < 0.6 * whole.bytesUpPerClientRound);
  t.equal((await trainTask(vectorsTask, { settings, rank: 1000 })).digest, whole.digest);
  t.equal(low.bytesDownPerClientRound, whole.bytesDownPerClientRound);
});

test('bytes are told by message and by client, in all and up to each point of the curve', async (t) => {
  const rounds: { up: number; messages: number; down: number }[] = [];
  const onEvent = (event: RoundEvent) => {
    if (event.type === 'round-started') rounds.push({ up: 0, messages: 0, down: 0 });
    const round = rounds.at(-1)!;
    if (event.type === 'updates-merged')
      [round.up, round.messages] = [event.bytesUp, event.clients + event.rejected];
    if (event.type === 'broadcast-sent') round.down = event.bytesDown;
  };
  const settings = { rounds: 3, evaluateEvery: 1, dropout: 0.4 };
  const result = await trainTask(vectorsTask, { settings, onEvent });
  const sum = (of: (round: (typeof rounds)[number]) => number, count = rounds.length) =>
    rounds.slice(0, count).reduce((total, round) => total + of(round), 0);
  t.equal(rounds.length, 3);
  t.ok(new Set(rounds.map(({ messages }) => messages)).size > 1, 'others are absent in each round');
  t.equal(result.bytesUpPerClientRound, sum(({ up }) => up) / sum(({ messages }) => messages)); // biome-ignore format: one line
  t.equal(result.bytesDownPerClientRound, sum(({ down }) => down) / 3);
  t.equal(result.rejectedMessages, 0);
  for (const [at, { round, bytesUp, bytesDown }] of result.curve.entries()) {
    t.equal(round, at + 1);
    t.ok(Math.abs(bytesUp - sum(({ up, messages }) => up / messages, round)) < 1e-9);
    t.equal(bytesDown, sum(({ down }) => down, round)); // biome-ignore format: one line
  }
});

test('with liars the mean breaks down, and the median, Krum and a bound on norms do not', async (t) => {
  const settings = { rounds: 10, evaluateEvery: 10 } as const;
  const accuracy = async (changes: Partial<Settings>) =>
    (await trainTask(vectorsTask, { settings: { ...settings, ...changes } })).metric;
  const honest = await accuracy({});
  const attack = { attack: 'sign-flip', liars: 0.2 } as const;
  const mean = await accuracy(attack);
  t.ok(mean < honest - 0.25, `mean ${mean}, honest ${honest}`);
  for (const combine of ['median', 'norm-bound', 'multi-krum'] as const) {
    const robust = await accuracy({ ...attack, combine, assumedLiars: 0.3 });
    t.ok(robust > mean + 0.15, `${combine} ${robust}`);
  }
});

test('a signal ends the run before the next round, events are seen, and a fraction of the clients is asked', async (t) => {
  const controller = new AbortController();
  const merged: number[] = [];
  const onEvent = (event: RoundEvent) => {
    if (event.type === 'updates-merged') merged.push(event.trained);
    if (event.type === 'broadcast-sent' && event.round === 2) controller.abort(new Error('enough'));
  };
  const settings = { rounds: 9, fraction: 0.5 };
  const run = trainTask(vectorsTask, { settings, signal: controller.signal, onEvent });
  t.equal(await run.then(String, String), 'Error: enough');
  t.equal(merged.length, 2);
  const asked = merged[0]! / vectorsTask.clients.length;
  t.ok(asked > 0.3 && asked < 0.7, `${asked} of the clients`);
});

test('wrong arguments are refused by name', async (t) => {
  const refusal = async (work: () => Promise<unknown>) => work().then(() => 'none', String);
  t.match(
    await refusal(() => trainTask(null as never)),
    /RangeError: trainTask: task must be a Task with at least one client, got null/,
  );
  t.match(await refusal(() => trainTask({ ...meeting, clients: [] })), /got one without clients/);
  t.match(
    await refusal(() => trainTask(meeting, { rounds: 3 } as object)),
    /trainTask: there is no option 'rounds'; it is a setting/,
  );
  t.match(
    await refusal(() => trainTask(meeting, { executor: taskThreads(1) })),
    /taskThreads: the task meeting must name the module/,
  );
  t.throws(() => taskThreads(0), /taskThreads: workers must be/);
});
