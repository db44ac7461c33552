// The packages behind a queue, which are installed only by those who use one: loaded on demand, and missed with a line that says how to
// install them.
import { loadOptional } from '../node/optional-package.ts';
import { QueueError } from './queue-error.ts';

/** The packages that a queue needs. */
export const queuePackages = ['@nats-io/transport-node', '@nats-io/jetstream', '@nats-io/obj'] as const;

/** The client of NATS over TCP. @throws QueueError */
export function loadTransport(): Promise<typeof import('@nats-io/transport-node')> {
  return found('@nats-io/transport-node', () => import('@nats-io/transport-node'));
}

/** What NATS keeps on disk. @throws QueueError */
export function loadJetStream(): Promise<typeof import('@nats-io/jetstream')> {
  return found('@nats-io/jetstream', () => import('@nats-io/jetstream'));
}

/** Large data, in pieces. @throws QueueError */
export function loadObjects(): Promise<typeof import('@nats-io/obj')> {
  return found('@nats-io/obj', () => import('@nats-io/obj'));
}

/** @throws QueueError if the package is not there; other errors as they are */
export function found<T>(name: string, load: () => Promise<T>): Promise<T> {
  const install = `install them all: npm install ${queuePackages.join(' ')}`;
  return loadOptional(
    name,
    load,
    () => new QueueError(`a queue needs the package ${name}, which is not installed; ${install}`),
  );
}
