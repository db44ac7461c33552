// The small parts of a class, each alone and by hand: what the dashboard shows, what the inbox takes, what the server says, who is let in.
import { createHash } from 'node:crypto';
import test from 'tape';
import { Board } from '../../lib/classroom/board.ts';
import type { ClassEvent } from '../../lib/classroom/class-options.ts';
import { Desk } from '../../lib/classroom/desk.ts';
import { Gate } from '../../lib/classroom/gate.ts';
import { Inbox } from '../../lib/classroom/inbox.ts';
import { readItemList } from '../../lib/classroom/item-list.ts';
import { JoinDesk } from '../../lib/classroom/join-desk.ts';
import { decodeRefusal, encodeFigures, encodePresence } from '../../lib/classroom/messages.ts';
import { Outbox } from '../../lib/classroom/outbox.ts';
import { checkRoster, fingerprintOf, leastThreshold } from '../../lib/classroom/roster.ts';
import { Supplies } from '../../lib/classroom/supplies.ts';
import { clientOfTopic, topicsOf } from '../../lib/classroom/topics.ts';
import { Waiting } from '../../lib/classroom/waiting.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { WireError } from '../../lib/federated/wire/bits.ts';
import { beginMessage, sealMessage } from '../../lib/federated/wire/header.ts';
import { openRun } from '../../lib/training/open-run.ts';

const facts = { run: 'r', recipe: 'fedtlrec', settings: { rounds: 9 }, items: ['a', 'b'], seats: 4 };
const event = (type: string, fields: object = {}) => ({ type, ...fields }) as unknown as ClassEvent;

test('the board has a row for each participant, and tells only what has changed', (t) => {
  const board = new Board(facts as never, 3);
  t.deepEqual(board.snapshot().about, { run: 'r', recipe: 'fedtlrec', rounds: 9, items: 2, seats: 4 });
  t.deepEqual(board.snapshot().asking, { round: 3, purpose: 'wait', deadline: 0 });
  t.deepEqual(
    [board.snapshot().isPaused, board.snapshot().waiting, board.snapshot().attention],
    [false, '', null],
  );
  t.equal(board.changes(), null);
  const seat = { isHere: true, isDropped: false, hasAnswered: false, rounds: 0, bytesUp: 0, cluster: -1 };
  board.add(event('entered', { client: 2 }));
  t.deepEqual(board.changes(), { seats: { 2: seat } });
  t.equal(board.changes(), null, 'told once');
  board.add(event('answered', { client: 2, bytes: 40 }));
  board.add(event('answered', { client: 1 }));
  const answered = { ...seat, hasAnswered: true, rounds: 1 };
  t.deepEqual(board.changes(), { seats: { 1: answered, 2: { ...answered, bytesUp: 40 } } });
  t.deepEqual(board.here, [1, 2]);
  board.add(event('left', { client: 1 }));
  board.add(event('dropped', { client: 2 }));
  t.deepEqual(board.here, []);
  const seats = () => board.snapshot().seats;
  t.deepEqual([seats()[1]!.isDropped, seats()[2]!.isDropped], [false, true]);
  board.changes();

  const asking = (purpose: string) => event('asking', { round: 4, purpose, deadline: 7 });
  board.add(event('waiting', { reason: 'for two' }));
  t.deepEqual(board.changes(), { seats: {}, waiting: 'for two' });
  for (const purpose of ['wait', 'end']) board.add(asking(purpose));
  t.equal(seats()[2]!.hasAnswered, true, 'nothing was asked');
  t.deepEqual(board.changes(), { seats: {}, asking: { round: 4, purpose: 'end', deadline: 7 }, waiting: '' });
  board.add(asking('train'));
  t.deepEqual([seats()[1]!.hasAnswered, seats()[2]!.hasAnswered], [false, false]);
  board.add(event('clients-clustered', { labels: [9, 5, 6] }));
  t.deepEqual([seats()[1]!.cluster, seats()[2]!.cluster], [5, 6]);
  t.deepEqual(Object.keys(board.changes()!.seats!), ['1', '2']);
  board.add(event('paused', { isPaused: true }));
  board.attend(null);
  t.deepEqual(board.changes(), { seats: {}, isPaused: true, attention: null });
  t.end();
});

