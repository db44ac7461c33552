// The line to a NATS server with JetStream, over TCP. In: an address, with a user and password or a token if the server asks for one;
// out: the line, which is opened again whenever it breaks. What is wrong with the address or the server is told in one line.
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { loadJetStream, loadTransport } from './packages.ts';
import { QueueError } from './queue-error.ts';

export interface Connection {
  readonly line: NatsConnection;
  readonly streams: JetStreamManager;
  readonly client: JetStreamClient;
}

/** Milliseconds between two attempts to open the line again. */
const RETRY_MS = 500;
/** What people type who have no server yet. */
const HOW_TO_START = 'start one with "nats-server -js" (Debian: apt-get install nats-server)';

/**
 * Opens the line.
 *
 * @param onChange hears when the line breaks and when it is back
 * @throws QueueError if the address is wrong, nobody is there, the server wants to know who asks, or keeps nothing
 */
export async function openConnection(
  address: string,
  onChange: (isThere: boolean) => void = () => {},
): Promise<Connection> {
  const asked = optionsOf(address);
  const { connect } = await loadTransport();
  const { jetstream, jetstreamManager } = await loadJetStream();
  const line = await connect(asked).catch((error: Error) => {
    throw refusal(address, error);
  });
  void tellChanges(line, onChange);
  try {
    return { line, streams: await jetstreamManager(line), client: jetstream(line) };
  } catch (error) {
    await line.close();
    throw new QueueError(
      `the server at ${shownAddress(address)} keeps nothing: it must run with JetStream, "nats-server -js" (${(error as Error).message})`,
    );
  }
}

/** The address without what is secret. */
export function shownAddress(address: string): string {
  return address.replace(/^(\w+:\/\/)[^/]*@/, '$1');
}

function optionsOf(address: string): ConnectionOptions {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new QueueError(`the address of a queue must be such as nats://localhost:4222, got ${address}`);
  }
  if ((url.protocol !== 'nats:' && url.protocol !== 'tls:') || url.hostname === '')
    throw new QueueError(
      `the address of a queue must be nats://HOST or tls://HOST, got ${shownAddress(address)}`,
    );
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    servers: `${url.hostname}:${url.port || 4222}`,
    ...(password ? { user, pass: password } : user ? { token: user } : {}),
    ...(url.protocol === 'tls:' ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    timeout: 10_000,
  };
}

function refusal(address: string, error: Error): QueueError {
  const text = `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`.trim();
  const shown = shownAddress(address);
  if (/authori[sz]ation|authentication/i.test(text))
    return new QueueError(
      `the server at ${shown} does not let this user in; name one in the address: nats://USER:PASSWORD@HOST or nats://TOKEN@HOST`,
    );
  if (/certificate|altname/i.test(text))
    return new QueueError(
      `the certificate of the server at ${shown} is not trusted (${text}); if it is your lab's own, set NODE_EXTRA_CA_CERTS=FILE to it`,
    );
  if (/server does not support 'tls'/i.test(text))
    return new QueueError(`the server at ${shown} does not speak TLS; write nats://HOST for it`);
  return new QueueError(`no NATS server answers at ${shown} (${text}); ${HOW_TO_START}`);
}

async function tellChanges(line: NatsConnection, onChange: (isThere: boolean) => void): Promise<void> {
  for await (const { type } of line.status()) {
    if (type === 'disconnect') onChange(false);
    else if (type === 'reconnect') onChange(true);
  }
}
