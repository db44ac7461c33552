// What travels of a federation's memory when a chunk of its clients is trained elsewhere: what every client has, once a round; the rows of
// the chunk's own clients, there and back. What only the server reads stays behind.
import type { Memory, StateArrays } from '../federated/memory.ts';
import { QueueError } from './queue-error.ts';

/** What every client has: the arrays that are neither rows of clients nor the server's own. */
export function sharedArrays({ arrays, clientRows, atServer }: Memory): StateArrays {
  return Object.fromEntries(
    Object.entries(arrays).filter(([name]) => !clientRows.has(name) && !atServer.has(name)),
  );
}

/** The rows of the clients from..to; views, nothing is copied. */
export function rowsOf({ arrays, clientRows }: Memory, from: number, to: number): StateArrays {
  return Object.fromEntries(
    [...clientRows].map(([name, width]) => [name, arrays[name]!.subarray(from * width, to * width)]),
  );
}

/**
 * Writes arrays over others.
 *
 * @throws QueueError, before anything is written, if they are not of the same names, types and lengths
 */
export function overwrite(arrays: StateArrays, by: StateArrays): void {
  const shapeOf = (all: StateArrays) =>
    Object.keys(all)
      .sort()
      .map((name) => `${name}: ${all[name]?.constructor.name} [${all[name]?.length}]`)
      .join(', ');
  const [expected, got] = [shapeOf(arrays), shapeOf(by)];
  if (expected !== got) throw new QueueError(`the arrays of a chunk must be ${expected}, got ${got}`);
  for (const [name, values] of Object.entries(by)) arrays[name]!.set(values);
}