test('the board has a row for each round, and the last fifty refusals', (t) => {
  const board = new Board(facts as never, 0);
  board.add(event('broadcast-sent', { bytesDown: 5 }));
  t.equal(board.changes(), null, 'before the first round');
  board.add(event('updates-merged', { round: 1, clients: 3, rejected: 1, bytesUp: 90, loss: Number.NaN }));
  board.add(event('broadcast-sent', { bytesDown: 5 }));
  board.add(event('attention-computed', { bytesDown: 7 }));
  board.add(event('evaluated', { validation: { users: 2, hr10: 0.5 } }));
  const first = {
    round: 1,
    merged: 3,
    rejected: 1,
    loss: null,
    bytesUp: 90,
    bytesDown: 12,
    hr10: 0.5,
    measured: 2,
  };
  t.deepEqual(board.changes(), { seats: {}, rounds: [first] });
  board.add(event('updates-merged', { round: 2, clients: 3, rejected: 0, bytesUp: 9, loss: 0.5 }));
  board.add(event('evaluated', { validation: { users: 0, hr10: Number.NaN } }));
  t.deepEqual(board.snapshot().rounds[1], { ...first, round: 2, rejected: 0, loss: 0.5, bytesUp: 9, bytesDown: 0, hr10: null, measured: 0 }); // biome-ignore format: one line
  board.changes();
  board.add(event('round-started', { round: 3 }));
  t.equal(board.changes(), null, 'nothing to see in that');
  board.add(event('late', { client: 1, round: 2 }));
  board.add(event('message-rejected', { client: 2, round: 2, reason: 'NaN' }));
  t.deepEqual(board.changes()!.refused, [
    { client: 1, round: 2, reason: 'the round was over' },
    { client: 2, round: 2, reason: 'NaN' },
  ]);
  for (let at = 0; at < 49; at++) board.add(event('refused', { client: at, round: 3, reason: 'x' }));
  t.deepEqual([board.snapshot().refused.length, board.snapshot().refused[0]!.reason], [50, 'NaN']);
  t.end();
});

/** An outbox whose messages are kept, and what it says happens. */
function listeningOutbox() {
  const sent: [topic: string, message: Uint8Array, isRetained: boolean | undefined][] = [];
  const events: ClassEvent[] = [];
  const link = {
    async publish(topic: string, message: Uint8Array, how?: { isRetained?: boolean }) {
      if (topic.includes('client-9')) throw new Error('gone');
      sent.push([topic, message, how?.isRetained]);
    },
  };
  const outbox = new Outbox({ run: 'r', link: link as never, onEvent: (one) => events.push(one) });
  return { outbox, sent, events };
}

test('the server says one thing at a time, carries on what it does not change, and forgets what was to be measured', async (t) => {
  const { outbox, sent, events } = listeningOutbox();
  t.deepEqual(outbox.said, {
    ...{
      round: 0,
      purpose: 'wait',
      deadline: 0,
      mix: 0.3,
      mixes: [],
      partRound: 0,
      modelRound: 0,
      previousModelRound: 0,
    },
    ...{ step: new Uint8Array(0), attempt: 0, tableRound: 0, order: null, orders: [] },
  });
  outbox.begin({ round: 4 });
  await outbox.announce({ purpose: 'validation', deadline: 50, mixes: [0, 1], orders: [null] });
  t.deepEqual([outbox.said.round, outbox.said.mixes, outbox.said.orders], [4, [0, 1], [null]]);
  t.deepEqual(events, [{ type: 'asking', round: 4, purpose: 'validation', deadline: 50 }]);
  t.deepEqual([sent[0]![0], sent[0]![2]], ['fed/r/round', true]);
  outbox.repeat();
  t.deepEqual(sent[1], sent[0]);
  await outbox.announce({ purpose: 'wait' });
  t.deepEqual([outbox.said.deadline, outbox.said.mixes, outbox.said.orders], [50, [], []]);
  outbox.refuse(7, 4, 'no');
  t.deepEqual(events.at(-1), { type: 'refused', client: 7, round: 4, reason: 'no' });
  t.equal(sent.at(-1)![0], 'fed/r/mine/client-7');
  t.deepEqual(decodeRefusal(sent.at(-1)![1], 7), { round: 4, reason: 'no' });
  await outbox.send(9, new Uint8Array(1));
  t.pass('who is gone is no error');
  const message = Uint8Array.of(1);
  outbox.see({ type: 'broadcast-sent', round: 5, message } as never);
  outbox.see({ type: 'broadcast-sent', round: 6 } as never);
  t.deepEqual([outbox.said.modelRound, outbox.said.previousModelRound, outbox.said.step], [5, 0, message]);
  outbox.see({ type: 'evaluated', mix: 0.7, order: null, validation: { ndcg10: Number.NaN } } as never);
  t.equal(outbox.said.mix, 0.3, 'nobody measured');
  const order = { weight: 1, span: 2 };
  outbox.see({ type: 'evaluated', mix: 0.7, order, validation: { ndcg10: 0 } } as never);
  t.deepEqual([outbox.said.mix, outbox.said.order], [0.7, order]);
});

