// A class over an embedded broker ends with the bits of the simulator, whatever the network does to its messages.
import test from 'tape';
import { classRecipes, expectSettingsOfClass, serverDigest } from '../../lib/classroom/class-run.ts';
import type { HomeRecord } from '../../lib/classroom/home-record.ts';
import type { Link } from '../../lib/classroom/link.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';
import { openTestClass, people, settingsOf, simulated } from './class-in-process.ts';

test('twenty participants, each with its own ratings only, end with the bits of the simulator', async (t) => {
  const split = people(20);
  const settings = settingsOf(fedtlrec);
  const expected = await simulated(fedtlrec, split, settings);
  const classroom = await openTestClass({ split, settings });
  for (let client = 19; client >= 0; client--) await classroom.join(client);
  await classroom.open.finish();
  t.equal(await classroom.digest(), expected);
  await classroom.close();
});

test('duplicate, reordered and stale messages and repeated announcements change nothing', async (t) => {
  const split = people(6);
  const settings = settingsOf(fedtlrec);
  const expected = await simulated(fedtlrec, split, settings);
  const classroom = await openTestClass({ split, settings });
  const trained = new Map<string, number>();
  for (let client = 0; client < 6; client++) {
    const rng = randomStream(7, 'network', client);
    await classroom.join(client, {
      link: unreliable(classroom.link(client), rng),
      onEvent(event) {
        if (event.type !== 'sent' || event.isRepeated) return;
        const key = `${client} ${event.round}`;
        trained.set(key, (trained.get(key) ?? 0) + 1);
      },
    });
  }
  await classroom.open.finish();
  t.equal(await classroom.digest(), expected);
  t.equal(trained.size, 6 * settings.rounds, 'everybody trained in every round');
  t.ok(
    [...trained.values()].every((times) => times === 1),
    'once',
  );
  await classroom.close();
});

test('a participant that vanishes in mid-round is not waited for beyond the deadline, and is back in the next', async (t) => {
  const split = people(4);
  const settings = settingsOf(fedtlrec, { rounds: 5 });
  const merged: number[] = [];
  let kept: HomeRecord | undefined;
  let isGone = false;
  let hasReturned = false;
  const classroom = await openTestClass({
    ...{ split, settings, deadline: 300, quorum: 0.7 },
    onEvent(event) {
      if (event.type === 'updates-merged') merged.push(event.clients);
      if (event.type !== 'left' || hasReturned) return;
      hasReturned = true;
      void classroom.join(3, { record: kept }); // with what it had kept
    },
  });
  for (let client = 0; client < 3; client++) await classroom.join(client);
  const link = classroom.link(3);
  await classroom.join(3, {
    link,
    async keep(record) {
      kept = record;
      if (record.round !== 2 || isGone) return;
      isGone = true; // it has trained and kept, but the message never leaves
      await link.close(true);
    },
  });
  await classroom.open.finish();
  t.deepEqual(merged.slice(2), [4, 4, 4], 'all are there from the third round on');
  t.ok(merged[1]! >= 3, `round 2 closed with ${merged[1]}`);
  t.deepEqual(merged[0], 4);
  const own = classroom.homes.get(3)!;
  t.equal(own.record.round, 5);
  t.equal(own.modelRound, 5, 'with everybody’s model');
  t.deepEqual(own.scores.top(5, 0).length, 5);
  await classroom.close();
});

test('a device that comes late gets the whole model once, and has the same as the others', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec, { rounds: 4 });
  const received: string[] = [];
  let hasJoined = false;
  const classroom = await openTestClass({
    ...{ split, settings, startWith: 2 },
    onEvent(event) {
      if (event.type !== 'updates-merged' || event.round !== 2 || hasJoined) return;
      hasJoined = true;
      void classroom.join(2, {
        onEvent: (seen) => seen.type === 'received' && received.push(`${seen.what} ${seen.round}`),
      });
    },
  });
  await classroom.join(0);
  await classroom.join(1);
  await classroom.open.finish();
  t.equal(received.filter((what) => what.startsWith('model')).length, 1, received.join(', '));
  const tables = [0, 1, 2].map((client) => classroom.homes.get(client)!.scores.top(3, 0).length);
  t.deepEqual(tables, [3, 3, 3]);
  t.equal(classroom.homes.get(2)!.modelRound, classroom.homes.get(0)!.modelRound);
  await classroom.close();
});

test('figures that homes measure are those of the simulator, and who gives none is not asked', async (t) => {
  const split = people(5);
  const settings = settingsOf(fedtlrec);
  const { curve } = await train(fedtlrec, split, { settings, loops: plainLoops });
  const told: RoundEvent[] = [];
  const classroom = await openTestClass({
    ...{ split, settings },
    onEvent: (event) => event.type === 'evaluated' && told.push(event),
  });
  for (let client = 0; client < 5; client++) await classroom.join(client);
  await classroom.open.finish();
  t.deepEqual(
    told.map((event) => event.type === 'evaluated' && event.validation),
    curve.map(({ validation }) => validation),
  );
  await classroom.close();

  const silent = await openTestClass({ split, settings: settingsOf(fedtlrec, { rounds: 1 }) });
  const sent: string[] = [];
  for (let client = 0; client < 5; client++) {
    await silent.join(client, { givesFigures: false, onEvent: ({ type }) => sent.push(type) });
  }
  await silent.open.finish();
  t.equal(sent.filter((type) => type === 'figures-sent').length, 0);
  t.equal(sent.filter((type) => type === 'sent').length, 5);
  await silent.close();
});

