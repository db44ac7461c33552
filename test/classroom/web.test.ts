// The web of a class as strangers, participants and the teacher reach it: over sockets and requests of their own, with and without TLS.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as mqtt from 'mqtt';
import test from 'tape';
import { WebSocket } from 'ws';
import type { ClassEvent } from '../../lib/classroom/class-options.ts';
import { classAt, enterClass, lineOf, takeSeat } from '../../lib/classroom/join-class.ts';
import { encodePresence } from '../../lib/classroom/messages.ts';
import { mqttLink } from '../../lib/classroom/mqtt-link.ts';
import { classPackages } from '../../lib/classroom/packages.ts';
import { type ServeOptions, serveClass } from '../../lib/classroom/serve-class.ts';
import { clientName, topicsOf } from '../../lib/classroom/topics.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { runHere } from '../cli/command-line.ts';
import { makeCertificate, needsOpenssl } from '../own-certificate.ts';
import { CommandProcess } from '../queue/command-process.ts';
import { homeRatings, people, settingsOf } from './class-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-web-'));
test.onFinish(() => rmSync(folder, { recursive: true, force: true }));
let classes = 0;

/** A class on this machine, and what has happened in it. */
async function serving(options: Partial<ServeOptions> = {}) {
  const events: ClassEvent[] = [];
  const listeners = new Set<() => void>();
  const served = await serveClass({
    ...{ recipe: fedtlrec, settings: settingsOf(fedtlrec, { rounds: 2, evaluateEvery: 2 }), seats: 3 },
    items: Array.from({ length: 60 }, (_, item) => ({ id: `${item}`, title: `film ${item}` })),
    ...{ code: 'apple', out: join(folder, `${++classes}`), isResumed: false, port: 0, host: '127.0.0.1' },
    ...{ deadline: 60_000, quorum: 0.5, startWith: 3, asksForFigures: false },
    pages: new Map([['index.html', 'the page']]),
    ...options,
    onEvent(event) {
      events.push(event);
      for (const look of listeners) look();
    },
  });
  /** The first event, from the n-th on, that is as wanted. */
  const happened = (isWanted: (event: ClassEvent) => boolean, from = 0) =>
    new Promise<ClassEvent>((resolve) => {
      const look = () => {
        const event = events.slice(from).find(isWanted);
        if (!event) return;
        listeners.delete(look);
        resolve(event);
      };
      listeners.add(look);
      look();
    });
  return { ...served, address: `http://127.0.0.1:${served.port}`, events, happened };
}

/** Status of the answer to an upgrade; 101 and the open socket if it is granted. */
function upgrade(url: string): Promise<{ status: number; socket: WebSocket }> {
  const socket = new WebSocket(url, 'mqtt');
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.once('open', () => resolve({ status: 101, socket }));
    socket.once('unexpected-response', (_request, { statusCode }) =>
      resolve({ status: statusCode!, socket }),
    );
  });
}

test('a socket is opened for a seat’s token only, and for three lines at a time', async (t) => {
  const { address, close, happened } = await serving();
  const [first, second] = [await takeSeat(address, 'apple'), await takeSeat(address, 'apple')];
  const statusOf = async (url: string) => (await upgrade(url)).status;
  t.equal(await statusOf(lineOf(address, { ...first, token: second.token })), 401, 'another one’s token');
  t.equal(await statusOf(lineOf(address, { client: 2, token: first.token })), 401, 'for another number');
  t.equal(await statusOf(address.replace('http:', 'ws:').concat('/mqtt')), 401, 'no token');
  t.equal(await statusOf(lineOf(address, first).replace('/mqtt', '/other')), 404, 'another path');
  await happened((event) => event.type === 'refused' && /without a valid token/.test(event.reason));
  const lines = [];
  for (let at = 0; at < 4; at++) lines.push(await upgrade(lineOf(address, first)));
  t.deepEqual(
    lines.map(({ status }) => status),
    [101, 101, 101, 429],
  );
  t.equal(await statusOf(lineOf(address, second)), 101, 'another seat has its own');
  await close();
});

test('a packet that is too long, or no MQTT, ends the line before the broker sees it, and the dashboard hears why', async (t) => {
  const { address, close, happened } = await serving();
  for (const [bytes, reason] of [
    [[0x10, 0xff, 0xff, 0xff, 0x7f], /a packet of \d+ bytes is longer than \d+/],
    [[0x30, 2, 0, 0], /a line says once, and first, who it is/],
  ] as const) {
    const seat = await takeSeat(address, 'apple');
    const { socket } = await upgrade(lineOf(address, seat));
    socket.send(Uint8Array.from(bytes));
    await once(socket, 'close');
    const refused = (event: ClassEvent) => event.type === 'refused' && event.client === seat.client;
    const event = await happened(refused);
    t.match('reason' in event ? event.reason : '', reason);
  }
  const tooLong = await takeSeat(address, 'apple');
  const { socket } = await upgrade(lineOf(address, tooLong));
  socket.send(new Uint8Array(1_000_000)); // a frame longer than any packet may be
  t.equal((await once(socket, 'close'))[0], 1009, 'too large');
  await close();
});

