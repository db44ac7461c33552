// Secure sums: every client adds numbers to its update that look random, and that cancel in the sum of all. The server
// learns the sum of a cohort and nothing about its members. In: fixed-point numbers; out: masked words, their exact sum.
// After Bonawitz et al. (2017), Practical Secure Aggregation, doi 10.1145/3133956.3133982. In a simulation, seeds come from the run's
// seed, the generator is not a cryptographic one, and the clients that came through tell what is needed to unmask. In a class the same
// sums are masked by keys that participants agree on, and unmasked by shares of them: lib/classroom/masked-home.ts.
import { type RandomStream, randomStream } from '../numeric/rng.ts';

/** How real numbers become 32-bit words whose sum cannot overflow. */
export interface FixedPoint {
  readonly fractionBits: number;
  /** Numbers beyond ± this are set to it. */
  readonly largest: number;
}

/** The finest fixed point in which this many numbers of up to ± `largest` can be added (Eq. 31). */
export function fixedPointFor(clients: number, largest = 256): FixedPoint {
  if (!(clients >= 1 && largest > 0)) {
    throw new RangeError(`fixedPointFor: clients and largest must be above 0, got ${clients} and ${largest}`);
  }
  const fractionBits = Math.floor(Math.log2((2 ** 31 - 1) / clients / largest));
  if (fractionBits < 0) throw new RangeError(`fixedPointFor: ${clients} clients are too many for 32 bits`);
  return { fractionBits, largest };
}

/** round(x · 2ᶠ) modulo 2³², clamped (Eq. 31). */
export function toFixedPoint(values: ArrayLike<number>, { fractionBits, largest }: FixedPoint): Uint32Array {
  const words = new Uint32Array(values.length);
  const scale = 2 ** fractionBits;
  for (let index = 0; index < words.length; index++) {
    const value = Math.max(-largest, Math.min(largest, values[index]!));
    words[index] = Math.round(value * scale);
  }
  return words;
}

/** The real numbers that words, or sums of words, stand for. */
export function fromFixedPoint(words: Uint32Array, { fractionBits }: FixedPoint): Float32Array {
  const scale = 2 ** -fractionBits;
  return Float32Array.from(words, (word) => (word | 0) * scale);
}

/** Random words that a mask is made of. */
export type MaskStream = Pick<RandomStream, 'nextUint32'>;

/** Where the masks of one round come from. A stream is drawn from its beginning each time it is asked for. */
export interface MaskSeeds {
  /** Known to two clients. */
  pair(a: number, b: number): MaskStream;
  /** Known to one. */
  own(client: number): MaskStream;
}

/** The seeds of a simulation. Fresh in each round, so that telling one seed tells nothing about other rounds. */
export function simulatedSeeds(
  seed: number,
  round: number,
): { pair(a: number, b: number): RandomStream; own(client: number): RandomStream } {
  return {
    pair: (a, b) => randomStream(seed, 'pair-mask', round, Math.min(a, b), Math.max(a, b)),
    own: (client) => randomStream(seed, 'own-mask', round, client),
  };
}

/**
 * The client's side: its words plus its own mask, plus a mask for each later member, minus one for each earlier member
 * (Eq. 32). Alone, the result is uniformly random.
 *
 * @param cohort all clients that agreed to take part, the client itself included
 */
export function maskWords(
  words: Uint32Array,
  client: number,
  cohort: readonly number[],
  seeds: MaskSeeds,
): Uint32Array {
  const masked = words.slice();
  addMask(masked, seeds.own(client), 1);
  for (const other of cohort) {
    if (other !== client) addMask(masked, seeds.pair(client, other), other > client ? 1 : -1);
  }
  return masked;
}

/**
 * The server's side: the sum of the messages that came through, less the masks that do not cancel (Eq. 32). For a client
 * that came through the server learns its own mask; for one that did not, the masks it shares with those that did.
 * Never both of one client: so a message that comes too late stays masked.
 */
export function unmaskedSum(
  messages: ReadonlyMap<number, Uint32Array>,
  cohort: readonly number[],
  length: number,
  seeds: MaskSeeds,
): { sum: Uint32Array; seedsTold: number } {
  const sum = new Uint32Array(length);
  let seedsTold = 0;
  for (const [client, words] of messages) {
    for (let index = 0; index < length; index++) sum[index]! += words[index]!;
    addMask(sum, seeds.own(client), -1);
    seedsTold++;
    for (const missing of cohort) {
      if (messages.has(missing)) continue;
      addMask(sum, seeds.pair(client, missing), missing > client ? -1 : 1);
      seedsTold++;
    }
  }
  return { sum, seedsTold };
}

/** words ± what the stream draws, modulo 2³². */
function addMask(words: Uint32Array, stream: MaskStream, sign: 1 | -1): void {
  for (let index = 0; index < words.length; index++) words[index]! += sign * stream.nextUint32();
}