test('who comes gets the model unless it can follow, its part, and the table where it has another one', async (t) => {
  const given = (presence: object, said: object) => {
    const { outbox, sent } = listeningOutbox();
    outbox.begin({ modelRound: 5, previousModelRound: 4, step: Uint8Array.of(1), ...said });
    const shared = { itemTable: new Float32Array(2), extra: new Float32Array(0) };
    const sides = { server: { wholeTable: (round: number) => Uint8Array.of(round) }, shared };
    const supplies = new Supplies({ items: 1, settings: {} } as never, {} as never, sides as never, outbox);
    t.equal(supplies.begin(3), 3);
    supplies.giveTo({ client: 2, modelRound: 5, tableRound: 0, ...presence } as never);
    return sent.map(([, message]) => message.length);
  };
  t.deepEqual(given({}, {}), [], 'it has all');
  t.deepEqual(given({ modelRound: 4 }, {}), [], 'the last step takes it there');
  t.equal(given({ modelRound: 4 }, { step: new Uint8Array(0) }).length, 1, 'there was no step');
  t.equal(given({ modelRound: 3 }, {}).length, 1);
  t.deepEqual(given({ tableRound: 3 }, { tableRound: 3 }), []);
  t.deepEqual(given({ tableRound: 2 }, { tableRound: 3 }), [1], 'an older table');
  t.deepEqual(given({}, { partRound: 2 }), [], 'there is no part for it');
});

/** An inbox of a class with three seats, in round 2. */
function openInbox() {
  const { outbox, sent, events } = listeningOutbox();
  outbox.begin({ round: 2, purpose: 'train' });
  const heard: string[] = [];
  const inbox = new Inbox({
    ...{ run: 'r', seats: 3, quorum: 0.5, outbox },
    onEvent: (one) => events.push(one),
    onChange: () => heard.push('change'),
    onHere: ({ client }) => heard.push(`here ${client}`),
    isPast: () => false,
  });
  const topics = topicsOf('r');
  const presence = (client: number, session: number, isHere = true) =>
    inbox.hear(topics.here(client), encodePresence({ client, isHere, session, modelRound: 0, tableRound: 0, givesFigures: true })); // biome-ignore format: one line
  const figures = (of: 'loss' | 'validation' | 'test', ...values: number[]) =>
    inbox.hear(topics.up(1), encodeFigures({ client: 1, round: 2, of, values: Float64Array.from(values) }));
  return { inbox, topics, sent, events, heard, presence, figures, outbox };
}

test('who enters is told once, and a farewell of an earlier page does not count', (t) => {
  const { inbox, events, heard, presence, topics } = openInbox();
  presence(1, 10);
  t.equal(events.length, 1);
  presence(1, 11);
  presence(1, 10, false);
  t.deepEqual(events, [{ type: 'entered', client: 1 }]);
  t.ok(inbox.desk.present.has(1));
  presence(1, 11, false);
  t.deepEqual(events.at(-1), { type: 'left', client: 1 });
  t.notOk(inbox.desk.present.has(1));
  t.deepEqual(heard, ['here 1', 'change', 'here 1', 'change', 'change', 'change']);
  presence(3, 1);
  inbox.hear('fed/r/up/nobody', new Uint8Array(3));
  t.equal(heard.length, 6, 'nobody has seat 3 of three');
  inbox.drop(2);
  t.deepEqual(events.at(-1), { type: 'dropped', client: 2 });
  presence(2, 1);
  t.deepEqual([inbox.isWelcome(0), inbox.isWelcome(2), inbox.isWelcome(3)], [true, false, false]);
  t.notOk(inbox.desk.present.has(2));
  inbox.hear(topics.up(1), new Uint8Array(3));
  t.match((events.at(-1) as { reason: string }).reason, /^wire: message rejected: /);
  t.end();
});