test('the teacher’s key opens the dashboard, pauses, closes rounds and takes participants out', async (t) => {
  const { address, run, close, finish, teacherKey, happened, events } = await serving();
  t.equal((await fetch(`${address}/board?key=guessed`)).status, 403);
  const command = async (name: string, client = -1, key = teacherKey) => {
    const body = JSON.stringify({ key, name, client });
    return (await fetch(`${address}/command`, { method: 'POST', body })).status;
  };
  t.equal(await command('next', -1, 'guessed'), 404);
  t.equal(await command('explode'), 400);
  const board = await fetch(`${address}/board?key=${teacherKey}`);
  const [first] = [await board.body!.getReader().read()];
  t.match(new TextDecoder().decode(first.value), /^data: \{"about":\{"run":"/);

  const split = people(3);
  const facts = await classAt(address);
  const members = [];
  for (const user of [0, 1]) {
    const seat = await takeSeat(address, 'apple');
    const ratings = homeRatings(split, user);
    members.push(await enterClass({ address, facts, seat, ratings, mqtt, givesFigures: false }));
  }
  await happened(() => events.filter(({ type }) => type === 'entered').length >= 2);
  const ended = finish();
  const waits = (reason: RegExp) => (event: ClassEvent) =>
    event.type === 'waiting' && reason.test(event.reason);
  await happened(waits(/2 of 3 participants are here/));
  const silentSeat = await takeSeat(address, 'apple');
  const name = clientName(silentSeat.client);
  const silent = mqttLink(mqtt, lineOf(address, silentSeat), { name });
  const said = { client: silentSeat.client, isHere: true, session: 1, modelRound: 0, tableRound: 0 };
  const presence = encodePresence({ ...said, givesFigures: false });
  await silent.publish(topicsOf(run).here(silentSeat.client), presence, { isRetained: true });

  const answered = (from: number) =>
    happened(() => events.slice(from).filter(({ type }) => type === 'answered').length >= 2);
  await answered(0);
  t.notOk(
    events.some(({ type }) => type === 'updates-merged'),
    'the round waits for the third',
  );
  t.equal(await command('pause'), 200);
  t.equal(await command('next'), 200);
  await happened(waits(/paused/));
  t.ok(
    events.some((event) => event.type === 'updates-merged' && event.clients === 2),
    'closed with two',
  );
  const from = events.length;
  t.equal(await command('go'), 200);
  await answered(from);
  t.notOk(
    events.slice(from).some(({ type }) => type === 'updates-merged'),
    'and waits again',
  );
  const cut = new Promise<void>((resolve) => silent.onBroken(() => resolve()));
  t.equal(await command('drop', silentSeat.client), 200);
  t.match(await ended, /^[0-9a-f]{64}$/, 'nobody waits for who was taken out');
  await cut;
  await Promise.all([silent.close(true), ...members.map(({ participant }) => participant.leave())]);
  await close();
});

test(
  'with --cert and --key the page, the seat and the messages go over TLS, also for a file of one’s own',
  needsOpenssl,
  async (t) => {
    const { cert, key } = makeCertificate(folder);
    const pair = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    const { port, close, finish, happened } = await serving({ certificate: pair, startWith: 1, quorum: 1 });
    const asked = (ca: string | undefined) =>
      new Promise<string>((resolve, reject) => {
        const request = secureRequest(`https://127.0.0.1:${port}/`, { ca }, (response) => {
          response.on('data', (bytes) => resolve(String(bytes)));
        });
        request.on('error', reject).end();
      });
    t.equal(await asked(pair.cert), 'the page');
    await asked(undefined).then(
      () => t.fail('who does not trust the certificate gets nothing'),
      ({ code }) => t.match(code, /SELF_SIGNED/),
    );
    const ended = finish();
    const ratings = join(folder, 'mine.csv');
    writeFileSync(ratings, ['user,item,rating', ...[3, 5, 8, 13].map((item) => `me,${item},5`)].join('\n'));
    const words = ['join', `https://127.0.0.1:${port}`, '--code', 'apple', '--ratings', ratings];
    const joined = await CommandProcess.start(words, { NODE_EXTRA_CA_CERTS: cert });
    await happened((event) => event.type === 'answered');
    t.match(await ended, /^[0-9a-f]{64}$/);
    t.match((await joined.ended()).text, /The ten best for you/);
    await close();
    const half = ['serve', '--items', ratings, '--code', 'a', '--out', join(folder, 'half'), '--cert', cert];
    const { code, stderr } = await runHere(half);
    t.deepEqual([code, stderr], [2, 'fedtlrec: --cert and --key belong together\n']);
  },
);

test('the packages of a class are optional peers, and no dependency of whoever trains alone', (t) => {
  const { peerDependenciesMeta, dependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  for (const name of classPackages) {
    t.ok(peerDependenciesMeta[name]?.optional, `${name} is optional`);
    t.notOk(name in dependencies, `${name} is not installed with the library`);
  }
  t.end();
});
