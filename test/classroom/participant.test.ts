// A participant with a home and a line that are made up: what it says, to whom, in which order, and what it tells whoever watches.
import test from 'tape';
import { type Announcement, encodeAnnouncement } from '../../lib/classroom/announcement.ts';
import type { Listener } from '../../lib/classroom/link.ts';
import { decodeFigures, decodePresence, encodeRefusal } from '../../lib/classroom/messages.ts';
import { farewell, Participant, type ParticipantOptions } from '../../lib/classroom/participant.ts';
import type { ParticipantEvent } from '../../lib/classroom/participant-events.ts';
import { clientOfTopic, topicsOf } from '../../lib/classroom/topics.ts';
import { beginMessage, sealMessage } from '../../lib/federated/wire/header.ts';

const [run, client, session] = ['r', 3, 77];
const topics = topicsOf(run);
const [update, windows] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
const message = (kind: 'model' | 'part' | 'nearness', round: number) =>
  sealMessage(beginMessage(kind, { client, round }, 8));

/** Starts a participant; `said` is what it publishes and keeps, in order, `told` what its events say. */
async function start(home: object = {}, givesFigures = true) {
  const said: [to: string, message: Uint8Array, how: object | undefined][] = [];
  const told: ParticipantEvent[] = [];
  const listens = new Map<string, [Listener, object | undefined]>();
  let [broken, open] = [(_: string) => {}, () => {}];
  const whole = {
    ...{ client, modelRound: 2, tableRound: 0, masked: null, record: {}, isReady: true },
    prepare: async () => {},
    follow: (_: Announcement) => whole.isReady,
    takeTurn: (): object | null => ({ message: update, windows: null, loss: 0.5, isRepeated: false }),
    receiveModel(_: Uint8Array) {
      whole.isReady = true;
    },
    receiveTable: (_: Uint8Array) => {},
    scores: {
      partRound: 0,
      receivePart(_: Uint8Array, round: number) {
        whole.scores.partRound = round;
      },
      measure: (purpose: string, mixes: number[]) => Float64Array.of(purpose === 'test' ? 1 : 0, ...mixes),
    },
    ...home,
  };
  const link = {
    publish: async (to: string, what: Uint8Array, how?: object) => void said.push([to, what, how]),
    subscribe: async (all: string[], listener: Listener, how?: object) => {
      for (const topic of all) listens.set(topic, [listener, how]);
    },
    onBroken(hear: typeof broken) {
      broken = hear;
    },
    onOpen(hear: typeof open) {
      open = hear;
    },
    close: async () => void said.push(['close', new Uint8Array(0), undefined]),
  };
  const options = {
    ...{ run, home: whole, link, session, givesFigures },
    keep: async () => void said.push(['keep', new Uint8Array(0), undefined]),
    onEvent: (event: ParticipantEvent) => void told.push(event),
  } as unknown as ParticipantOptions;
  const participant = new Participant(options);
  await participant.start();
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    ...{ participant, home: whole, said, told, listens },
    async opens() {
      open();
      await settle();
    },
    breaks: (reason: string) => broken(reason),
    async hears(topic: string, what: Uint8Array) {
      listens.get(topic)![0](topic, what);
      await settle();
    },
    async asks(asked: Partial<Announcement>) {
      await this.hears(topics.round, encodeAnnouncement({ ...nothing, ...asked }));
    },
    /** What it has said since the last time. */
    lately: () => said.splice(0).map(([to]) => to),
    types: () => told.splice(0).map(({ type }) => type),
  };
}

const nothing: Announcement = {
  ...{ round: 5, purpose: 'wait', deadline: 100, mix: 0, mixes: [], orders: [], order: null, attempt: 0 },
  ...{ partRound: 0, modelRound: 2, previousModelRound: 1, tableRound: 0, step: new Uint8Array(0) },
};

