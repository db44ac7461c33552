import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import type { Recipe, Setup } from '../../lib/federated/recipe.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { decode } from '../../lib/federated/wire.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { fedtlrecAsDescribed } from '../../lib/peers/fedtlrec-as-described.ts';
import { fedtlrecReleased, releasedProgram } from '../../lib/peers/fedtlrec-released.ts';
import { aloneServer, meanServer, randomServer } from '../../lib/peers/released/plain-servers.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { type OpenRun, openRun } from '../../lib/training/open-run.ts';
import { train } from '../../lib/training/train.ts';
import { closeTo } from '../reference.ts';

const [items, factors, rank] = [80, 4, 4];
const split = leaveOneOut(syntheticRatings({ users: 40, items, meanRatings: 12, seed: 5 }).ratings);
const quick: Partial<Settings> = { rounds: 3, evaluateEvery: 3, factors, rank };

async function runOf(recipe: Recipe, settings: Partial<Settings> = {}, channel?: Setup['channel']) {
  const run = openRun(recipe, split, { settings: { ...quick, ...settings }, channel });
  const events: RoundEvent[] = [];
  for await (const event of run.rounds({ evaluates: false, watch: [3] })) events.push(event);
  return { run, events };
}

function array(run: OpenRun, name: string): Float32Array {
  return run.memory.arrays[name] as Float32Array;
}

function rowOf(values: Float32Array, client: number): number[] {
  return [...values.subarray(client * rank * factors, (client + 1) * rank * factors)];
}

/** Version and kind, client, round, codec and four sizes, a byte each where they are small; the checksum has two. */
const frameBytes = 8 + 2;

test('released: A travels and nothing else, up and down', async (t) => {
  const sent: Uint8Array[] = [];
  const { run, events } = await runOf(fedtlrecReleased, { rounds: 1 }, (message, client) => {
    if (client === 3) sent.push(message);
    return message;
  });
  t.notOk(run.program.hasPersonalParts, 'nothing is added to its scores');
  const expected = { client: 3, items, dims: 0, extra: rank * factors, round: 1 };
  const update = decode(sent[0]!, expected);
  t.equal(update.rows.length, 0);
  t.deepEqual([...update.extra], rowOf(array(run, 'receivedA'), 3));
  t.equal(sent[0]!.length, frameBytes + 4 * rank * factors, 'frame and 16 numbers');
  const broadcast = events.find((event) => event.type === 'broadcast-sent');
  t.equal(broadcast?.type === 'broadcast-sent' ? broadcast.bytesDown : 0, frameBytes + 4 * rank * factors);
  t.equal(broadcast?.type === 'broadcast-sent' && broadcast.cutOff, 0, 'nothing is left out');
});

test('released: the server answers with rows of mean 0 and unit scale, also to an absent client, whose row is zeros', async (t) => {
  const settings = { rounds: 1, dropout: 0.5 };
  const { run, events } = await runOf(fedtlrecReleased, settings);
  const isHere = run.memory.arrays.isHere as Uint8Array;
  const absent = [...isHere.keys()].filter((client) => isHere[client] === 0);
  t.ok(absent.length > 5 && absent.length < 35, `${absent.length} of 40 are absent`);
  for (const client of [absent[0]!, isHere.indexOf(1)]) {
    const answer = rowOf(array(run, 'answers'), client);
    // Not exactly: nine steps have moved the last normalisation a little.
    t.ok(Math.abs(answer.reduce((sum, value) => sum + value, 0) / answer.length) < 0.02);
    t.ok(Math.abs(answer.reduce((sum, value) => sum + value * value, 0) / answer.length - 1) < 0.1);
  }
  const merged = events.find((event) => event.type === 'updates-merged');
  if (merged?.type !== 'updates-merged') return t.fail('no messages were merged');
  t.equal(merged.trained, 40, 'absent clients train all the same');
  t.equal(merged.clients, 40 - absent.length);
});

