// What page and worker of a participant say to each other. Ratings and state go to the worker of this page, nowhere else.
import type { ClassFacts } from '../../lib/classroom/class-facts.ts';
import type { HomeRatings } from '../../lib/classroom/home-record.ts';
import type { Seat } from '../../lib/classroom/join-class.ts';

/** What the page asks of its worker: to enter the class, with new ratings or with those that this browser has kept. */
export type ToWorker =
  | { readonly type: 'look'; readonly address: string }
  | {
      readonly type: 'enter';
      readonly code: string;
      readonly ratings: HomeRatings;
      readonly chosen: readonly number[];
      readonly givesFigures: boolean;
      readonly hasOwnSeed: boolean;
    }
  | { readonly type: 'forget' };

/** An item with a number that belongs to it. */
export interface Scored {
  readonly item: number;
  readonly score: number;
}

/** What the attack makes of one message. */
export interface Attacked {
  /** The items that the message speaks for most, best first. */
  readonly guessed: readonly Scored[];
  /** Area under the ROC curve among the rows of the message; null if it has no positives. */
  readonly area: number | null;
  readonly rows: number;
}

export type FromWorker =
  | { readonly type: 'class'; readonly facts: ClassFacts; readonly isKnown: boolean }
  | { readonly type: 'entered'; readonly seat: Seat; readonly chosen: readonly number[] }
  | { readonly type: 'connection'; readonly isOpen: boolean; readonly reason: string }
  | {
      readonly type: 'asked';
      readonly round: number;
      readonly purpose: string;
      readonly bytesDown: number;
    }
  | {
      readonly type: 'sent';
      readonly round: number;
      readonly loss: number;
      readonly isRepeated: boolean;
      readonly message: Uint8Array;
      /** Rows of B as the server reads them, largest first. */
      readonly rows: readonly Scored[];
      readonly rank: number;
      readonly dims: number;
      readonly attacked: Attacked;
      /** With secure sums: six digits that all members of the cohort should see; else empty. */
      readonly fingerprint: string;
    }
  /** What left beside the updates. */
  | {
      readonly type: 'sent-beside';
      readonly what: 'figures' | 'windows' | 'keys and shares';
      readonly bytes: number;
    }
  | { readonly type: 'best'; readonly when: 'before' | 'now'; readonly items: readonly Scored[] }
  /** What those to whom it listens add to its scores, largest first. */
  | { readonly type: 'part'; readonly round: number; readonly items: readonly Scored[] }
  | { readonly type: 'received'; readonly what: string; readonly bytes: number }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'ended'; readonly round: number };