test('an update is an answer, comes late, or is refused, and each is told', (t) => {
  const { inbox, topics, events, sent, presence } = openInbox();
  presence(1, 1);
  inbox.desk.open(2);
  const update = (round: number) =>
    inbox.hear(topics.up(1), sealMessage(beginMessage('update', { client: 1, round })));
  const last = () => events.at(-1) as object;
  update(2);
  t.deepEqual(last(), { type: 'answered', client: 1, bytes: 5 });
  update(2);
  t.equal(events.length, 2, 'the same once more is nothing new');
  update(1);
  t.deepEqual([last(), [...inbox.late]], [{ type: 'late', client: 1, round: 1 }, []]);
  t.deepEqual(decodeRefusal(sent.at(-1)![1], 1), {
    round: 1,
    reason: 'round 1 was over when the message came',
  });
  update(3);
  t.deepEqual(last(), {
    type: 'refused',
    client: 1,
    round: 2,
    reason: 'round 3 has not begun; round 2 is open',
  });
  inbox.desk.open(2);
  inbox.desk.close();
  update(2);
  t.deepEqual(
    [last(), [...inbox.late]],
    [{ type: 'late', client: 1, round: 2 }, [1]],
    'late for the round that was open',
  );
  t.end();
});

test('parts and tables that a round has made go to who is here, and are said from then on', async (t) => {
  const { outbox, sent } = listeningOutbox();
  const { ratings } = syntheticRatings({
    users: 12,
    items: 20,
    groups: 2,
    scenesPerGroup: 2,
    meanRatings: 6,
  });
  const run = openRun(fedtlrec, leaveOneOut(ratings), {
    settings: { rounds: 1, factors: 2, codec: 'float32' },
  });
  const sides = { server: { wholeTable: (round: number) => Uint8Array.of(7, round) }, shared: {} };
  const supplies = new Supplies({ items: 20, settings: run.settings }, run.program, sides as never, outbox);
  await supplies.hand([1, 3]);
  t.equal(sent.length, 0, 'nothing was made');
  supplies.see({ type: 'windows-counted', round: 4 } as never);
  await supplies.hand([1, 3]);
  t.deepEqual(sent.splice(0).map(([topic, message]) => [topic, ...message]), [1, 3].map((client) => [`fed/r/mine/client-${client}`, 7, 4])); // biome-ignore format: one line
  t.deepEqual([outbox.said.tableRound, outbox.said.partRound], [4, 0]);
  await supplies.hand([1]);
  t.equal(sent.length, 0, 'once');
  supplies.see({ type: 'attention-computed', round: 5 } as never);
  supplies.see({ type: 'round-started', round: 6 } as never);
  await supplies.hand([1]);
  t.deepEqual([outbox.said.tableRound, outbox.said.partRound], [4, 5]);
  await supplies.hand([1]);
  t.ok(sent.length <= 1, 'once');
});

test('figures count once, and only those that were asked for', (t) => {
  const { inbox, figures, outbox } = openInbox();
  figures('validation', 1);
  t.equal(inbox.figures.size, 0, 'nobody asked');
  figures('loss', 0.5, 0.6);
  t.equal(inbox.losses.size, 0, 'a loss is one number');
  figures('loss', 0.5);
  t.equal(inbox.losses.get(1), 0.5);
  outbox.begin({ purpose: 'validation' });
  figures('loss', 0.7);
  figures('test', 0.7);
  t.deepEqual([inbox.losses.get(1), inbox.figures.size], [0.5, 0], 'it is no longer asked for');
  figures('validation', 0.1, 0.2);
  figures('validation', 0.9);
  t.deepEqual([...inbox.figures.get(1)!], [0.1, 0.2], 'the first stays');
  inbox.clear();
  t.deepEqual([inbox.losses.size, inbox.figures.size], [0, 1], 'figures are those since they were asked for');
  t.end();
});

