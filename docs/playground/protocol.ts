// What the page and its worker tell each other. A worker trains one run; it makes as many rounds as it was allowed to.
import type { Trace, TraceRound } from '../../lib/trace/trace.ts';
import type { Configuration, Variant } from './configuration.ts';

export type ToWorker =
  | {
      readonly type: 'begin';
      /** Whether the page wants to know what GPU there is. */
      readonly asksForGpu: boolean;
      readonly configuration: Configuration;
      readonly variant: Variant;
      /** A dropped file. It goes to the worker and nowhere else. */
      readonly file: File | null;
    }
  /** Allows this many rounds more. */
  | { readonly type: 'allow'; readonly rounds: number };

/** About the GPU. Names and reasons are for people; reasons are half sentences. */
export type GpuNews =
  /** What the browser answers when it is asked for one: its name, or why there is none. */
  | { readonly type: 'gpu-found'; readonly name: string; readonly reason: null }
  | { readonly type: 'gpu-found'; readonly name: null; readonly reason: string }
  /** It has computed the attention of this run for the first time. */
  | { readonly type: 'gpu-works'; readonly name: string }
  /** It cannot, or cannot any more: the processor does the rest. */
  | { readonly type: 'gpu-stopped'; readonly wasAtWork: boolean; readonly reason: string };

export type FromWorker =
  | GpuNews
  | {
      readonly type: 'begun';
      readonly about: Trace['about'];
      readonly start: Trace['start'];
      /** Fingerprint of the weights before the first round. */
      readonly weights: string;
      /** A client in focus that takes part in the first rounds, so that there is something to see. */
      readonly focus: number;
      /** What was read from a dropped file, in words. */
      readonly note: string;
    }
  | { readonly type: 'round'; readonly round: TraceRound }
  /** All allowed rounds are done. */
  | { readonly type: 'idle'; readonly isFinished: boolean }
  /** `isInput`: what was given is wrong, and the reason says what would be right. */
  | { readonly type: 'failed'; readonly reason: string; readonly isInput: boolean };
