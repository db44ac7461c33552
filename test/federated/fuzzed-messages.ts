// Messages changed at random, with a checksum that fits, as a hostile client would send them.
// Whatever the change: a message is rejected with a `WireError`, or it is the one encoding of what was decoded from it.
import { type Codec, codecNames, decode, encode, type Update, WireError } from '../../lib/federated/wire.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';

const items = 60;
const dims = 4;
const expected = { client: 300, round: 7, items, dims, extra: 3 };

function randomUpdate(rng: RandomStream): Update {
  const rank = rng.integer(3);
  const rows = sampleWithoutReplacement(rng.integer(items + 1), items, rng);
  const numbers = (count: number) =>
    Float32Array.from({ length: count }, () => rng.normal() * 10 ** (rng.integer(5) - 2));
  const right = numbers(rank * dims);
  if (rng.integer(2) === 0) for (let row = 1; row <= rank; row++) right[row * dims - 1] = 1;
  return { ...expected, rank, rows, left: numbers(rows.length * (rank || dims)), right, extra: numbers(3) };
}

/** The last two bytes as they should be. */
function mend(message: Uint8Array): void {
  let [sum, sums] = [1, 0];
  for (let at = 0; at < message.length - 2; at++) {
    sum = (sum + message[at]!) % 251;
    sums = (sums + sum) % 251;
  }
  message.set([sum, sums], message.length - 2);
}

/** A few bytes overwritten, bits flipped, bytes cut off or added. */
function changed(message: Uint8Array, rng: RandomStream): Uint8Array {
  const length = Math.max(
    3,
    message.length + [0, 0, 0, -1 - rng.integer(8), 1 + rng.integer(8)][rng.integer(5)]!,
  );
  const copy = new Uint8Array(length);
  copy.set(message.subarray(0, length));
  for (let change = rng.integer(4); change >= 0; change--) {
    const at = rng.integer(rng.integer(2) === 0 ? Math.min(12, length) : length);
    if (rng.integer(2) === 0) copy[at] = rng.integer(256);
    else copy[at]! ^= 1 << rng.integer(8);
  }
  mend(copy);
  return copy;
}

/** Tries so many messages; the reasons of rejection without their numbers, how often each came, and what was wrong. */
export function fuzz(count: number, seed: number) {
  const rng = randomStream(seed, 'fuzzed-messages');
  const reasons = new Map<string, number>();
  const wrong: string[] = [];
  for (let trial = 0; trial < count; trial++) {
    const codec = codecNames[rng.integer(codecNames.length)]!;
    const message = changed(encode(randomUpdate(rng), items, codec), rng);
    let reason = 'accepted';
    try {
      const update = decode(message, expected);
      const again = encode(update, items, codecNames[message[4]! & 127] as Codec);
      if (Buffer.compare(again, message) !== 0) wrong.push(`${trial}: two messages for one update`);
    } catch (error) {
      if (!(error instanceof WireError)) wrong.push(`${trial}: ${error}`);
      reason = String(error).replace(/-?[\d.]+(e[+-]\d+)?|Infinity|NaN/g, 'N');
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { reasons, wrong };
}