test('a client whose message is lost is a row of zeros as released, and as described the A that it sent before', async (t) => {
  const lose = (round: number) => (message: Uint8Array, client: number, now: number) =>
    client === 3 && now === round ? new Uint8Array(10) : message;
  const { run, events } = await runOf(fedtlrecReleased, { rounds: 1 }, lose(1));
  t.ok(events.some((event) => event.type === 'message-rejected' && event.client === 3));
  t.ok(rowOf(array(run, 'answers'), 3).every(Number.isFinite));
  const heard = await runOf(fedtlrecAsDescribed, { rounds: 2 }, lose(2));
  const before = await runOf(fedtlrecAsDescribed, { rounds: 1 });
  const kept = rowOf(array(heard.run, 'receivedA'), 3);
  t.deepEqual(kept, rowOf(array(before.run, 'receivedA'), 3), 'the server keeps the last A it got');
  t.notDeepEqual(rowOf(array(heard.run, 'answers'), 3), rowOf(array(before.run, 'answers'), 3));
});

test('described: B moves by the mean change of its senders, and everybody scores with the same B', async (t) => {
  const { run, events } = await runOf(fedtlrecAsDescribed, { rounds: 1 });
  const sent = events.find((event) => event.type === 'update-sent');
  if (sent?.type !== 'update-sent') return t.fail('nothing was sent');
  t.ok(sent.update.rows.length > 0 && sent.update.left.length === sent.update.rows.length * rank);
  const trained = events.find((event) => event.type === 'client-trained');
  t.deepEqual(trained?.type === 'client-trained' ? [...trained.sample.rows] : [], [...sent.update.rows]);
  const start = openRun(fedtlrecAsDescribed, split, { settings: { ...quick, rounds: 1 } });
  t.notDeepEqual(array(run, 'sharedB'), array(start, 'sharedB'));
  t.equal(array(run, 'privateB').length, 0);
});

test('a round in which nobody comes through keeps every A, for both recipes', async (t) => {
  for (const recipe of [fedtlrecReleased, fedtlrecAsDescribed]) {
    const { run, events } = await runOf(recipe, { rounds: 1 }, () => new Uint8Array(4));
    const start = openRun(recipe, split, { settings: { ...quick, rounds: 1 } });
    t.deepEqual(array(run, 'answers'), array(start, 'answers'), recipe.name);
    t.equal(events.filter((event) => event.type === 'broadcast-sent').length, 0);
  }
});

test('everybody starts with the same random model', async (t) => {
  const run = openRun(fedtlrecReleased, split, { settings: quick });
  const models = array(run, 'clientModels');
  const width = models.length / split.train.users;
  const first = models.subarray(0, width);
  t.ok(first.filter((value) => value === 0).length < width / 10 && new Set(first).size > width / 2);
  for (let client = 1; client < split.train.users; client++)
    t.ok(
      first.every((value, at) => models[client * width + at] === value),
      `client ${client}`,
    );
  const b = array(run, 'privateB');
  const part = b.length / split.train.users;
  t.ok(b.subarray(0, part).some((value) => value !== 0));
  t.deepEqual(b.subarray(part, 2 * part), b.subarray(0, part), 'and with the same B');
  t.end();
});

test('released: every client is in a cluster, the absent ones, whose rows are alike, in one and the same', async (t) => {
  const { run, events } = await runOf(fedtlrecReleased, { rounds: 1, dropout: 0.5 });
  const isHere = run.memory.arrays.isHere as Uint8Array;
  const found = events.find((event) => event.type === 'clients-clustered');
  const { labels, clusters } = found as Extract<RoundEvent, { type: 'clients-clustered' }>;
  t.equal(labels.length, split.train.users);
  t.ok(
    labels.every((label) => label >= 0 && label < clusters),
    `${labels}`,
  );
  const labelsOf = (here: number) => new Set(labels.filter((_, client) => isHere[client] === here));
  t.equal(labelsOf(0).size, 1);
  t.ok(labelsOf(1).size > 1);
});

test('clusters are found in rounds 1, 11, 21 and kept in between', async (t) => {
  const { events } = await runOf(fedtlrecReleased, { rounds: 12 });
  const found = events.flatMap((event) => (event.type === 'clients-clustered' ? [event.round] : []));
  t.deepEqual(found, [1, 11]);
});

