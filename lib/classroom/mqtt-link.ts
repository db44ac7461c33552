// A line to an MQTT broker, over the package mqtt. In: an address, or a stream that leads to a broker in this process; out: a
// `Link`. The line is opened again whenever it breaks; what was on its way and has
// to be confirmed is sent again (quality of service 1).
import type { IClientOptions, MqttClient } from 'mqtt';
import { concatenate } from '../training/digest.ts';
import type { Link } from './link.ts';

/** What the package exports, as far as it is used; pages bundle it, Node loads it on demand. */
export type MqttPackage = Pick<typeof import('mqtt'), 'connect' | 'MqttClient'>;

export interface LinkOptions {
  /** The name by which the broker knows this end. */
  readonly name: string;
  readonly username?: string;
  readonly password?: string;
  /** What the broker says for this end if the line breaks. */
  readonly lastWill?: { readonly topic: string; readonly message: Uint8Array };
  /** Milliseconds until the line is opened again. Default: 500 */
  readonly retryAfter?: number;
}

/** What the package writes of a packet, in several pieces, leaves in one frame. In browsers the package does so by itself. */
export const oneFrameAPacket = {
  writev(this: unknown, pieces: ArrayLike<{ readonly chunk: Uint8Array }>, done: () => void): void {
    const stream = this as { _write(bytes: Uint8Array, encoding: string, done: () => void): void };
    stream._write(concatenate(Array.from(pieces, ({ chunk }) => chunk)), 'binary', done);
  },
};

/** Makes streams to the broker, one for each attempt. */
type OpenStream = ConstructorParameters<MqttPackage['MqttClient']>[0];

/** Opens a line; messages that are published before it is open wait. */
export function mqttLink(mqtt: MqttPackage, to: string | OpenStream, options: LinkOptions): Link {
  const { name, username, password, lastWill, retryAfter = 500 } = options;
  const asked: IClientOptions = {
    clientId: name,
    username,
    password,
    clean: true,
    keepalive: 20,
    reconnectPeriod: retryAfter,
    connectTimeout: 10_000,
    protocolVersion: 4,
    resubscribe: false, // done here: callers hear retained messages again
    wsOptions: oneFrameAPacket,
    will: lastWill && { topic: lastWill.topic, payload: lastWill.message as Buffer, qos: 1, retain: true },
  };
  const client = typeof to === 'string' ? mqtt.connect(to, asked) : new mqtt.MqttClient(to, asked);
  return linkOver(client);
}

function linkOver(client: MqttClient): Link {
  const subscribed: Record<string, { qos: 0 | 1 }> = {};
  const opened: (() => void)[] = [];
  const broken: ((reason: string) => void)[] = [];
  let reason = 'the line broke';
  client.on('error', (error) => {
    reason = error.message || String(error);
  });
  client.on('connect', () => {
    if (Object.keys(subscribed).length > 0) client.subscribe(subscribed);
    for (const callback of opened) callback();
  });
  client.on('close', () => {
    for (const callback of broken) callback(reason);
    reason = 'the line broke';
  });
  return {
    async publish(topic, message, { isRetained = false, isConfirmed = true } = {}) {
      if (client.disconnecting || client.disconnected) return; // it has hung up
      const qos = isConfirmed ? 1 : 0;
      // The package asks for a Buffer, which browsers have not; bytes are enough.
      await client.publishAsync(topic, message as Buffer, { qos, retain: isRetained });
    },
    async subscribe(topics, listener, { isConfirmed = true } = {}) {
      const exact = new Set(topics);
      const patterns = topics.filter((topic) => topic.includes('+')).map((topic) => topic.split('/'));
      client.on('message', (topic, payload) => {
        if (exact.has(topic) || isAmong(patterns, topic)) listener(topic, new Uint8Array(payload));
      });
      const asked = Object.fromEntries(topics.map((topic) => [topic, { qos: isConfirmed ? 1 : 0 } as const]));
      Object.assign(subscribed, asked);
      if (client.connected) await client.subscribeAsync(asked);
    },
    onOpen(callback) {
      opened.push(callback);
      if (client.connected) callback();
    },
    onBroken: (callback) => broken.push(callback),
    async close(isSilent = false) {
      await client.endAsync(isSilent);
    },
  };
}

/** Whether a topic is one of those whose parts are given, where + stands for any one part. */
function isAmong(patterns: readonly (readonly string[])[], topic: string): boolean {
  if (patterns.length === 0) return false;
  const parts = topic.split('/');
  return patterns.some(
    (wanted) =>
      wanted.length === parts.length && wanted.every((part, at) => part === '+' || part === parts[at]),
  );
}
