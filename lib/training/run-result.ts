// What a run is asked and what it gives: options, the curve on validation, the state between two rounds, the result.
import type { EvaluationSummary, PerUser } from '../evaluation/protocol.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Memory, StateArrays } from '../federated/memory.ts';
import type { Program } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import type { OpenRun, RunOptions } from './open-run.ts';

/** What `train` takes beside the recipe and the split. */
export interface TrainOptions extends RunOptions {
  readonly watch?: Iterable<number>;
  /** Continues a run of the same recipe, split and settings from this state. */
  readonly resume?: TrainingState;
  /**
   * Called after every round but the last; `state` gives what a later run needs to continue, valid until the
   * returned promise is fulfilled. Throwing stops the run.
   */
  readonly afterRound?: (round: number, state: () => TrainingState) => void | Promise<void>;
  /** Sees the run before its first round. */
  readonly onOpen?: (run: OpenRun) => void;
  /** Ends the run with the signal's reason when it is aborted: after the phase of a round that is under way. */
  readonly signal?: AbortSignal;
  /** Sees every event, e.g. to draw a progress bar or record a trace. */
  readonly onEvent?: (event: RoundEvent) => void | Promise<void>;
}

/** One validation measurement. */
export interface CurvePoint {
  readonly round: number;
  readonly validation: EvaluationSummary;
  /** β that did best at this round. */
  readonly mix: number;
  /** How much what tends to come next counted; null without. */
  readonly order: Order | null;
}

/** A run between two rounds: everything that its future depends on. */
export interface TrainingState {
  /** The last finished round. */
  readonly round: number;
  /** The memory, as it is. */
  readonly arrays: StateArrays;
  /** The memory at the best round so far; empty before the first evaluation. */
  readonly bestArrays: StateArrays;
  readonly record: RecordState;
}

/** What was measured so far. */
export interface RecordState {
  readonly curve: readonly CurvePoint[];
  readonly rounds: number;
  readonly messages: number;
  readonly rejected: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly bytesOnce: number;
}

/** What a run amounts to. */
export interface RunResult {
  readonly recipe: string;
  readonly settings: Settings;
  readonly curve: readonly CurvePoint[];
  /** The round with the best validation NDCG@10; its state is what `program` holds at the end, and its weights are tuned there. */
  readonly best: CurvePoint;
  readonly test: EvaluationSummary;
  /** Test metrics of every user, for paired comparisons. */
  readonly testPerUser: PerUser;
  /** Mean length of the messages of one client in one round. */
  readonly bytesUpPerClientRound: number;
  /** Broadcasts and personal parts, per client and round. */
  readonly bytesDownPerClientRound: number;
  /** Bytes of the nearness table, which each client receives once in a run, with what changed in it later; 0 without windows. */
  readonly bytesOncePerClient: number;
  readonly rejectedMessages: number;
  /** SHA-256 of the parameters at the best round. */
  readonly digest: string;
  readonly program: Program;
  readonly memory: Memory;
}