test('plain servers: alone returns what was sent, the mean is the same for all, random is neither', async (t) => {
  const answersOf = async (server: typeof meanServer) => {
    const { run } = await runOf(releasedProgram({ server }), { rounds: 1 });
    return { answers: array(run, 'answers'), received: array(run, 'receivedA') };
  };
  const alone = await answersOf(aloneServer);
  t.deepEqual(alone.answers, alone.received);
  const mean = await answersOf(meanServer);
  t.deepEqual(rowOf(mean.answers, 0), rowOf(mean.answers, 39));
  const first = mean.received.filter((_, at) => at % (rank * factors) === 0);
  t.ok(Math.abs(mean.answers[0]! - first.reduce((sum, value) => sum + value, 0) / 40) < 1e-6);
  const random = await answersOf(randomServer);
  t.notDeepEqual(rowOf(random.answers, 0), rowOf(random.answers, 1));
});

test('Laplace noise changes what is sent, not what the client keeps', async (t) => {
  const quiet = await runOf(fedtlrecReleased, { rounds: 1 });
  const noisy = await runOf(releasedProgram({ laplaceScale: 0.1 }), { rounds: 1 });
  t.deepEqual(array(noisy.run, 'clientModels'), array(quiet.run, 'clientModels'));
  const [sent, plain] = [array(noisy.run, 'receivedA'), array(quiet.run, 'receivedA')];
  const sizes = Float64Array.from(sent, (value, at) => Math.abs(value - plain[at]!));
  const meanSize = sizes.reduce((sum, value) => sum + value, 0) / sizes.length;
  t.ok(meanSize > 0.09 && meanSize < 0.11, `the mean size is the scale: ${meanSize.toFixed(4)}`);
});

test('threads give the same digest as one thread, for both recipes', async (t) => {
  for (const recipe of [fedtlrecReleased, fedtlrecAsDescribed]) {
    const alone = await train(recipe, split, { settings: quick });
    const executor = threadsExecutor(2);
    const threads = await train(recipe, split, { settings: quick, executor });
    t.equal(threads.digest, alone.digest, recipe.name);
  }
});

test('the leak in small: held-out items that are never negatives rise, placebo items alike, and leak-free ones do not', async (t) => {
  const settings = { rounds: 60, clientLearningRate: 0.02 };
  const hits = async (protocol: Settings['protocol']) => {
    const { run } = await runOf(fedtlrecReleased, { ...settings, protocol });
    const [perUser] = await run.executor.evaluate({ part: 'test', recency: null, mixes: [0] });
    return perUser!.fullHr10.reduce((sum, value) => sum + (value || 0), 0) / 40;
  };
  const [released, placebo, leakFree] = [
    await hits('released'),
    await hits('placebo'),
    await hits('leak-free'),
  ];
  t.ok(released > 0.8, `released ${released}`);
  t.ok(placebo > 0.8, `placebo ${placebo}`);
  t.ok(leakFree < 0.3, `leak-free ${leakFree}`);
});

test('a rank above the number of factors is refused', (t) => {
  const open = () => openRun(fedtlrecReleased, split, { settings: { factors: 4, rank: 5 } });
  t.throws(open, /rank must be a whole number between 1 and 4, got 5/);
  t.end();
});

test('the loss that is reported is the mean cross-entropy of the samples, of one client and of all', async (t) => {
  // At learning rate 0 nothing moves, so the scores afterwards are those that the loss was taken at, but for dropout,
  // which leaves out a tenth of a small adapter. More than 128 samples make two batches, which count alike.
  const everybody = Array.from({ length: 40 }, (_, client) => client);
  for (const recipe of [fedtlrecReleased, fedtlrecAsDescribed]) {
    const run = openRun(recipe, split, { settings: { ...quick, rounds: 2, clientLearningRate: 0 } });
    const losses: number[] = [];
    for await (const event of run.rounds({ evaluates: false, watch: everybody })) {
      if (event.type === 'client-trained' && event.round === 1) {
        const scores = new Float32Array(items);
        run.program.score(event.client, null, scores);
        const { rows, counts, labels, size } = event.sample;
        let expected = 0;
        rows.forEach((item, row) => {
          expected += (counts[row]! * binaryCrossEntropy(scores[item]!, labels[row]!)) / size;
        });
        const tolerance = size > 128 ? 0.05 : 5e-3;
        if (Math.abs(event.loss - expected) > tolerance)
          t.fail(`client ${event.client}: ${event.loss}, not ${expected}`);
        losses.push(event.loss);
      } else if (event.type === 'updates-merged' && event.round === 1) {
        const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
        t.ok(
          Math.abs(event.loss - mean) < 1e-9,
          `${recipe.name}: the mean over all clients, ${mean.toFixed(3)}`,
        );
        t.ok(mean > 0.3 && mean < 1.5, 'about log 2');
      }
    }
    t.equal(losses.length, 40, 'everybody has trained');
  }
});

