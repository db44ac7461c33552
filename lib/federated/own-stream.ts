// Where a client's own draws come from: its start, negatives, decoys, noise and windows. In a simulation, and by default, from the run's
// seed; a participant on a device of its own may have a seed that nobody else knows (lib/classroom/home.ts).
import { type KeyPart, type RandomStream, randomStream } from '../numeric/rng.ts';
import type { Settings } from './settings.ts';

/** Opens the stream of a purpose that is one client's own business. */
export type OwnStream = (...key: KeyPart[]) => RandomStream;

/** The streams of the run's seed. */
export function streamsOfRun({ seed }: Pick<Settings, 'seed'>): OwnStream {
  return (...key) => randomStream(seed, ...key);
}
