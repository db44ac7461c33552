import test from 'tape';
import { itemsOf } from '../../lib/data/ratings.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { metrics } from '../../lib/evaluation/metrics.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { recipeNamed, recipes } from '../../lib/peers/index.ts';
import { chooseClients } from '../../lib/trace/choose-clients.ts';
import { TraceRecorder } from '../../lib/trace/recorder.ts';
import { bytesOf } from '../../lib/trace/thinning.ts';
import type { Trace } from '../../lib/trace/trace.ts';
import { decodeTrace, encodeTrace } from '../../lib/trace/trace-file.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { train } from '../../lib/training/train.ts';

const world = syntheticRatings({
  users: 60,
  items: 80,
  groups: 2,
  scenesPerGroup: 2,
  meanRatings: 12,
});
const split = leaveOneOut(world.ratings);
const quick: Partial<Settings> = {
  rounds: 4,
  evaluateEvery: 2,
  refreshEvery: 2,
  factors: 4,
  serverLearningRate: 0.1,
};
const sizes = { clients: 20, owners: 8, focus: 2 };

/** A recorded run, with all its events. */
async function record(
  recipe: string,
  settings: Partial<Settings> = {},
  budgetBytes?: number,
): Promise<{ trace: Trace; events: RoundEvent[] }> {
  const run = openRun(recipeNamed(recipe), split, { settings: { ...quick, ...settings } });
  const truth = { users: world.groupOf, items: world.itemGroupOf };
  const recorder = new TraceRecorder(run, recipe, { sizes, truth, budgetBytes, users: world.ratings.users });
  const events: RoundEvent[] = [];
  for await (const event of run.rounds({ watch: recorder.watch })) {
    events.push(event);
    recorder.add(event);
  }
  return { trace: recorder.finish(), events };
}

const find = <T extends RoundEvent['type']>(events: readonly RoundEvent[], type: T) =>
  events.filter((event): event is Extract<RoundEvent, { type: T }> => event.type === type);

test('what makes a recipe what it is holds whatever is asked for, in its trace as well', async (t) => {
  const { trace } = await record('without-clusters', { clusters: 3, probes: 2 });
  t.equal(trace.about.settings.clusters, 1);
  t.deepEqual(
    trace.rounds.flatMap(({ refresh }) => (refresh ? [[refresh.clusters, refresh.probes]] : [])),
    [
      [1, 1],
      [1, 1],
    ],
  );
  t.end();
});

test('a trace says what the events say', async (t) => {
  const { trace, events } = await record('fedtlrec', { clusters: 2, dropout: 0.3 });
  t.deepEqual(
    trace.rounds.map(({ round }) => round),
    [1, 2, 3, 4],
  );
  t.deepEqual(
    trace.rounds.map(({ loss }) => loss),
    find(events, 'updates-merged').map(({ loss }) => loss),
    'mean losses',
  );
  for (const { round, client, loss } of find(events, 'client-trained')) {
    const { losses } = trace.rounds[round - 1]!.details!;
    if (losses[trace.about.clients.indexOf(client)] !== Math.fround(loss)) t.fail(`loss of client ${client}`);
  }
  const trained = find(events, 'client-trained').length;
  const present = trace.rounds.flatMap(({ details }) => [...details!.losses]).filter((loss) => loss > 0);
  t.equal(present.length, trained, 'and nobody else has one: the others were absent');
  t.ok(trained < 4 * 20 && trained > 4 * 8, 'some were absent');
  const merged = find(events, 'updates-merged')[2]!;
  t.equal(trace.rounds[2]!.bytesUp, merged.bytesUp / merged.clients, 'bytes of one client');
  const [, , , last] = trace.rounds;
  t.deepEqual(
    [...last!.refresh!.labels],
    trace.about.clients.map((client) => find(events, 'clients-clustered').at(-1)!.labels[client]!),
    'clusters of the followed clients',
  );
  t.equal(last!.evaluation!.validation.hr10, find(events, 'evaluated').at(-1)!.validation.hr10);
});

test("the steps of K-means that a trace shows end in the server's own clusters", async (t) => {
  const { trace } = await record('fedtlrec', { clusters: 3 });
  const refreshes = trace.rounds.flatMap(({ refresh }) => refresh ?? []);
  t.equal(refreshes.length, 2);
  for (const { steps, labels, iterations } of refreshes) {
    t.equal(steps.length, iterations, 'as many as the server needed');
    t.deepEqual([...steps.at(-1)!.labels], [...labels]);
    t.ok(
      steps.every(({ inertia }, at) => at === 0 || inertia <= steps[at - 1]!.inertia + 1e-9),
      'and each is better than the one before',
    );
  }
});

