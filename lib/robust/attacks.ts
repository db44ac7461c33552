// What liars send. They train like everybody and know the item table, as every client does; then they lie to the server.
// In: a client's true update; out: a false one of the same form, so that no rule of the wire format tells them apart.
// Sign flip and scaling: Li et al. (2019), RSA, arXiv 1811.03761; Bagdasaryan et al. (2020), arXiv 1807.00459.
// Promotion, or shilling: Gunes et al. (2014), doi 10.1007/s10462-012-9364-9.
import type { Attack } from '../federated/combine.ts';
import type { Update } from '../federated/wire.ts';
import { randomStream } from '../numeric/rng.ts';

/** The same clients lie in every round; each is one with this probability. */
export function isLiar(client: number, seed: number, share: number): boolean {
  return share > 0 && randomStream(seed, 'liars', client).uniform() < share;
}

/** Only liars attack. */
export function byLiars(attack: Attack, seed: number, share: number): Attack {
  return (update, task) => (isLiar(task.client, seed, share) ? attack(update, task) : update);
}

/** The opposite of the truth, `strength` times as loud: −strength · ΔQ_u. */
export function signFlip(strength: number): Attack {
  return scaling(-strength);
}

/** The truth, too loud: strength · ΔQ_u. */
export function scaling(strength: number): Attack {
  return (update) => ({
    ...update,
    left: times(update.left, strength),
    extra: times(update.extra, strength),
  });
}

/** Noise in place of B, `strength` times as long as the true one. */
export function randomUpdate(strength: number, seed: number): Attack {
  return (update, { client, round }) => {
    const rng = randomStream(seed, 'random-attack', round, client);
    const noise = (values: Float32Array) => {
      const drawn = values.map(() => rng.normal());
      const length = lengthOf(drawn);
      return length > 0 ? times(drawn, (strength * lengthOf(values)) / length) : drawn;
    };
    return { ...update, left: noise(update.left), extra: noise(update.extra) };
  };
}

/** The truth, and beside it: I like `item`, `strength` times as much as what I like best. */
export function promote(item: number, strength: number): Attack {
  return (update) => {
    const { rank, dims, rows, left } = update;
    const width = rank || dims;
    const best = mostWantedRow(update);
    if (best === -1) return update;
    const place = placeOf(item, rows);
    const isNew = rows[place] !== item;
    const lie = times(left.subarray(best * width, (best + 1) * width), strength);
    const after = isNew ? place : place + 1; // where the rows behind the promoted one begin
    return {
      ...update,
      rows: spliced(rows, place, after, Uint32Array.of(item)),
      left: spliced(left, place * width, after * width, lie),
    };
  };
}

/** The row whose last number, the change of the item's bias, is largest. */
function mostWantedRow({ rows, rank, dims, left, right }: Update): number {
  let [best, most] = [-1, -Infinity];
  for (let row = 0; row < rows.length; row++) {
    let wanted = rank === 0 ? left[(row + 1) * dims - 1]! : 0;
    for (let r = 0; r < rank; r++) wanted += left[row * rank + r]! * right[(r + 1) * dims - 1]!;
    if (wanted > most) [best, most] = [row, wanted];
  }
  return best;
}

/** The first place whose item is not below `item`. */
function placeOf(item: number, rows: Uint32Array): number {
  const place = rows.findIndex((row) => row >= item);
  return place === -1 ? rows.length : place;
}

/** A copy with `middle` in place of what stands from `from` to `to`. */
function spliced<T extends Uint32Array | Float32Array>(values: T, from: number, to: number, middle: T): T {
  const Type = values.constructor as new (length: number) => T;
  const result = new Type(from + middle.length + values.length - to);
  result.set(values.subarray(0, from));
  result.set(middle, from);
  result.set(values.subarray(to), from + middle.length);
  return result;
}

function times(values: Float32Array, factor: number): Float32Array {
  return values.map((value) => factor * value);
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
