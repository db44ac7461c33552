// What a class is made of, what happens in it, and what is kept of it: the words that its server, its executor and its dashboard share.
import type { RoundEvent } from '../federated/events.ts';
import type { Loops } from '../federated/loops.ts';
import type { Memory, StateArrays } from '../federated/memory.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { Link } from './link.ts';
import type { PendingMasks } from './masked-rounds.ts';
import type { Unmasking } from './recover-cohort.ts';

/** When a round may begin and close. */
export interface ClassRules {
  /** Milliseconds that a round waits for answers. */
  readonly deadline: number;
  /** Share of those asked whose answers are enough when time is up, in [0, 1]. */
  readonly quorum: number;
  /** The first round begins when so many are here. */
  readonly startWith: number;
  /** Whether participants are asked for their loss and for how their held-out items are ranked; each may say no. */
  readonly asksForFigures: boolean;
}

/** What became of a round: enough to repeat it. */
export interface RoundRecord {
  readonly round: number;
  /** The answers by client, in their order. */
  readonly messages: readonly (readonly [client: number, message: Uint8Array])[];
  readonly late: readonly number[];
  readonly modelRound: number;
  /** Windows that came with the answers, by client, in their order. */
  readonly windows?: readonly (readonly [client: number, message: Uint8Array])[];
  /** With secure sums: what unmasks the sum of each cohort, null where one was given up. */
  readonly masks?: readonly (Unmasking | null)[];
}

/** What happens in a class, for whoever shows it: the round's events, and who comes and goes. */
export type ClassEvent =
  | RoundEvent
  | {
      readonly type: 'entered' | 'left' | 'dropped' | 'answered';
      readonly client: number;
      readonly bytes?: number;
    }
  | { readonly type: 'asking'; readonly round: number; readonly purpose: string; readonly deadline: number }
  | { readonly type: 'late'; readonly client: number; readonly round: number }
  | { readonly type: 'refused'; readonly client: number; readonly round: number; readonly reason: string }
  | { readonly type: 'paused'; readonly isPaused: boolean }
  /** `isKnown`: it still waits for the same, of which there is more now. */
  | { readonly type: 'waiting'; readonly reason: string; readonly isKnown?: boolean };

export interface ClassOptions extends ClassRules {
  readonly recipe: Recipe;
  readonly settings: Settings;
  /** Name of the loops, the same for everybody. */
  readonly loops: Loops;
  readonly items: number;
  /** The most participants that the class can have; the size of the federation. */
  readonly seats: number;
  /** The run's name in topics. */
  readonly run: string;
  readonly link: Link;
  /** Where an earlier process left off. */
  readonly resume?: {
    readonly round: number;
    readonly modelRound: number;
    readonly arrays: StateArrays;
  };
  /** With secure sums: masked messages that an earlier process had not yet summed. */
  readonly pendingMasks?: PendingMasks | null;
  /** Keeps masked messages before anybody is asked to unmask their sum. */
  readonly keepMasks?: (pending: PendingMasks) => Promise<void>;
  /** Keeps a finished round; the next is announced once it is kept. */
  readonly keep?: (record: RoundRecord, memory: Memory) => Promise<void>;
  readonly onEvent?: (event: ClassEvent) => void;
  readonly signal?: AbortSignal;
}
