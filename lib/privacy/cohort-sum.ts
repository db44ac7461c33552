// Secure sums in a federation: a chunk of clients is a cohort, and the server learns one sum for each cohort.
// In: updates with a row for every item; on the wire: masked words; out: the sum, or nothing if too few came through.
// Works for recipes whose server needs sums only: an attention between clients needs to tell messages apart.
import type { MessageSealer, ReceivedChunk, Reception } from '../federated/sides.ts';
import { emptySum } from '../federated/update-sum.ts';
import type { Update } from '../federated/wire.ts';
import { decodeMasked, encodeMasked } from './masked-message.ts';
import { withEveryRow } from './noise.ts';
import {
  type FixedPoint,
  fixedPointFor,
  fromFixedPoint,
  type MaskSeeds,
  maskWords,
  simulatedSeeds,
  toFixedPoint,
  unmaskedSum,
} from './secure-sum.ts';

/** Bytes of a seed that a client reveals to the server. */
const SEED_BYTES = 16;

/** The fewest members that must come through: a sum of a few would tell too much about each. */
export function fewestOf(members: number): number {
  return Math.max(2, Math.ceil(members / 2));
}

/** Secure sums of one cohort at a time; make one for each thread. */
export class CohortSum implements MessageSealer, Reception {
  private readonly items: number;
  private readonly dims: number;
  private readonly extra: number;
  private readonly seed: number;
  private cohort: readonly number[] = [];
  private seeds: MaskSeeds = simulatedSeeds(0, 0);
  private fixedPoint: FixedPoint = fixedPointFor(1);
  private isAtHome = false;
  private readonly received = new Map<number, Uint32Array>();

  constructor(items: number, dims: number, extra: number, seed: number) {
    this.items = items;
    this.dims = dims;
    this.extra = extra;
    this.seed = seed;
  }

  /** Numbers of a message. */
  get length(): number {
    return this.items * this.dims + this.extra;
  }

  /**
   * Begins a cohort with the clients that agreed to take part.
   *
   * @param seeds where the masks come from. Default: the run's seed
   */
  begin(round: number, cohort: readonly number[], seeds: MaskSeeds = simulatedSeeds(this.seed, round)): void {
    this.cohort = cohort;
    this.seeds = seeds;
    this.fixedPoint = fixedPointFor(Math.max(1, cohort.length));
    this.received.clear();
    this.isAtHome = false;
  }

  /** Begins a cohort at a home that masks later, by `maskedNumbers`: `seal` then gives the numbers as they are, which stay at home. */
  beginAtHome(round: number, cohort: readonly number[]): void {
    this.begin(round, cohort);
    this.isAtHome = true;
  }

  /** What each member adds of the noise that a sum needs: enough if only the fewest come through (Eq. 33). */
  get noiseShare(): number {
    return 1 / Math.sqrt(fewestOf(this.cohort.length));
  }

  /** The client's side: a masked message. */
  seal(update: Update): Uint8Array {
    const { left, extra } = withEveryRow(update, this.items);
    const numbers = new Float32Array(this.length);
    numbers.set(left);
    numbers.set(extra, left.length);
    if (this.isAtHome) return new Uint8Array(numbers.buffer);
    return encodeMasked(
      maskedNumbers(numbers, update.client, this.cohort, this.seeds),
      update.client,
      update.round,
    );
  }

  /**
   * The server's side of one message.
   *
   * @throws WireError if it breaks a rule; the client then counts as one that did not come through
   */
  receive(message: Uint8Array, client: number, round: number): void {
    this.received.set(client, decodeMasked(message, client, round, this.length));
  }

  /** The server's side at the end of the cohort; `bytes` are those of the seeds that were told to unmask the sum. */
  finish(): ReceivedChunk {
    const sum = emptySum(this.items, this.dims, this.extra);
    const came = this.received.size;
    const fewest = fewestOf(this.cohort.length);
    if (came < fewest) {
      const refusal = `secure sum: ${came} of ${this.cohort.length} came through, ${fewest} are needed`;
      return { sum, bytes: 0, refusal };
    }
    const unmasked = unmaskedSum(this.received, this.cohort, this.length, this.seeds);
    const numbers = fromFixedPoint(unmasked.sum, this.fixedPoint);
    sum.items.set(numbers.subarray(0, sum.items.length));
    sum.extra.set(numbers.subarray(sum.items.length));
    sum.senders.fill(came);
    sum.clients = came;
    return { sum, bytes: SEED_BYTES * unmasked.seedsTold, refusal: null };
  }
}

/** A client's numbers in the fixed point of its cohort, masked (Eq. 31, 32). */
export function maskedNumbers(
  numbers: Float32Array,
  client: number,
  cohort: readonly number[],
  seeds: MaskSeeds,
): Uint32Array {
  const words = toFixedPoint(numbers, fixedPointFor(Math.max(1, cohort.length)));
  return maskWords(words, client, cohort, seeds);
}
