import test from 'tape';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { metrics } from '../../lib/evaluation/metrics.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { chooseClients } from '../../lib/trace/choose-clients.ts';
import type { FollowedClients } from '../../lib/trace/followed-clients.ts';
import { TraceRecorder } from '../../lib/trace/recorder.ts';
import { bytesOf, keptWithin } from '../../lib/trace/thinning.ts';
import type { Trace } from '../../lib/trace/trace.ts';
import { decodeTrace, encodeTrace } from '../../lib/trace/trace-file.ts';
import { traceAttention, traceClusters } from '../../lib/trace/traced-refresh.ts';
import { type OpenRun, openRun } from '../../lib/training/open-run.ts';
import { recipeCatalogue, recipeNamed } from '../../lib/training/recipes.ts';
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
  const run = openRun(await recipeNamed(recipe), split, { settings: { ...quick, ...settings } });
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
  const run = openRun(fedtlrec, split, { settings: quick });
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
  for (const [recipe, codec] of [
    ['fedtlrec', 'float32'],
    ['fedmf', 'float32'],
  ] as const) {
    const run = openRun(await recipeNamed(recipe), split, {
      settings: { ...quick, codec, dropout: 0.2, windows: 'off' },
    });
    const recorder = new TraceRecorder(run, recipe, { sizes: everybody });
    let [sent, full, messages] = [0, 0, 0];
    for await (const event of run.rounds({ watch: recorder.watch })) {
      recorder.add(event);
      if (event.type !== 'update-sent' || event.round !== 3) continue;
      const rows = event.update.rows.length;
      sent += event.bytes;
      full += 10 + 4 * rows * 5 + 2 * rows; // header, rows [rows, d + 1], item numbers
      messages++;
    }
    const { about, rounds } = recorder.finish();
    const name = `${recipe}, ${codec}`;
    t.ok(messages > 30 && messages < 60, `${name}: ${messages} messages`);
    t.ok(Math.abs(rounds[2]!.bytesUp - sent / messages) < 1e-9, `${name}: bytes`);
    t.ok(Math.abs(rounds[2]!.fullBytesUp - full / messages) < 1e-9, `${name}: with whole rows`);
    t.equal(full > sent, recipe === 'fedtlrec', `${name}: only factors save bytes`);
    t.equal(about.fullBytesDown, 10 + 4 * 80 * 5, `${name}: a broadcast of the whole table names no item`);
  }
});

test('a trace knows what its figures are held against: guessing, and the popularity of items', async (t) => {
  const { trace } = await record('fedtlrec');
  const { guessing, popularity } = trace.about.baselines!;
  const items = split.train.items;
  const counts = new Uint32Array(items);
  for (const item of split.train.itemOf) counts[item]!++;
  const hits: number[] = [];
  const chances: number[] = [];
  split.validation.forEach((target, user) => {
    if (target < 0) return;
    const touched = new Set(itemsOf(split.train, user));
    const others = [...counts.keys()].filter((item) => item !== target && !touched.has(item));
    hits.push(others.filter((item) => counts[item]! >= counts[target]!).length < 10 ? 1 : 0);
    chances.push(Math.min(1, 10 / (others.length + 1)));
  });
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  t.ok(Math.abs(popularity.fullHr10! - mean(hits)) < 1e-12, `popularity ${popularity.fullHr10}`);
  t.ok(Math.abs(guessing.fullHr10! - mean(chances)) < 1e-12, `guessing ${guessing.fullHr10}`);
});

