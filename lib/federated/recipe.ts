// A recipe is a named way to learn from distributed ratings: ours, its ablations and its peers. A recipe makes a
// program; the round loop, the simulator and the evaluation know programs only.
// Adding a recipe means one new file that exports a `Recipe`; see docs/recipes.md.
import type { Split } from '../data/split.ts';
import type { Aggregator } from './aggregator.ts';
import type { AttentionDevice } from './attention-device.ts';
import type { RoundEvent } from './events.ts';
import type { Loops } from './loops.ts';
import type { Memory } from './memory.ts';
import type { OptionalParts } from './optional-parts.ts';
import type { OwnStream } from './own-stream.ts';
import type { Settings } from './settings.ts';
import type { Sides } from './sides.ts';
import type { UpdateSum } from './update-sum.ts';
import type { Order } from './windows/what-comes-next.ts';

export interface Recipe {
  /** As on the command line: lower case, words joined by hyphens. */
  readonly name: string;
  /** One line for `--help` and tables. */
  readonly summary: string;
  /** The paper it follows, if any. */
  readonly reference?: string;
  /** Settings that differ from the general defaults. */
  readonly defaults?: Partial<Settings>;
  /** Settings that make the recipe what it is: they hold whatever is asked for. */
  readonly fixed?: Partial<Settings>;
  /** `import.meta.url` of the module that exports it, for recipes outside the library that shall run in threads. */
  readonly module?: string;
  /** Builds the program over the given memory; threads build the same program over the same memory. */
  create(setup: Setup): Program;
}

/** All that a program may use. Without an optional part, no setting may ask for it. */
export interface Setup extends OptionalParts {
  readonly split: Split;
  readonly settings: Settings;
  readonly memory: Memory;
  /** The loops in which a run spends its time: plain or fast. */
  readonly loops: Loops;
  /** Trains a server's encoder block, for recipes that have one. Default: the loops do. */
  readonly device?: AttentionDevice;
  /** What happens to an update on its way to the server. Default: nothing. For lessons and tests. */
  readonly channel?: (message: Uint8Array, client: number, round: number) => Uint8Array;
  /** Number of the memory's first client in the federation. Default: 0. A device that holds itself alone has its own. */
  readonly firstClient?: number;
  /** Numbers that a server sets aside for windows whose senders it does not know. Default: what those of the split need. */
  readonly roomForWindows?: number;
  /** Where draws come from that are a client's own business: start, negatives, decoys, noise, windows. Default: the run's seed. */
  readonly ownStream?: OwnStream;
  /** Whose setup it is; threads make the same program by it. */
  readonly recipe?: Recipe;
}

/** A learning system, ready to run. Everything that must survive a round lies in the setup's memory. */
export interface Program {
  /** Whether it learns round by round (else it is ready after `initialize`). */
  readonly hasRounds: boolean;
  /** Whether clients have a private user vector that can be re-fitted to the recent past. */
  readonly canRefit: boolean;
  /** Whether `personalParts` gives anything. */
  readonly hasPersonalParts: boolean;
  /** Whether the settings `padding`, `clip` and `epsilon` apply to what it sends. Default: false. */
  readonly isDefended?: boolean;
  /** Whether the setting `serverOptimizer` applies to its server. Default: false. */
  readonly hasServerOptimizer?: boolean;
  /** Whether the setting `proximal` applies to what clients train. Default: false. */
  readonly isPulledBack?: boolean;
  /** Adds what tends to come next after what a client touched last, where windows are counted. */
  readonly whatComesNext?: WhatComesNext;
  /** Makes the personal parts, where it is a federation that has any; traces ask it who listens to whom. */
  readonly aggregator?: Aggregator;
  /** Both sides of it, where they can be run apart, each on a machine of its own. */
  readonly sides?: Sides;
  /** Loads what the settings name; called in each thread before the first round. Absent: the settings may name nothing. */
  prepare?(): Promise<void>;
  /** Fills the memory; called once, before anything else, and not when a run is resumed. */
  initialize(): void;
  /** The clients from..to take their part in a round. May run in any thread; chunks do not overlap. */
  trainChunk(round: number, from: number, to: number, watched: ReadonlySet<number>): ChunkResult;
  /** The server's turn, given the results of all chunks in order. */
  finishRound(round: number, results: readonly ChunkResult[]): Iterable<RoundEvent>;
  /** The same with the help of the setup's device; only where there is one that can help. */
  readonly finishRoundOnDevice?: (
    round: number,
    results: readonly ChunkResult[],
  ) => AsyncIterable<RoundEvent>;
  /** Prepares the personal parts from what the server has heard so far. */
  refresh(round: number): Iterable<RoundEvent>;
  /** Waits for a device that computes personal parts ahead, if there is one; called after each refresh. */
  finishRefresh?(): Promise<void>;
  /** The clients, in blocks that share work in `personalParts`. */
  blocks(size: number): Uint32Array[];
  /** Writes a client's scores without the personal part, [items]; re-fitted first if `recency` is a τ. */
  score(client: number, recency: number | null, scores: Float32Array): void;
  /** Writes the personal parts δ of a block, [block, items]; see `Aggregator`. */
  personalParts(block: Uint32Array, out: Float32Array): void;
}

/** What a chunk of clients amounts to. */
export interface ChunkResult {
  /** Sum of the merged messages; null if nothing is ever sent. */
  readonly sum: UpdateSum | null;
  /** Clients that trained. */
  readonly trained: number;
  /** Sum of their mean losses. */
  readonly loss: number;
  readonly bytesUp: number;
  /** Watched clients' events and rejected messages, in client order. */
  readonly events: readonly RoundEvent[];
  /** The windows that came through, one list a client. */
  readonly windows?: readonly Uint32Array[];
}

/** What a client's nearness table adds to its scores. */
export interface WhatComesNext {
  /** Whether there is a table already. */
  readonly isReady: boolean;
  /** Adds to the scores of all items, [items]. */
  add(client: number, order: Order, scores: Float32Array): void;
}
