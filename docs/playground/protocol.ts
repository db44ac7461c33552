// What the page and its worker tell each other. A worker trains one run; it makes as many rounds as it was allowed to.
import type { Trace, TraceRound } from '../../lib/trace/trace.ts';
import type { Configuration, Variant } from './configuration.ts';

/** A dropped file, decoded. It goes to the worker and nowhere else. */
export interface RatingsFile {
  readonly name: string;
  readonly text: string;
}

export type ToWorker =
  | {
      readonly type: 'begin';
      readonly configuration: Configuration;
      readonly variant: Variant;
      readonly file: RatingsFile | null;
    }
  /** Allows this many rounds more. */
  | { readonly type: 'allow'; readonly rounds: number };

export type FromWorker =
  | {
      readonly type: 'begun';
      readonly about: Trace['about'];
      readonly start: Trace['start'];
      /** Fingerprint of the weights before the first round. */
      readonly weights: string;
      /** What was read from a dropped file, in words. */
      readonly note: string;
    }
  | { readonly type: 'round'; readonly round: TraceRound }
  /** All allowed rounds are done. */
  | { readonly type: 'idle'; readonly isFinished: boolean }
  /** `isInput`: what was given is wrong, and the reason says what would be right. */
  | { readonly type: 'failed'; readonly reason: string; readonly isInput: boolean };
