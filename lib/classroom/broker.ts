// The broker inside this process: aedes. Participants reach it over streams that the gate has checked; the server over a stream
// that never leaves the process. What each may say and hear is decided here once more, by its name.
import { type Duplex, duplexPair } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import { loadAedes } from './packages.ts';
import { clientOfTopic, mayPublish, maySubscribe, serverName } from './topics.ts';

/** A way to the broker, wherever it runs. */
export interface Broker {
  /** A stream for the server of the class. */
  openServer(): Duplex;
  /** Connects a participant's stream, whose token was checked: it can only be this client. */
  connect(client: number, stream: Duplex): void;
  close(): Promise<void>;
}

/** Both ends of a line inside this process; when one is gone, the other knows. */
export function streamPair(): [ours: Duplex, theirs: Duplex] {
  const [ours, theirs] = duplexPair();
  ours.once('close', () => theirs.destroy());
  theirs.once('close', () => ours.destroy());
  return [ours, theirs];
}

/** Milliseconds until a connection has to have said who it is, and until one that does not read is given up. */
const CONNECT_LIMIT = 10_000;
const DRAIN_LIMIT = 20_000;

/** Starts a broker for one run. @throws ClassError */
export async function embeddedBroker(run: string): Promise<Broker> {
  const { Aedes: AedesClass } = await loadAedes();
  const nameOf = new WeakMap<Duplex, string>();
  const broker: Aedes = await AedesClass.createBroker({
    connectTimeout: CONNECT_LIMIT,
    drainTimeout: DRAIN_LIMIT,
    concurrency: 1000,
    maxInflightInbound: 16,
    maxClientsIdLength: 64,
    authenticate(client, _username, _password, done) {
      done(null, nameOf.get(client.conn as Duplex) === client.id);
    },
    authorizePublish(client, { topic, retain }, done) {
      if (client === null) return done(null); // the broker itself: last wills, which the gate has checked
      done(isServer(client) || isAllowed(mayPublish, topic, client) ? null : foreign(client, topic, retain));
    },
    authorizeSubscribe(client, subscription, done) {
      const { topic } = subscription;
      const isFine = isServer(client) || isAllowed(maySubscribe, topic, client);
      done(isFine ? null : foreign(client, topic), subscription);
    },
  });
  const isAllowed = (list: typeof mayPublish, topic: string, { id }: Client) =>
    list(run, clientOfTopic(`/${id}`)).includes(topic);
  const handle = (stream: Duplex, name: string) => {
    nameOf.set(stream, name);
    broker.handle(stream);
  };
  return {
    openServer() {
      const [ours, theirs] = streamPair();
      handle(theirs, serverName);
      return ours;
    },
    connect: (client, stream) => handle(stream, `client-${client}`),
    close: () => new Promise((resolve) => broker.close(resolve)),
  };
}

function isServer({ id }: Client): boolean {
  return id === serverName;
}

function foreign({ id }: Client, topic: string, isRetained = false): Error {
  return new Error(`${id} may not use the topic ${topic}${isRetained ? ' (retained)' : ''}`);
}