test('attention in a trace: weights are the softmax of the cosines over the temperature, head by head', async (t) => {
  const { trace } = await record('fedtlrec', { heads: 2, temperature: 0.2 });
  const { cosines, weights } = trace.rounds.at(-1)!.refresh!.attention!;
  const owners = sizes.owners;
  for (const [head, temperature] of [0.2, 0.4].entries()) {
    let worst = 0;
    for (let u = 0; u < owners; u++) {
      const at = (v: number) => (head * owners + u) * owners + v;
      t.equal(weights[at(u)], 0, 'nobody listens to itself');
      const [a, b] = [(u + 1) % owners, (u + 2) % owners];
      const expected = (cosines[u * owners + a]! - cosines[u * owners + b]!) / temperature;
      worst = Math.max(worst, Math.abs(Math.log(weights[at(a)]! / weights[at(b)]!) - expected));
    }
    t.ok(
      worst < 1e-3,
      `log(α_ua / α_ub) = (cos_ua − cos_ub) / τ, worst difference ${worst.toExponential(1)}`,
    );
  }
});

test('all owners together give each row of attention its 1', async (t) => {
  const everybody = { clients: 60, owners: 60, focus: 1 };
  const run = openRun(recipeNamed('fedtlrec'), split, { settings: quick });
  const recorder = new TraceRecorder(run, 'fedtlrec', { sizes: everybody });
  for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
  const { weights } = recorder.finish().rounds.at(-1)!.refresh!.attention!;
  for (let row = 0; row < 60; row++) {
    const sum = weights.subarray(row * 60, (row + 1) * 60).reduce((total, weight) => total + weight, 0);
    if (Math.abs(sum - 1) > 1e-5) t.fail(`row ${row} adds up to ${sum}`);
  }
  t.equal(weights.length, 60 * 60);
});

test('updates: B A is the message, singular values tell that it is of rank one, whole rows cost more', async (t) => {
  const { trace, events } = await record('fedtlrec');
  const { details } = trace.rounds[3]!;
  t.equal(details!.updates.length, 2, 'one for each client in focus');
  for (const { place, rows, left, right, spectrum, bytes, fullBytes } of details!.updates) {
    const sent = find(events, 'update-sent').find(
      ({ round, client }) => round === 4 && client === trace.about.clients[place],
    )!;
    t.equal(bytes, sent.bytes);
    t.ok(fullBytes > 2 * bytes, 'five numbers a row instead of one');
    t.deepEqual([...right], [...sent.update.right], 'A');
    const row = [...sent.update.rows].indexOf(rows[0]!);
    t.equal(left[0], sent.update.left[row], 'the row of B with the largest entry comes first');
    t.equal(Math.abs(left[0]!), Math.max(...sent.update.left.map(Math.abs)));
    t.ok(spectrum[1]! < 1e-6 * spectrum[0]!, 'rank one');
  }
});

test('what whole rows would have cost is counted, for those who send factors and for those who send rows', async (t) => {
  const everybody = { clients: 60, owners: 2, focus: 1 };
  const padded = (bytes: number) => 4 * Math.ceil(bytes / 4);
  const perNumber = { float32: (count: number) => 4 * count, int8: (count: number) => 4 + padded(count) };
  for (const [recipe, codec] of [
    ['fedtlrec', 'float32'],
    ['fedtlrec', 'int8'],
    ['fedmf', 'float32'],
  ] as const) {
    const run = openRun(recipeNamed(recipe), split, { settings: { ...quick, codec, dropout: 0.2 } });
    const recorder = new TraceRecorder(run, recipe, { sizes: everybody });
    let [sent, full, messages] = [0, 0, 0];
    for await (const event of run.rounds({ watch: recorder.watch })) {
      recorder.add(event);
      if (event.type !== 'update-sent' || event.round !== 3) continue;
      const rows = event.update.rows.length;
      sent += event.bytes;
      full += 32 + perNumber[codec](rows * 5) + padded(2 * rows); // header, rows [rows, d + 1], item numbers
      messages++;
    }
    const { about, rounds } = recorder.finish();
    const name = `${recipe}, ${codec}`;
    t.ok(messages > 30 && messages < 60, `${name}: ${messages} messages`);
    t.ok(Math.abs(rounds[2]!.bytesUp - sent / messages) < 1e-9, `${name}: bytes`);
    t.ok(Math.abs(rounds[2]!.fullBytesUp - full / messages) < 1e-9, `${name}: with whole rows`);
    t.equal(full > sent, recipe === 'fedtlrec', `${name}: only factors save bytes`);
    t.equal(about.fullBytesDown, 32 + 4 * 80 * 5, `${name}: a broadcast of the whole table names no item`);
  }
});