test("the server's step: what its rank leaves out is what the broadcast reports", async (t) => {
  const { trace } = await record('fedtlrec');
  for (const { cutOff, details } of trace.rounds) {
    const squares = [...details!.step!.spectrum].map((value) => value ** 2);
    const total = squares.reduce((sum, value) => sum + value, 0);
    const left = squares.slice(2).reduce((sum, value) => sum + value, 0);
    const byRank = Math.sqrt(left / total);
    t.ok(cutOff > byRank - 1e-3 && cutOff < byRank + 0.03, `${byRank}; with rounding ${cutOff}`);
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
  const run = openRun(fedtlrec, split, { settings: quick });
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
  const plain = await train(fedtlrec, split, { settings });
  let recorder: TraceRecorder | undefined;
  const recorded = await train(fedtlrec, split, {
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
  for (const { name } of recipeCatalogue) {
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

test('what a followed client is shown is its list: best first, unseen, with the parts of its scores and its rank', async (t) => {
  const run = openRun(fedtlrec, split, { settings: { ...quick, mix: 0.4, windows: 'off' } });
  const recorder = new TraceRecorder(run, 'fedtlrec', { sizes });
  for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
  const { about, start, rounds } = recorder.finish();
  const { evaluation } = rounds[3]!;
  t.equal(evaluation!.mix, 0.4);
  const [perUser] = await run.executor.evaluate({
    part: 'validation',
    recency: run.settings.recency,
    mixes: [0.4],
  });
  about.clients.forEach((client, place) => {
    for (const [column, name] of about.metrics.entries()) {
      const figure = evaluation!.perClient[place * about.metrics.length + column]!;
      if (Math.abs(figure - perUser![name as 'hr10'][client]!) > 1e-6) t.fail(`${name} of client ${client}`);
    }
  });
  about.focus.forEach((place, row) => {
    const client = about.clients[place]!;
    const own = new Float32Array(80);
    run.program.score(client, run.settings.recency, own);
    const part = new Float32Array(80);
    run.program.personalParts(Uint32Array.of(client), part);
    const trained = [...itemsOf(split.train, client)];
    const scoreOf = (item: number) => own[item]! + 0.4 * part[item]!;
    const unseen = [...own.keys()]
      .filter((item) => !trained.includes(item))
      .sort((a, b) => scoreOf(b) - scoreOf(a));
    const { items, base, personal, ranks } = evaluation!.top!;
    const at = row * 10;
    t.deepEqual([...items.subarray(at, at + 10)], unseen.slice(0, 10), `client ${client}: items`);
    t.deepEqual(
      [...base.subarray(at, at + 10)],
      unseen.slice(0, 10).map((item) => own[item]!),
      'own scores',
    );
    t.deepEqual(
      [...personal.subarray(at, at + 10)],
      unseen.slice(0, 10).map((item) => part[item]!),
      'personal parts',
    );
    t.equal(start.heldOut[row], split.validation[client]);
    t.equal(ranks[row], 1 + unseen.indexOf(split.validation[client]!), 'rank of the held-out item');
    t.ok(
      start.top.personal.every((value) => value === 0),
      'before the first round there is no personal part',
    );
  });
});

test("the server's step in a trace is what the table moved by and what was carried over, its largest rows first", async (t) => {
  const run = openRun(fedtlrec, split, { settings: quick });
  const recorder = new TraceRecorder(run, 'fedtlrec', { sizes });
  const { itemTable, downlinkError } = run.memory.arrays;
  let before = itemTable!.slice();
  const steps: Float64Array[] = [];
  for await (const event of run.rounds({ watch: recorder.watch })) {
    if (event.type === 'broadcast-sent') {
      steps.push(Float64Array.from(itemTable!, (value, at) => value - before[at]! + downlinkError![at]!));
      before = itemTable!.slice();
    }
    recorder.add(event);
  }
  recorder.finish().rounds.forEach(({ details }, round) => {
    const { rows, values, spectrum, right } = details!.step!;
    const step = steps[round]!;
    const sizeOf = (item: number) =>
      step.subarray(item * 5, item * 5 + 5).reduce((sum, value) => sum + value ** 2, 0);
    const sorted = Array.from({ length: 80 }, (_, item) => sizeOf(item)).sort((a, b) => b - a);
    t.equal(rows.length, 16);
    rows.forEach((item, row) => {
      if (Math.abs(sizeOf(item) - sorted[row]!) > 1e-6 * sorted[0]!)
        t.fail(`row ${row} is not the next largest`);
      for (let k = 0; k < 5; k++) {
        if (Math.abs(values[row * 5 + k]! - step[item * 5 + k]!) > 1e-5) t.fail(`row of item ${item}`);
      }
    });
    const squares = spectrum.reduce((sum, value) => sum + value ** 2, 0);
    const total = step.reduce((sum, value) => sum + value ** 2, 0);
    t.ok(Math.abs(squares / total - 1) < 1e-4, 'squares of the singular values add up to those of the step');
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 5; b++) {
        let product = 0;
        for (let k = 0; k < 5; k++) product += right[a * 5 + k]! * right[b * 5 + k]!;
        if (Math.abs(product - (a === b ? 1 : 0)) > 1e-4) t.fail('right singular vectors are orthonormal');
      }
    }
  });
  t.equal(steps.length, 4);
});

test('thinning keeps the first, the last and every second, fourth, eighth … round, as few as needed', (t) => {
  const array = new Float32Array(100); // 400 bytes
  const plain = {
    trained: 1,
    clients: 1,
    rejected: 0,
    loss: 1,
    bytesUp: 1,
    fullBytesUp: 1,
    bytesDown: 1,
    cutOff: 0,
  };
  const details = {
    losses: array,
    bytes: new Uint32Array(0),
    plane: new Float32Array(0),
    updates: [],
    step: null,
  };
  const rounds = Array.from({ length: 11 }, (_, at) => {
    return { ...plain, round: at + 1, megabytes: 0, details, refresh: null, evaluation: null };
  });
  const kept = (budget: number) =>
    keptWithin(budget, rounds)
      .filter((round) => round.details !== null)
      .map(({ round }) => round);
  t.equal(bytesOf(rounds), 4400);
  t.deepEqual(kept(4400), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 'all of them fit');
  t.deepEqual(kept(4399), [1, 2, 4, 6, 8, 10, 11]);
  t.deepEqual(kept(2799), [1, 4, 8, 11]);
  t.deepEqual(kept(1599), [1, 8, 11]);
  t.deepEqual(kept(1), [1, 11], 'the ends stay in any case');
  t.equal(keptWithin(1, rounds).length, 11, 'no round is lost');
  t.end();
});

test('followed clients are spread evenly over those that have ratings', (t) => {
  const offsets = Uint32Array.from({ length: 41 }, (_, user) => Math.floor(user / 2)); // every second one has a rating
  const train = { users: 40, items: 5, offsets, itemOf: new Uint32Array(20) };
  const { clients, owners, focus } = chooseClients(train, { clients: 10, owners: 4, focus: 2 });
  t.deepEqual(clients, [1, 5, 9, 13, 17, 21, 25, 29, 33, 37], 'numbers of clients');
  t.deepEqual(owners, [0, 2, 5, 7], 'places among them');
  t.deepEqual(focus, [0, 5]);
  t.equal(chooseClients(train, { clients: 1000 }).clients.length, 20, 'as many as there are');
  t.equal(chooseClients(train).focus.length, 3);
  for (const name of ['clients', 'owners', 'focus']) {
    t.throws(
      () => chooseClients(train, { [name]: 0 }),
      new RegExp(`chooseClients: ${name} must be .* got 0`),
    );
  }
  t.end();
});

test('a server that attends without clusters, and clusters that nobody attends to, are what a refresh has; the rest is nothing', (t) => {
  const run = openRun(fedtlrec, split, { settings: quick });
  const view = { ...run, program: { ...run.program, aggregator: undefined } } as OpenRun;
  const users = split.train.users;
  const followed = {
    ...{ count: 2, owners: [0], pick: (all: Int32Array) => Int32Array.of(all[3]!, all[5]!) },
  } as unknown as FollowedClients;
  const attended = { type: 'attention-computed', round: 4, peers: 9, probes: 2, bytesDown: 70 } as const;
  const nothing = { clusters: 0, iterations: 0, inertia: 0, steps: [], labels: Int32Array.of(-1, -1) };
  const attention = { peers: 9, probes: 2, bytesDown: 70, attention: null };
  t.deepEqual(traceAttention(view, followed, attended, null), { ...nothing, ...attention });
  const labels = Int32Array.from({ length: users }, (_, user) => user % 3);
  const clustered = { type: 'clients-clustered', round: 4, clusters: 3, iterations: 6, inertia: 1.5, labels } as const; // biome-ignore format: one line
  const clusters = traceClusters(view, followed, clustered, null);
  const found = { clusters: 3, iterations: 6, inertia: 1.5, steps: [], labels: Int32Array.of(0, 2) };
  t.deepEqual(clusters, { ...found, peers: 0, probes: 0, bytesDown: 0, attention: null });
  t.deepEqual(traceAttention(view, followed, attended, clusters), { ...found, ...attention });
  t.end();
});
