// What a participant starts from, and what it must keep: its ratings, and a record without which a round would be trained twice.
import type { Split } from '../data/split.ts';
import type { StateArrays } from '../federated/memory.ts';
import { hexadecimal } from './bytes-in-hex.ts';
import type { MaskingRecord } from './masking-record.ts';

/** What one participant has touched. */
export interface HomeRatings {
  /** What it trains on, oldest first where `ordered`. */
  readonly train: Uint32Array;
  /** Held-out items, by which it measures at home; -1: none. */
  readonly validation: number;
  readonly test: number;
  /** Whether the items stand in the order in which they were touched. */
  readonly ordered: boolean;
}

/** What must survive a reload: with it, no round is trained twice. */
export interface HomeRecord {
  /** The last round that it trained in; 0 before the first. */
  readonly round: number;
  /** What it has sent; with secure sums what it has masked, which has not left home. */
  readonly message: Uint8Array | null;
  /** Windows that went with it, once in a run. */
  readonly windows?: Uint8Array | null;
  readonly loss: number;
  /** Its private state, and whatever else only it has. */
  readonly arrays: StateArrays;
  /** With secure sums: its secret, and what it has agreed to. */
  readonly masking?: MaskingRecord;
  /** Its own seed, if it has one. */
  readonly privateSeed?: string;
  /** With secure sums: members of the cohort that the message was made for. */
  readonly members?: number;
}

/** A seed of 128 bits that nobody can guess. */
export function newPrivateSeed(): string {
  return hexadecimal(crypto.getRandomValues(new Uint8Array(16)));
}

/** A data set of one user. */
export function splitOfOne({ train, validation, test, ordered }: HomeRatings, items: number): Split {
  return {
    name: 'home',
    train: { users: 1, items, offsets: Uint32Array.of(0, train.length), itemOf: train },
    validation: Int32Array.of(validation),
    test: Int32Array.of(test),
    ordered,
    skippedUsers: 0,
  };
}