test('a participant listens to two topics, and says once on each line that it is here', async (t) => {
  const one = await start();
  t.deepEqual([...one.listens.keys()], [topics.round, topics.mine(client)]);
  t.deepEqual(
    [...one.listens.values()].map(([, how]) => how),
    [{ isConfirmed: false }, undefined],
    'what is asked of everybody need not be confirmed',
  );
  t.deepEqual(one.said, [], 'nothing before the line is open');
  await one.opens();
  const [[to, what, how]] = one.said as [(typeof one.said)[0]];
  t.deepEqual([to, how], [topics.here(client), { isRetained: true }]);
  t.deepEqual(decodePresence(what, client), {
    ...{ client, isHere: true, session, modelRound: 2, tableRound: 0, givesFigures: true },
  });
  t.deepEqual(one.types(), ['connected']);
  one.breaks('gone');
  t.deepEqual(one.told, [{ type: 'disconnected', reason: 'gone' }]);
  await one.opens();
  t.equal(one.said.length, 2, 'once more on a new line');
  one.lately();
  await one.participant.leave();
  t.deepEqual(one.lately(), [topics.here(client), 'close']);
  t.deepEqual(decodePresence(farewell(client, session), client), {
    ...{ client, isHere: false, session, modelRound: 0, tableRound: 0, givesFigures: false },
  });
  t.equal(clientOfTopic(topics.up(client)), client);
});

test('an update leaves when it is kept, behind its loss and its windows; who gives no figures tells no loss', async (t) => {
  const turn = { message: update, windows, loss: 0.5, isRepeated: true };
  const one = await start({ takeTurn: () => turn });
  await one.asks({ purpose: 'train' });
  t.deepEqual(
    one.said.map(([to]) => to),
    ['keep', ...Array(3).fill(topics.up(client))],
  );
  const [, loss, second, third] = one.said;
  t.deepEqual(decodeFigures(loss![1], { client, round: 5 }), {
    ...{ client, round: 5, of: 'loss', values: Float64Array.of(0.5) },
  });
  t.deepEqual([second![1], third![1], third![2]], [windows, update, { isConfirmed: false }]);
  t.deepEqual(one.told.at(-1), { type: 'sent', round: 5, loss: 0.5, message: update, isRepeated: true });
  t.deepEqual(one.types(), ['asked', 'figures-sent', 'windows-sent', 'sent']);
  const silent = await start({}, false);
  await silent.asks({ purpose: 'train' });
  t.deepEqual(silent.lately(), ['keep', topics.up(client)]);
  await silent.asks({ purpose: 'test' });
  t.deepEqual(silent.lately(), [], 'nor how its items are ranked');
  const absent = await start({ takeTurn: () => null });
  await absent.asks({ purpose: 'train' });
  t.deepEqual([absent.lately(), absent.types()], [[], ['asked']], 'who takes no part in a round');
});

test('who cannot follow says which model it has, and answers once the whole one has come', async (t) => {
  const one = await start({ isReady: false });
  await one.asks({ purpose: 'train' });
  t.deepEqual(one.lately(), [topics.here(client)]);
  await one.asks({ purpose: 'train' });
  t.deepEqual(one.lately(), [], 'which the server knows by now');
  t.deepEqual(one.types(), []);
  await one.hears(topics.mine(client), message('model', 2));
  t.deepEqual(one.types(), ['received', 'asked', 'figures-sent', 'sent']);
  await one.hears(topics.mine(client), message('model', 2));
  t.deepEqual(one.types(), ['received'], 'nothing waits any more');
});