test('a round closes when all that are here have answered, or, at its time, when a quorum has', (t) => {
  const desk = new Desk(0.5);
  const enter = (client: number) => desk.enter({ ...{ client, isHere: true, session: 1, modelRound: 0 }, tableRound: 0, givesFigures: true }); // biome-ignore format: one line
  const message = (client: number, round: number) => sealMessage(beginMessage('update', { client, round }));
  const take = (client: number, round: number, from = client) => {
    const taken = desk.take(from, message(client, round));
    return 'reason' in taken ? taken.reason : taken.as;
  };
  for (const client of [0, 1, 2, 3]) enter(client);
  t.equal(desk.askedCount, 0, 'no round is open');
  t.equal(take(0, 1), 'round 1 has not begun; round 0 is open');
  desk.open(2, (client) => client !== 3);
  t.deepEqual([desk.askedCount, desk.needed, desk.isAsked(2), desk.isAsked(3)], [3, 2, true, false]);
  t.equal(take(3, 2), 'client 3 takes no part in round 2');
  t.equal(take(1, 2, 0), 'it says client 1, but client 0 sent it');
  t.deepEqual([take(0, 3), take(0, 0)], ['round 3 has not begun; round 2 is open', 'round 0 has not begun; round 2 is open']); // biome-ignore format: one line
  t.deepEqual([take(2, 2), take(2, 2), take(2, 1)], ['answer', 'repeated', 'late']);
  t.deepEqual([desk.isComplete(false), desk.isComplete(true)], [false, false], 'one of two that are needed');
  desk.leave(1);
  t.equal(take(1, 2), 'answer');
  t.ok(desk.present.has(1), 'who answers is here after all');
  t.deepEqual([desk.isComplete(false), desk.isComplete(true)], [false, true]);
  t.deepEqual(desk.inOrder().map(([client]) => client), [1, 2]); // biome-ignore format: one line
  enter(4);
  t.deepEqual([desk.askedCount, desk.needed], [4, 2], 'who comes meanwhile is asked');
  t.deepEqual([take(0, 2), desk.haveAllAnswered, take(4, 2), desk.isComplete(false)], ['answer', false, 'answer', true]); // biome-ignore format: one line
  desk.close();
  t.deepEqual([take(3, 2), desk.isAsked(0)], ['late', false]);
  desk.open(3, undefined, () => {
    throw new WireError('wire: no');
  });
  t.deepEqual([take(0, 3), desk.answers.size, desk.needed], ['wire: no', 0, 3]);
  desk.open(4, (client) => client === 0);
  t.equal(desk.askedCount, 1, 'who was asked before is forgotten');
  desk.open(5, undefined, () => {
    throw new Error('a fault of ours');
  });
  t.throws(() => take(0, 5), /a fault of ours/);
  const empty = new Desk(0.5);
  empty.open(1);
  t.deepEqual([empty.needed, empty.isComplete(true)], [1, false], 'nobody is no quorum');
  t.end();
});

test('windows are kept once, from who is asked, for the open round', (t) => {
  const { inbox, topics, presence } = openInbox();
  presence(1, 1);
  inbox.desk.open(2, (client) => client === 1);
  const windows = (client: number, round: number, mark: number) => {
    const writer = beginMessage('windows', { client, round });
    writer.write(mark, 8);
    inbox.hear(topics.up(client), sealMessage(writer));
  };
  windows(1, 1, 1);
  windows(2, 2, 2);
  t.equal(inbox.windows.size, 0);
  windows(1, 2, 3);
  windows(1, 2, 4);
  t.deepEqual([...inbox.windows].map(([client, message]) => [client, message[3]]), [[1, 3]]); // biome-ignore format: one line
  t.end();
});