test("the server's step: what its rank leaves out is what the broadcast reports", async (t) => {
  const { trace } = await record('fedtlrec');
  for (const { cutOff, details } of trace.rounds) {
    const squares = [...details!.step!.spectrum].map((value) => value ** 2);
    const total = squares.reduce((sum, value) => sum + value, 0);
    const left = squares.slice(2).reduce((sum, value) => sum + value, 0);
    t.ok(Math.abs(Math.sqrt(left / total) - cutOff) < 1e-3, `${Math.sqrt(left / total)} = ${cutOff}`);
  }
});

test('lists hold unseen items only, and the figures of followed clients average to those of all', async (t) => {
  const { trace } = await record('fedtlrec');
  const { evaluation } = trace.rounds[3]!;
  trace.about.focus.forEach((place, row) => {
    const trained = itemsOf(split.train, trace.about.clients[place]!);
    const items = evaluation!.top!.items.subarray(row * 10, row * 10 + 10);
    t.ok(
      items.every((item) => item >= 0 && !trained.includes(item)),
      'unseen',
    );
    const rank = evaluation!.top!.ranks[row]!;
    const held = trace.start.heldOut[row]!;
    t.equal(rank <= 10, items.includes(held), `rank ${rank} and the list agree about the held-out item`);
  });
  const run = openRun(recipeNamed('fedtlrec'), split, { settings: quick });
  const recorder = new TraceRecorder(run, 'fedtlrec', { sizes: { clients: 60 } });
  for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
  const all = recorder.finish().rounds[3]!.evaluation!;
  t.equal(all.perClient.length, 60 * metrics.length);
  metrics.forEach(({ name, label }, column) => {
    const figures = all.perClient.filter((_, at) => at % metrics.length === column);
    const mean = figures.reduce((sum, figure) => sum + figure, 0) / 60;
    t.ok(Math.abs(mean - all.validation[name]!) < 1e-6, label);
  });
});

test('recording changes nothing: the run ends in the same bits', async (t) => {
  const settings = { ...quick, clusters: 2, heads: 2 };
  const plain = await train(recipeNamed('fedtlrec'), split, { settings });
  let recorder: TraceRecorder | undefined;
  const recorded = await train(recipeNamed('fedtlrec'), split, {
    settings,
    watch: chooseClients(split.train, sizes).clients,
    onOpen: (run) => {
      recorder = new TraceRecorder(run, 'fedtlrec', { sizes });
    },
    onEvent: (event) => recorder!.add(event),
  });
  t.equal(recorded.digest, plain.digest);
  t.deepEqual(recorded.test, plain.test);
  t.equal(recorder!.finish().rounds.length, 4);
});

test('every recipe can be recorded, written and read back', async (t) => {
  for (const { name } of recipes) {
    const { trace } = await record(name, { rounds: 2, factors: 16 });
    const bytes = encodeTrace(trace);
    t.deepEqual(encodeTrace(decodeTrace(bytes)), bytes, name);
  }
});

test('a trace stays within its budget by leaving out details, never figures', async (t) => {
  const whole = await record('fedtlrec', { rounds: 16 });
  const small = await record('fedtlrec', { rounds: 16 }, bytesOf(whole.trace.rounds) / 3);
  const detailed = small.trace.rounds.filter(({ details }) => details !== null).map(({ round }) => round);
  t.ok(detailed.length < 12 && detailed.length >= 3, `details of rounds ${detailed}`);
  t.deepEqual([detailed[0], detailed.at(-1)], [1, 16], 'the first and the last keep theirs');
  t.ok(encodeTrace(small.trace).length < encodeTrace(whole.trace).length / 2);
  t.deepEqual(
    small.trace.rounds.map(({ loss, evaluation }) => [loss, evaluation?.validation]),
    whole.trace.rounds.map(({ loss, evaluation }) => [loss, evaluation?.validation]),
    'all figures',
  );
});
