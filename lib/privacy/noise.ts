// Noise on an update. Which rows a message names is as telling as its numbers, so a private message names every item,
// and every number of it is noisy, also where the client has nothing to say. Such a message has full rank: noise on
// the factors would keep it small, but the noise of B times the noise of A then outgrows both (docs/privacy.md).
// In: a clipped update; out: rows of all items [items, D], ready for the wire. Dwork & Roth (2014), sections 3.3 and A.

import type { NoiseKind } from '../federated/settings.ts';
import { expandUpdate, type Update } from '../federated/wire.ts';
import type { RandomStream } from '../numeric/rng.ts';

/** The same update without factors and with a row for every item, zero where the client has nothing to say. */
export function withEveryRow(update: Update, items: number): Update {
  const { rows, dims, left, ...rest } = expandUpdate(update);
  if (dims === 0 || rows.length === items) return { rows, dims, left, ...rest };
  const spread = new Float32Array(items * dims);
  rows.forEach((item, row) => {
    spread.set(left.subarray(row * dims, (row + 1) * dims), item * dims);
  });
  return { ...rest, dims, rows: Uint32Array.from({ length: items }, (_, item) => item), left: spread };
}

/**
 * Adds independent noise to every number of an update, a row for every item included (Eq. 25).
 *
 * @param scale σ of a Gaussian, b of a Laplace number
 * @param rng one stream for each message; a real client needs a cryptographic one that nobody can repeat
 * @throws RangeError unless the scale is at least 0
 */
export function addNoise(
  update: Update,
  items: number,
  noise: NoiseKind,
  scale: number,
  rng: RandomStream,
): Update {
  if (!(scale >= 0)) throw new RangeError(`addNoise: scale must be at least 0, got ${scale}`);
  const whole = withEveryRow(update, items);
  const noisy = (values: Float32Array) => {
    const result = new Float32Array(values.length);
    for (let index = 0; index < result.length; index++) {
      const drawn = noise === 'laplace' ? rng.laplace(scale) : scale * rng.normal();
      result[index] = values[index]! + drawn;
    }
    return result;
  };
  return { ...whole, left: noisy(whole.left), extra: noisy(whole.extra) };
}
