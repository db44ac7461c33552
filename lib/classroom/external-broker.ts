// A broker that runs elsewhere, such as mosquitto: the same lines, handed on to it over TCP once the gate has checked them.
// It must be reachable from this machine only: who may say what is decided here. In: its address; out: streams.

import { connect } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import type { Broker } from './broker.ts';
import { ClassError } from './class-error.ts';
import { mqttLink } from './mqtt-link.ts';
import { loadMqtt } from './packages.ts';
import { serverName } from './topics.ts';

/**
 * Finds a broker.
 *
 * @param address mqtt://HOST[:PORT] or mqtts://HOST[:PORT]
 * @throws ClassError if there is none, or the address is of another kind
 */
export async function externalBroker(address: string): Promise<Broker> {
  const open = opener(address);
  const mqtt = await loadMqtt();
  const probe = open();
  await new Promise<void>((resolve, reject) => {
    probe.once('connect', () => resolve());
    probe.once('error', (error) =>
      reject(new ClassError(`--broker ${address} cannot be reached: ${error.message}`)),
    );
  });
  probe.destroy();
  return {
    openLink: () => mqttLink(mqtt, open, { name: serverName }),
    connect(_client, stream) {
      const socket = open();
      pipeline(stream, socket, () => stream.destroy());
      pipeline(socket, stream, () => socket.destroy());
    },
    close: async () => {},
  };
}

function opener(address: string): () => Duplex {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new ClassError(`--broker must be an address such as mqtt://localhost:1883, got ${address}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'mqtt:') return () => connect({ host, port: Number(url.port || 1883) });
  if (url.protocol === 'mqtts:')
    return () => connectSecurely({ host, port: Number(url.port || 8883), servername: host });
  throw new ClassError(`--broker must begin with mqtt:// or mqtts://, got ${address}`);
}