test('figures wait for the personal part and the table with which they are to be measured', async (t) => {
  const one = await start();
  const asked = { purpose: 'test', mixes: [0.25, 2], orders: [null] } as const;
  await one.asks({ ...asked, partRound: 4 });
  t.deepEqual(one.lately(), []);
  await one.hears(topics.mine(client), message('part', 4));
  t.equal(one.said.length, 1);
  t.deepEqual(decodeFigures(one.said[0]![1], { client, round: 5 }), {
    ...{ client, round: 5, of: 'test', values: Float64Array.of(1, 0.25, 2) },
  });
  one.lately();
  await one.asks({ ...asked, purpose: 'validation', partRound: 4, tableRound: 1 });
  t.deepEqual(one.lately(), []);
  one.home.tableRound = 1;
  await one.hears(topics.mine(client), message('nearness', 1));
  t.deepEqual(decodeFigures(one.said[0]![1], { client, round: 5 }).of, 'validation');
  one.lately();
  await one.asks({ ...asked, tableRound: 1 });
  t.equal(one.lately().length, 1, 'a part that is not asked for is not missed');
  await one.asks({ purpose: 'wait' });
  t.deepEqual(one.lately(), [], 'nothing is asked for');
});

test('a refusal is told; what breaks a rule is left out; the end is no broken line', async (t) => {
  const one = await start();
  await one.hears(topics.mine(client), encodeRefusal({ client, round: 4 }, 'too loud'));
  t.deepEqual(one.told.splice(0), [{ type: 'refused', round: 4, reason: 'too loud' }]);
  await one.hears(topics.mine(client), Uint8Array.of(9, 9, 9));
  t.deepEqual(one.types(), ['refused']);
  const broken = await start({
    takeTurn() {
      throw new Error('no room');
    },
  });
  await broken.asks({ purpose: 'train' });
  t.deepEqual(broken.told.at(-1), { type: 'failed', reason: 'no room' });
  await one.asks({ purpose: 'end', round: 6 });
  t.deepEqual(one.told.at(-1), { type: 'ended', round: 6 });
  one.types();
  one.breaks('closed');
  t.deepEqual([one.types(), one.lately()], [[], []]);
});

test('with secure sums, keys and shares are kept before they leave, and numbers leave when the others’ shares are here', async (t) => {
  const keys = message('model', 5); // any message that says its round
  const masked = {
    keys: async (round: number, attempt: number) =>
      sealMessage(beginMessage('model', { client, round: round + attempt }, 8)),
    share: async () => keys,
    reveal: async () => keys,
    mask: async (_: Uint8Array, numbersOf: (cohort: number[]) => Float32Array | null) =>
      numbersOf([3]) ? update : null,
  };
  let isHere = true;
  const takeOpenTurn = () => (isHere ? { numbers: new Float32Array(2), loss: 0.25, isRepeated: true } : null);
  const one = await start({ masked, takeOpenTurn });
  await one.asks({ purpose: 'train' });
  t.deepEqual([one.lately(), one.types()], [[], ['asked']], 'not when it is only asked to train');
  await one.asks({ purpose: 'keys', attempt: 20 });
  t.deepEqual(one.lately(), ['keep', topics.up(client)]);
  t.deepEqual(
    one.told.map((event) => [event.type, 'round' in event && event.round]),
    [
      ['asked', false],
      ['keys-sent', 25],
    ],
  );
  one.types();
  const told = (kind: 'keys' | 'shares' | 'survivors') =>
    one.hears(topics.mine(client), sealMessage(beginMessage(kind, { client, round: 5 }, 8)));
  for (const kind of ['keys', 'survivors'] as const) {
    await told(kind);
    t.deepEqual([one.lately(), one.types()], [['keep', topics.up(client)], ['keys-sent']], kind);
  }
  await told('shares');
  t.deepEqual(one.told.at(-1), { type: 'sent', round: 5, loss: 0.25, message: update, isRepeated: true });
  t.deepEqual(one.lately(), ['keep', topics.up(client), topics.up(client)]);
  t.deepEqual(one.types(), ['figures-sent', 'sent']);
  isHere = false;
  await told('shares');
  t.deepEqual([one.lately(), one.types()], [[], []], 'who takes no part in the round');
});
