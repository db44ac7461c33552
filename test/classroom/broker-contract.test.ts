// What a class asks of a broker, whichever it is: the embedded one and mosquitto are held to the same. mosquitto's part skips with the
// reason where that is not installed.
import { type Duplex, duplexPair } from 'node:stream';
import * as mqtt from 'mqtt';
import test from 'tape';
import { type Broker, embeddedBroker } from '../../lib/classroom/broker.ts';
import { externalBroker } from '../../lib/classroom/external-broker.ts';
import type { Link } from '../../lib/classroom/link.ts';
import { mqttLink } from '../../lib/classroom/mqtt-link.ts';
import { clientName, topicsOf } from '../../lib/classroom/topics.ts';
import { needsMosquitto, startMosquitto } from './installed-mosquitto.ts';

const topics = topicsOf('contract');
const bytes = (...values: number[]) => Uint8Array.from(values);

/** Collects what is heard, and waits for so many messages. */
function listener() {
  const heard: string[] = [];
  let look = () => {};
  return {
    heard,
    hear(topic: string, message: Uint8Array) {
      heard.push(`${topic.split('/').slice(2).join('/')} ${[...message].join()}`);
      look();
    },
    atLeast: (count: number) =>
      new Promise<void>((resolve) => {
        look = () => heard.length >= count && resolve();
        look();
      }),
  };
}

function lineOf(broker: Broker, client: number): { link: Link; ours: () => Duplex } {
  let ours: Duplex | undefined;
  const open = () => {
    const [near, far] = duplexPair();
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    broker.connect(client, far);
    ours = near;
    return near;
  };
  const lastWill = { topic: topics.here(client), message: bytes(0) };
  return {
    link: mqttLink(mqtt, open, { name: clientName(client), lastWill, retryAfter: 20 }),
    ours: () => ours!,
  };
}

for (const [name, options, open] of [
  ['the embedded broker', {}, async () => ({ broker: await embeddedBroker('contract'), stop: () => {} })],
  [
    'mosquitto',
    needsMosquitto,
    async () => {
      const { address, stop } = await startMosquitto();
      return { broker: await externalBroker(address), stop };
    },
  ],
] as const)
  test(
    `${name}: who was here first is heard, answers arrive confirmed or not, who comes late hears the round, what is for one goes to one, a broken line is told and mended`,
    options,
    async (t) => {
      const { broker, stop } = await open();
      const server = broker.openLink();
      const [atServer, first, second] = [listener(), listener(), listener()];
      const early = lineOf(broker, 3);
      await early.link.publish(topics.here(3), bytes(1), { isRetained: true });
      await new Promise((resolve) => setTimeout(resolve, 50)); // brokers confirm before they hand on
      await server.subscribe(['fed/contract/up/+', 'fed/contract/here/+'], atServer.hear);
      await new Promise<void>((resolve) => server.onOpen(resolve));
      await atServer.atLeast(1);
      t.deepEqual(atServer.heard.splice(0), ['here/client-3 1'], 'it came before the server listened');
      await server.publish(topics.round, bytes(1), { isRetained: true });

      const [one, two] = [lineOf(broker, 1), lineOf(broker, 2)];
      await one.link.subscribe([topics.round], first.hear, { isConfirmed: false });
      await one.link.subscribe([topics.mine(1)], first.hear);
      await two.link.subscribe([topics.round, topics.mine(2)], second.hear);
      await Promise.all([first.atLeast(1), second.atLeast(1)]);
      await server.publish(topics.mine(1), bytes(7));
      await first.atLeast(2);
      t.deepEqual(first.heard, ['round 1', 'mine/client-1 7']);

      for (let at = 0; at < 20; at++) await one.link.publish(topics.up(1), bytes(at), { isConfirmed: false });
      await atServer.atLeast(20);
      await one.link.publish(topics.up(1), bytes(99));
      await atServer.atLeast(21);
      const sent = [...Array.from({ length: 20 }, (_, at) => at), 99];
      t.deepEqual(
        atServer.heard,
        sent.map((at) => `up/client-1 ${at}`),
        'in their order',
      );

      one.ours().destroy(); // without a farewell
      await atServer.atLeast(22);
      t.equal(atServer.heard.at(-1), 'here/client-1 0', 'the last will');
      await first.atLeast(3);
      t.equal(first.heard.at(-1), 'round 1', 'a new line begins with the round');
      t.deepEqual(second.heard, ['round 1'], 'and the other has heard nothing of all this');
      await Promise.all([...[early, one, two].map(({ link }) => link.close(true)), server.close(true)]);
      await broker.close();
      await stop();
    },
  );
