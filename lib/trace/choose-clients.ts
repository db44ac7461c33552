// Whom a trace follows. In: the split and how many; out: client numbers, evenly spread over all, so that the choice
// depends on nothing but these numbers.
import type { Interactions } from '../data/ratings.ts';
import { expectInteger } from '../numeric/ndarrays.ts';

/** How many of what a trace keeps. */
export interface TraceSizes {
  /** N: clients that are followed round by round. */
  readonly clients: number;
  /** M: clients among them whose ratings and attention are kept. */
  readonly owners: number;
  /** F: clients among them whose updates and lists are kept. */
  readonly focus: number;
}

export const defaultTraceSizes: TraceSizes = { clients: 100, owners: 32, focus: 3 };

/** Numbers of the followed clients, and the places of owners and focus among them. */
export interface ChosenClients {
  readonly clients: readonly number[];
  readonly owners: readonly number[];
  readonly focus: readonly number[];
}

/**
 * Chooses clients that have something to train on.
 *
 * @throws RangeError if a size is no whole number of at least 1
 */
export function chooseClients(train: Interactions, sizes: Partial<TraceSizes> = {}): ChosenClients {
  const wanted = { ...defaultTraceSizes, ...sizes };
  for (const name of ['clients', 'owners', 'focus'] as const) {
    expectInteger('chooseClients', name, wanted[name], 1, 100_000);
  }
  const active = Array.from({ length: train.users }, (_, client) => client).filter(
    (client) => train.offsets[client + 1]! > train.offsets[client]!,
  );
  const clients = spread(active, wanted.clients);
  const places = [...clients.keys()];
  const owners = spread(places, wanted.owners);
  return { clients, owners, focus: spread(owners, wanted.focus) };
}

/** `count` of the values, evenly spread, in order. */
function spread(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, index) => values[Math.floor((index * values.length) / count)]!);
}
