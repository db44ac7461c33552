// Random orders, and samples of whole numbers. In: a stream (rng.ts); out: what it decides.
import { expectKind, inWords } from './arguments.ts';
import type { RandomStream } from './rng.ts';

/**
 * Puts the elements of `values` into a random order, in place (Fisher & Yates, 1938).
 *
 * @example
 * shuffle([1, 2, 3], randomStream(1)).length; // 3
 */
export function shuffle<T extends { length: number; [index: number]: unknown }>(
  values: T,
  rng: RandomStream,
): T {
  if (typeof values?.length !== 'number' || typeof values === 'function')
    throw new TypeError(`shuffle: values must be an array, got ${inWords(values)}`);
  expectKind('shuffle', 'rng', rng, 'stream', 'randomStream(1)');
  for (let last = values.length - 1; last > 0; last--) {
    const other = rng.integer(last + 1);
    const kept = values[last];
    values[last] = values[other];
    values[other] = kept;
  }
  return values;
}

/**
 * Draws `count` different integers from [0, population), in increasing order (Floyd's method: O(count) memory).
 *
 * @throws RangeError if count is not a whole number between 0 and population
 * @example
 * sampleWithoutReplacement(2, 5, randomStream(1)).length; // 2
 */
export function sampleWithoutReplacement(count: number, population: number, rng: RandomStream): Uint32Array {
  if (!Number.isInteger(count) || count < 0 || count > population) {
    throw new RangeError(
      `sampleWithoutReplacement: count must be a whole number between 0 and the population (${population}), got ${count}`,
    );
  }
  expectKind('sampleWithoutReplacement', 'rng', rng, 'stream', 'randomStream(1)');
  const chosen = new Set<number>();
  for (let top = population - count; top < population; top++) {
    const candidate = rng.integer(top + 1);
    chosen.add(chosen.has(candidate) ? top : candidate);
  }
  return Uint32Array.from(chosen).sort();
}