test('windows travel once, the table of what is near what comes back, and server and figures are those of the simulator', async (t) => {
  const split = people(5);
  const settings = settingsOf(fedtlrec, { windows: 'auto', rounds: 5, refreshEvery: 2, evaluateEvery: 5 });
  const { memory, curve } = await train(fedtlrec, split, { settings, loops: plainLoops });
  const [told, sent]: [RoundEvent[], number[]] = [[], []];
  const classroom = await openTestClass({
    ...{ split, settings },
    onEvent: (event) => event.type === 'evaluated' && told.push(event),
  });
  for (let client = 0; client < 5; client++) {
    const link = unreliable(classroom.link(client), randomStream(3, 'network', client));
    await classroom.join(client, {
      link,
      onEvent: ({ type }) => type === 'windows-sent' && sent.push(client),
    });
  }
  await classroom.open.finish();
  t.equal(await serverDigest(classroom.open.run.memory), await serverDigest(memory));
  t.deepEqual([...new Set(sent)].sort(), [0, 1, 2, 3, 4], 'everybody has sent some');
  t.ok(
    memory.arrays.windowsHeard!.every((heard) => heard === 1),
    'and each is heard once',
  );
  t.deepEqual(
    told.map((event) => event.type === 'evaluated' && event.validation),
    curve.map(({ validation }) => validation),
  );
  const { windowNeighbours, windowScales } = memory.arrays;
  t.ok(windowNeighbours!.some((neighbour) => neighbour > 0) && windowScales!.some((scale) => scale > 0));
  t.ok(
    [...classroom.homes.values()].every(({ tableRound }) => tableRound > 0),
    'all have the table',
  );
  await classroom.close();
});

test('a home whose films have no order sends no windows, and goes on with the others', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec, { windows: 'auto', rounds: 3, evaluateEvery: 3 });
  const [sent, measured]: [number[], number[]] = [[], []];
  const classroom = await openTestClass({
    ...{ split: { ...split, ordered: false }, settings },
    onEvent: (event) => event.type === 'evaluated' && measured.push(event.validation.users),
  });
  for (let client = 0; client < 3; client++)
    await classroom.join(client, { onEvent: ({ type }) => type === 'windows-sent' && sent.push(client) });
  await classroom.open.finish();
  t.deepEqual(sent, []);
  t.deepEqual(measured, [3]);
  await classroom.close();
});

test('clocks that are off by a day, or jump back while a round is open, change nothing', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec, { rounds: 2, evaluateEvery: 2 });
  const expected = await simulated(fedtlrec, split, settings);
  const { now } = Date;
  const day = 86_400_000;
  let shift = day;
  Date.now = () => now() + shift;
  try {
    const classroom = await openTestClass({
      ...{ split, settings },
      onEvent: ({ type }) => {
        if (type === 'answered') shift = -shift; // between two answers to one round
      },
    });
    for (let client = 0; client < 3; client++) await classroom.join(client);
    await classroom.open.finish();
    t.equal(await classroom.digest(), expected);
    await classroom.close();
  } finally {
    Date.now = now;
  }
});

/** A line that says things twice, and says old things again at odd moments. */
function unreliable(link: Link, rng: RandomStream): Link {
  const old: Uint8Array[] = [];
  return {
    ...link,
    async publish(topic, message, how) {
      if (!topic.includes('/up/')) return link.publish(topic, message, how);
      const again = old.length > 0 ? old[rng.integer(old.length)]! : message;
      old.push(message);
      await new Promise((resolve) => setTimeout(resolve, rng.integer(8)));
      await Promise.all([
        link.publish(topic, again, how),
        link.publish(topic, message, how),
        link.publish(topic, message, how),
      ]);
    },
    subscribe: (topics, listener, how) =>
      link.subscribe(
        topics,
        (topic, message) => {
          listener(topic, message);
          if (rng.integer(2) === 0) listener(topic, message);
        },
        how,
      ),
  };
}

test('a class keeps to settings that do not ask the server for what stays at home', (t) => {
  const refusal = (settings: Partial<Settings>) => () =>
    expectSettingsOfClass(settingsOf(fedtlrec, settings));
  t.doesNotThrow(refusal({}));
  t.doesNotThrow(refusal({ windows: 'auto' }));
  t.throws(refusal({ protocol: 'released' }), /class: protocol must be leak-free, got released/);
  t.throws(
    refusal({ metrics: 'usual,coverage' }),
    /class: metrics must be usual, got usual,coverage; .*never their lists/,
  );
  t.end();
});

test('every recipe of a class, and a server strategy, end with the bits of the simulator', async (t) => {
  const split = people(3);
  const cases: readonly (readonly [string, Partial<Settings>])[] = [
    ...classRecipes.map((name) => [name, {}] as const),
    ['fedtlrec', { combine: 'median' }],
    ['colr-secure-sum', { dropout: 0.3, seed: 6 }], // one is missing in each round
    ['fedtlrec', { errorFeedback: 'on', attack: 'sign-flip', liars: 0.4 }],
  ];
  for (const [name, changed] of cases) {
    const recipe = await recipeNamed(name);
    const settings = settingsOf(recipe, { rounds: 2, evaluateEvery: 2, ...changed });
    const expected = await simulated(recipe, split, settings);
    const classroom = await openTestClass({ recipe, split, settings, quorum: 0.6 });
    for (let client = 0; client < 3; client++) await classroom.join(client);
    await classroom.open.finish();
    t.equal(await classroom.digest(), expected, `${name} ${JSON.stringify(changed)}`);
    await classroom.close();
  }
});
