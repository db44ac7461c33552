// A line to an MQTT broker, over the package mqtt. In: an address, or a stream that leads to a broker in this process; out: a
// `Link`. The line is opened again whenever it breaks; what was on its way is sent again (quality of service 1).
import type { IClientOptions, MqttClient } from 'mqtt';
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
    will: lastWill && { topic: lastWill.topic, payload: lastWill.message as Buffer, qos: 1, retain: true },
  };
  const client = typeof to === 'string' ? mqtt.connect(to, asked) : new mqtt.MqttClient(to, asked);
  return linkOver(client);
}

function linkOver(client: MqttClient): Link {
  const subscribed: string[] = [];
  const opened: (() => void)[] = [];
  const broken: ((reason: string) => void)[] = [];
  let reason = 'the line broke';
  client.on('error', (error) => {
    reason = error.message || String(error);
  });
  client.on('connect', () => {
    if (subscribed.length > 0) client.subscribe(subscribed, { qos: 1 });
    for (const callback of opened) callback();
  });
  client.on('close', () => {
    for (const callback of broken) callback(reason);
    reason = 'the line broke';
  });
  return {
    async publish(topic, message, isRetained = false) {
      if (client.disconnecting || client.disconnected) return; // it has hung up
      // The package asks for a Buffer, which browsers have not; bytes are enough.
      await client.publishAsync(topic, message as Buffer, { qos: 1, retain: isRetained });
    },
    async subscribe(topics, listener) {
      client.on('message', (topic, payload) => {
        if (isAmong(topics, topic)) listener(topic, new Uint8Array(payload));
      });
      subscribed.push(...topics);
      if (client.connected) await client.subscribeAsync([...topics], { qos: 1 });
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

/** Whether a topic is one of those, where + stands for any one part. */
function isAmong(topics: readonly string[], topic: string): boolean {
  const parts = topic.split('/');
  return topics.some((pattern) => {
    const wanted = pattern.split('/');
    return wanted.length === parts.length && wanted.every((part, at) => part === '+' || part === parts[at]);
  });
}