test('wrong codes are forgiven one by one, from each address and from all', async (t) => {
  let now = 0;
  const kept: number[] = [];
  const desk = new JoinDesk({
    ...{ run: 'r', code: 'apple', secret: new Uint8Array(4), seats: 2, taken: 1, now: () => now },
    onSeat: async (client) => void kept.push(client),
  });
  const status = async (code: string, address: string) => {
    const answer = await desk.join(code, address);
    return 'status' in answer ? answer.status : answer.client;
  };
  for (let at = 0; at < 10; at++) t.equal(await status('pear', 'a'), 403);
  t.equal(await status('apple', 'a'), 429, 'also with the right code');
  now += 5999;
  t.equal(await status('apple', 'a'), 429);
  now += 1;
  t.deepEqual([await status('apple', 'a'), kept], [1, [1]]);
  t.equal(await status('apple', 'a'), 409);
  now += 1e6;
  for (let at = 0; at < 200; at++) t.equal(await status('pear', `b${at % 25}`), 403);
  t.equal(await status('apple', 'new'), 429, 'two hundred from all');
  now += 300;
  t.equal(await status('apple', 'new'), 409);
  const { token } = (await new JoinDesk({ run: 'r', code: 'c', secret: new Uint8Array(4), seats: 1 }).join('c', 'x')) as { token: string }; // biome-ignore format: one line
  t.deepEqual([desk.check('0', token), desk.check(null, token), desk.check('0', null), desk.check('x', token)], [0, null, null, null]); // biome-ignore format: one line
});

test('a packet of just the longest length passes, and so does a will of just 64 letters', (t) => {
  const field = (words: string) => [words.length >> 8, words.length & 255, ...Buffer.from(words)];
  const packet = (head: number, ...body: number[]) => {
    const length = body.length > 127 ? [(body.length & 127) | 128, body.length >> 7] : [body.length];
    return Buffer.from([head, ...length, ...body]);
  };
  const hello = (will: string, protocol = 'MQTT', level = 4) =>
    packet(0x10, ...field(protocol), level, 4, 0, 20, ...field('client-7'), ...field('fed/r/here/client-7'), ...field(will)); // biome-ignore format: one line
  const said = (longest: number, ...packets: Buffer[]) => {
    const gate = new Gate({ run: 'r', client: 7, longest }, () => {});
    try {
      return packets.map((one) => gate.packetsWith(one).length).join();
    } catch (error) {
      return (error as Error).message;
    } finally {
      gate.stopTimer();
    }
  };
  t.equal(said(1000, hello('x'.repeat(64))), '1');
  t.equal(said(1000, hello('x'.repeat(65))), 'a last will is too long');
  t.equal(said(1000, hello('x'.repeat(300))), 'a last will is too long');
  t.equal(said(1000, hello('x', 'MQIsdp')), 'the protocol must be MQTT 3.1.1');
  t.equal(said(1000, hello('x', 'MQTT', 5)), 'the protocol must be MQTT 3.1.1');
  const long = packet(0x32, ...field('fed/r/up/client-7'), 0, 1, ...Buffer.alloc(200));
  t.equal(said(long.length, hello('x'), long), '1,1');
  t.equal(
    said(long.length - 1, hello('x'), long),
    `a packet of ${long.length} bytes is longer than ${long.length - 1}`,
  );
  t.equal(said(1000, hello('x'), long, Buffer.concat([long, long])), '1,1,2');
  t.equal(said(1000, hello('x'), packet(0x30, 0, 40, 1)), 'a packet ends too early');
  const rest = 128 - field('fed/r/up/client-7').length - 2;
  t.equal(said(1000, hello('x'), packet(0x32, ...field('fed/r/up/client-7'), 0, 1, ...Buffer.alloc(rest))), '1,1', 'a body of 128 bytes'); // biome-ignore format: one line
  const pings = Array.from({ length: 199 }, () => packet(0xc0));
  t.equal(said(1000, Buffer.concat([hello('x'), ...pings])), '200', 'two hundred at once');
  t.end();
});

