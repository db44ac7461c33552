// The broker inside this process: aedes. Participants reach it over streams that the gate has checked; the server without a line at
// all. What each may say and hear is decided here once more, by its name.
import type { Duplex } from 'node:stream';
import type { Aedes, AedesPublishPacket, Client } from 'aedes';
import type { Link } from './link.ts';
import { loadAedes } from './packages.ts';
import { clientName, mayPublish, maySubscribe } from './topics.ts';

/** A way to the broker, wherever it runs. */
export interface Broker {
  /** The line of the class's server. */
  openLink(): Link;
  /** Connects a participant's stream, whose token was checked: it can only be this client. */
  connect(client: number, stream: Duplex): void;
  close(): Promise<void>;
}

/** Milliseconds until a connection has to have said who it is, and until one that does not read is given up. */
const CONNECT_LIMIT = 10_000;
const DRAIN_LIMIT = 20_000;

/** What a connection may do. */
interface Rights {
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What is used of the broker's memory. */
interface Retained {
  createRetainedStreamCombi(topics: readonly string[]): AsyncIterable<AedesPublishPacket>;
}

const none: Rights = { name: '', publish: [], subscribe: [] };

/** Starts a broker for one run. @throws ClassError */
export async function embeddedBroker(run: string): Promise<Broker> {
  const { Aedes: AedesClass } = await loadAedes();
  const rights = new WeakMap<Duplex, Rights>();
  const rightsOf = ({ conn }: Client) => rights.get(conn as Duplex) ?? none;
  const broker: Aedes = await AedesClass.createBroker({
    connectTimeout: CONNECT_LIMIT,
    drainTimeout: DRAIN_LIMIT,
    concurrency: 1000,
    maxInflightInbound: 16,
    maxClientsIdLength: 64,
    authenticate(client, _username, _password, done) {
      done(null, rightsOf(client).name === client.id);
    },
    authorizePublish(client, { topic, retain }, done) {
      if (client === null) return done(null); // the broker itself: last wills, which the gate has checked
      done(rightsOf(client).publish.includes(topic) ? null : foreign(client, topic, retain));
    },
    authorizeSubscribe(client, subscription, done) {
      const { topic } = subscription;
      done(rightsOf(client).subscribe.includes(topic) ? null : foreign(client, topic), subscription);
    },
  });
  return {
    openLink: () => linkInside(broker),
    connect(client, stream) {
      rights.set(stream, {
        name: clientName(client),
        publish: mayPublish(run, client),
        subscribe: maySubscribe(run, client),
      });
      broker.handle(stream);
    },
    close: () => new Promise((resolve) => broker.close(resolve)),
  };
}

/** The server's line, which cannot break: what it says is with the broker at once. */
function linkInside(broker: Aedes): Link {
  let isClosed = false;
  return {
    async publish(topic, message, { isRetained: retain = false } = {}) {
      if (isClosed) return;
      const packet = {
        cmd: 'publish',
        topic,
        payload: message as Buffer,
        qos: 1,
        retain,
        dup: false,
      } as const;
      await new Promise<void>((resolve, reject) =>
        broker.publish(packet, (error) => (error ? reject(error) : resolve())),
      );
    },
    async subscribe(topics, listener) {
      const hear = ({ topic, payload }: AedesPublishPacket, done: () => void) => {
        if (!isClosed) listener(topic, new Uint8Array(payload as Buffer));
        done();
      };
      await Promise.all(
        topics.map((topic) => new Promise<void>((resolve) => broker.subscribe(topic, hear, resolve))),
      );
      // The broker gives what it has retained only to lines; participants may have said that they are here before.
      const { persistence } = broker as unknown as { persistence: Retained };
      for await (const packet of persistence.createRetainedStreamCombi(topics)) hear(packet, () => {});
    },
    onOpen: (callback) => callback(),
    onBroken() {},
    async close() {
      isClosed = true;
    },
  };
}

function foreign({ id }: Client, topic: string, isRetained = false): Error {
  return new Error(`${id} may not use the topic ${topic}${isRetained ? ' (retained)' : ''}`);
}