test('who is absent is absent, in every round anew', async (t) => {
  const everybody = Array.from({ length: 40 }, (_, client) => client);
  for (const recipe of [fedtlrecReleased, fedtlrecAsDescribed]) {
    const run = openRun(recipe, split, { settings: { ...quick, rounds: 4, dropout: 0.5 } });
    let senders: number[] = [];
    const absences = new Set<number>();
    for await (const event of run.rounds({ evaluates: false, watch: everybody })) {
      if (event.type === 'round-started') senders = [];
      if (event.type === 'update-sent') senders.push(event.client);
      if (event.type !== 'broadcast-sent') continue;
      const isHere = run.memory.arrays.isHere as Uint8Array;
      const present = everybody.filter((client) => isHere[client] === 1);
      t.deepEqual(
        present,
        senders,
        `${recipe.name}, round ${event.round}: those who sent a message, nobody else`,
      );
      for (const client of everybody) if (!senders.includes(client)) absences.add(client);
    }
    t.ok(absences.size > 25, 'nearly everybody was absent once, and most of them had been there before');
  }
});

test('a client without ratings neither trains, sends nor receives', async (t) => {
  const lonely = structuredClone(split);
  const [from, to] = [lonely.train.offsets[7]!, lonely.train.offsets[8]!];
  const { offsets, itemOf } = lonely.train;
  const train = {
    ...lonely.train,
    itemOf: Uint32Array.from([...itemOf.subarray(0, from), ...itemOf.subarray(to)]),
    offsets: offsets.map((offset, client) => (client > 7 ? offset - (to - from) : offset)),
  };
  for (const recipe of [fedtlrecReleased, fedtlrecAsDescribed]) {
    const run = openRun(recipe, { ...lonely, train }, { settings: { ...quick, rounds: 2 } });
    const before = rowOf(array(run, 'answers'), 7);
    for await (const event of run.rounds({ evaluates: false, watch: [7] })) {
      if (event.type === 'client-trained' || event.type === 'update-sent')
        t.fail(`${recipe.name}: ${event.type}`);
      if (event.type === 'updates-merged') t.deepEqual([event.trained, event.clients], [39, 39], recipe.name);
    }
    t.deepEqual(rowOf(array(run, 'answers'), 7), before, `${recipe.name}: it keeps what it had`);
  }
});

test('described: the shared B moves by the mean change of those who sent the row', async (t) => {
  const everybody = Array.from({ length: 40 }, (_, client) => client);
  const run = openRun(fedtlrecAsDescribed, split, { settings: { ...quick, rounds: 1, dropout: 0.3 } });
  const before = array(run, 'sharedB').slice();
  const changes = Array.from({ length: items }, (): number[][] => []);
  let bytesDown = 0;
  for await (const event of run.rounds({ evaluates: false, watch: everybody })) {
    if (event.type === 'broadcast-sent') bytesDown = event.bytesDown;
    if (event.type !== 'update-sent') continue;
    event.update.rows.forEach((item, row) => {
      changes[item]!.push([...event.update.left.subarray(row * rank, (row + 1) * rank)]);
    });
  }
  const expected = before.map((value, at) => {
    const ofItem = changes[Math.floor(at / rank)]!;
    const sum = ofItem.reduce((total, change) => total + change[at % rank]!, 0);
    return value + (ofItem.length > 0 ? sum / ofItem.length : 0);
  });
  closeTo(t, array(run, 'sharedB'), expected, 'B [items, rank]', 1e-5);
  t.equal(
    bytesDown,
    2 * frameBytes + 4 * rank * factors + 4 * items * rank,
    'bytes of an A and of the change of B',
  );
});