test('a line that says nothing is not slow', async (t) => {
  let slow = 0;
  const gate = new Gate({ run: 'r', client: 7, longest: 1000, patience: 1 }, () => slow++);
  const hello = [0x10, 22, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 20, 0, 8, ...Buffer.from('client-7')];
  hello[1] = hello.length - 2;
  t.equal(gate.packetsWith(Buffer.from(hello)).length, 1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  t.equal(slow, 0);
  gate.stopTimer();
});

test('a roster is checked by each member, and its fingerprint tells the keys', async (t) => {
  const member = (client: number, maskKey = client, letterKey = client + 100) => ({
    client,
    maskKey: new Uint8Array(32).fill(maskKey),
    letterKey: new Uint8Array(32).fill(letterKey),
    seedDigest: new Uint8Array(32).fill(client),
  });
  t.deepEqual([1, 2, 3, 4, 5].map(leastThreshold), [1, 2, 2, 3, 3]);
  const said = (threshold: number, members: ReturnType<typeof member>[], mine = member(1)) => {
    try {
      checkRoster({ attempt: 1, threshold, members }, mine);
      return 'taken';
    } catch (error) {
      return (error as Error).message.replace('wire: message rejected: ', '');
    }
  };
  const three = [member(1), member(2), member(3)];
  t.deepEqual([said(2, three), said(3, three)], ['taken', 'taken']);
  t.equal(said(1, three), 'the threshold is 1; of 3 members, 2 are the fewest');
  t.equal(said(4, three), 'the threshold is 4; of 3 members, 2 are the fewest');
  t.equal(said(1, [member(1)]), 'the threshold is 1; of 1 members, 2 are the fewest', 'nobody alone');
  const own = 'the roster has not the keys that this client has told';
  t.equal(said(2, three, member(4)), own);
  t.equal(said(2, three, member(1, 9)), own);
  t.equal(said(2, three, { ...member(1), seedDigest: new Uint8Array(32) }), own);
  t.equal(said(2, [member(1), member(2, 1)]), 'a key stands in the roster twice');
  const print = (members: ReturnType<typeof member>[]) =>
    fingerprintOf({ attempt: 1, threshold: 2, members });
  t.match(await print(three), /^\d{6}$/);
  const keys = three.flatMap(({ client, maskKey, letterKey }) => [client, ...maskKey, ...letterKey]);
  const digest = createHash('sha256').update(Uint8Array.from(keys)).digest();
  t.equal(await print(three), String(digest.readUIntBE(0, 3) % 1e6).padStart(6, '0'));
  t.notEqual(await print(three), await print([member(1), member(2), member(3, 9)]));
});

test('waiting ends when it holds, when the time is up, or with the reason of a signal', async (t) => {
  const waiting = new Waiting();
  let holds = false;
  let overdue = 0;
  const first = waiting.until(Infinity, () => holds, () => overdue++, undefined); // biome-ignore format: one line
  waiting.changed();
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(overdue, 0, 'for ever');
  holds = true;
  waiting.changed();
  await first;
  const asked: boolean[] = [];
  const whenTimeIsUp = (isTimeUp: boolean) => {
    asked.push(isTimeUp);
    return isTimeUp;
  };
  await waiting.until(1, whenTimeIsUp, () => overdue++, undefined);
  t.deepEqual([asked, overdue], [[false, true], 0]);
  await new Promise<void>((resolve) => {
    let isEnough = false;
    const told = () => {
      overdue++;
      isEnough = true;
      waiting.changed();
    };
    void waiting.until(1, () => isEnough, told, undefined).then(resolve);
  });
  t.equal(overdue, 1, 'it is told that it is overdue, and waits on');
  const controller = new AbortController();
  const broken = waiting.until(Infinity, () => false, () => {}, controller.signal); // biome-ignore format: one line
  controller.abort(new Error('enough'));
  waiting.changed();
  t.equal(await broken.catch((error: Error) => error.message), 'enough');
});

test('topics end with the client’s number, and a list has lines, titles and an end', (t) => {
  t.equal(clientOfTopic('fed/r/up/client-7'), 7);
  for (const topic of ['fed/r/up/client-', 'fed/r/up/client-1234567890', 'fed/r/round', 'client-7'])
    t.ok(Number.isNaN(clientOfTopic(topic)), topic);
  const titles = (text: string) => readItemList(text, 'list').map(({ id, title }) => `${id}=${title}`);
  t.deepEqual(titles('\uFEFF"id","Title"\n\n1,"A ""b"""\n2,C'), ['1=A "b"', '2=C']);
  t.deepEqual(titles('1\tA\n2\tB'), ['1=A', '2=B']);
  t.throws(() => titles('1|\n2|B'), /^ClassError: list:1: a line must have a title, got "1\|"$/);
  t.throws(() => titles('|A\n2|B'), /^ClassError: list:1: a line must have a title/);
  t.equal(readItemList(`${'x'.repeat(300)}\nb`, 'list')[0]!.title.length, 200);
  const many = (count: number) => Array.from({ length: count }, (_, at) => `i${at}`).join('\n');
  t.equal(readItemList(many(20_000), 'list').length, 20_000);
  t.throws(() => readItemList(many(20_001), 'list'), /list must list 2 to 20000 items, got 20001/);
  t.end();
});
