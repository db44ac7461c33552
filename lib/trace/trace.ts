// A trace is a run that can be looked at afterwards: what each round did, for some chosen clients in full detail.
// In: what the recorder kept; out: plain objects with typed arrays, which the viewer draws and `trace-file.ts` writes.
// N = clients that are followed, M = owners whose ratings and attention are kept, F = clients in focus, D = item columns.
import type { Settings } from '../federated/settings.ts';

/** A recorded run. */
export interface Trace {
  readonly about: TraceAbout;
  readonly start: TraceStart;
  /** In order; a recipe without rounds has a single one, round 0, that was only evaluated. */
  readonly rounds: readonly TraceRound[];
}

/** What the run was, and who was chosen. */
export interface TraceAbout {
  readonly recipe: string;
  readonly settings: Settings;
  readonly dataset: {
    readonly name: string;
    readonly users: number;
    readonly items: number;
    /** Ratings that are trained on. */
    readonly interactions: number;
  };
  /** Names of the metrics, the columns of figures per client; a trace may be older than a metric, or know others. */
  readonly metrics: readonly string[];
  /** What figures are held against: those of guessing and of popularity on validation; null in a trace of version 1. */
  readonly baselines: Readonly<Record<'guessing' | 'popularity', TracedLevels>> | null;
  /** D, columns of the item table; 0 if the recipe has none. */
  readonly dims: number;
  /** Numbers of the clients that are followed, increasing, [N]. */
  readonly clients: readonly number[];
  /** Their ids in the data, [N]. */
  readonly ids: readonly string[];
  /** Which of them are owners: places in `clients`, [M]. */
  readonly owners: readonly number[];
  /** Which of them are in focus: places in `clients`, [F]. */
  readonly focus: readonly number[];
  /** The true taste group of each followed client, [N]; null if nobody knows. */
  readonly groups: readonly number[] | null;
  /** Ids of the items that the trace mentions, by number. */
  readonly items: Readonly<Record<number, string>>;
  /** Bytes of a broadcast that sends the whole item table's step instead of factors. */
  readonly fullBytesDown: number;
}

/** A figure for each metric; null where nobody has it. */
export type TracedLevels = Readonly<Record<string, number | null>>;

/** What there was before the first round. */
export interface TraceStart {
  /** Where each owner's training items begin, [M + 1]. */
  readonly ratingOffsets: Uint32Array;
  /** The owners' training items, oldest first. */
  readonly ratingItems: Uint32Array;
  /** The true group of each item, [items]; empty if nobody knows. */
  readonly itemGroups: Uint8Array;
  /** The item that each client in focus is evaluated on, or -1, [F]. */
  readonly heldOut: Int32Array;
  /** The lists before anything was learnt. */
  readonly top: TracedTop;
  /** Figures of each followed client before anything was learnt, NaN where it has no held-out item, [N, metrics]. */
  readonly perClient: Float32Array;
}

export interface TraceRound {
  readonly round: number;
  /** Clients that trained, messages that were merged, messages that were rejected. */
  readonly trained: number;
  readonly clients: number;
  readonly rejected: number;
  /** Mean loss of all clients; NaN if none trained. */
  readonly loss: number;
  /** Bytes that one client sent, on average. */
  readonly bytesUp: number;
  /** What the same message would have taken with whole rows instead of factors, by the ratio of the followed clients. */
  readonly fullBytesUp: number;
  /** Bytes of the broadcast. */
  readonly bytesDown: number;
  /** What the broadcast's factors left out, relative to the whole step. */
  readonly cutOff: number;
  /** Sent and received by one client since the start, this round included. */
  readonly megabytes: number;
  /** Null where it was dropped to stay within the budget. */
  readonly details: TracedDetails | null;
  readonly refresh: TracedRefresh | null;
  readonly evaluation: TracedEvaluation | null;
}

/** The followed clients in one round. */
export interface TracedDetails {
  /** Loss of each client; NaN where it was absent, [N]. */
  readonly losses: Float32Array;
  /** Bytes of each client's message; 0 where it sent none, [N]. */
  readonly bytes: Uint32Array;
  /** The clients in two dimensions: principal components of the directions that the server can see, [N, 2]. */
  readonly plane: Float32Array;
  /** Messages of the clients in focus that sent one. */
  readonly updates: readonly TracedUpdate[];
  /** The server's step before it was cut to a low rank; null if there was none. */
  readonly step: TracedStep | null;
}

/** ΔQ_u = B A of one client: its largest rows. */
export interface TracedUpdate {
  /** Place in `clients`. */
  readonly place: number;
  /** Rows of the whole update. */
  readonly totalRows: number;
  readonly bytes: number;
  readonly fullBytes: number;
  /** Items of the rows that are kept, largest first. */
  readonly rows: Uint32Array;
  /** B of these rows, [rows, rank]. */
  readonly left: Float32Array;
  /** A [rank, columns]. */
  readonly right: Float32Array;
  readonly rank: number;
  /** Singular values of the whole update, largest first. */
  readonly spectrum: Float32Array;
}

/** The server's step, the carried error included: its largest rows, and its singular values. */
export interface TracedStep {
  readonly rows: Uint32Array;
  /** [rows, D] */
  readonly values: Float32Array;
  /** Right singular vectors as rows, [D, D]: the best rank-r rows are values · V_r V_rᵀ. */
  readonly right: Float32Array;
  /** [D] */
  readonly spectrum: Float32Array;
}

/** What the server did with what it had heard so far. */
export interface TracedRefresh {
  readonly clusters: number;
  readonly iterations: number;
  readonly inertia: number;
  /** Cluster of each followed client; -1 where the server has not heard of it, [N]. */
  readonly labels: Int32Array;
  /** Lloyd's iterations; empty where they were dropped. */
  readonly steps: readonly TracedLloydStep[];
  readonly peers: number;
  readonly probes: number;
  /** Bytes of one client's personal part; 0 if there was none. */
  readonly bytesDown: number;
  readonly attention: TracedAttention | null;
}

export interface TracedLloydStep {
  readonly inertia: number;
  /** How many of all clients changed their cluster. */
  readonly moved: number;
  /** Of the followed clients, [N]; -1 where the server has not heard of it. */
  readonly labels: Int32Array;
  /** In the plane of this round's details, [clusters, 2]. */
  readonly centroids: Float32Array;
}

/** Attention between the owners; what a row lacks to 1 went to clients that are not shown. */
export interface TracedAttention {
  /** Cosine of the centred tokens, [M, M]. */
  readonly cosines: Float32Array;
  /** α of each head, [heads, M, M]. */
  readonly weights: Float32Array;
}

/** A figure for each of `about.metrics`. */
export type TracedFigures = Readonly<Record<string, number>>;

export interface TracedEvaluation {
  /** β of the personal part. */
  readonly mix: number;
  /** Means over all users, on validation. */
  readonly validation: TracedFigures;
  readonly standardErrors: TracedFigures;
  /** Figures of each followed client, NaN where it has no held-out item, [N, metrics]; empty where dropped. */
  readonly perClient: Float32Array;
  readonly top: TracedTop | null;
}

/** The ten best unseen items of each client in focus; fewer items than that are filled up with -1. */
export interface TracedTop {
  /** [F, 10] */
  readonly items: Int32Array;
  /** The client's own score of each, [F, 10]. */
  readonly base: Float32Array;
  /** δ: the personal part of each, to be weighted by β, [F, 10]. */
  readonly personal: Float32Array;
  /** Rank of the held-out item among all unseen ones; 0 if there is none, [F]. */
  readonly ranks: Uint32Array;
}

/** Length of a list. */
export const TOP = 10;
