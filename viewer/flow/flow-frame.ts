// What the flow picture shows at one moment: plain numbers for its eight stations, few enough to be written into a page.
// `frame-of.ts` makes them of a trace, `stations.ts` draws them.
import type { Phase } from '../../lib/trace/moments.ts';

export interface FlowFrame {
  readonly round: number;
  /** Null before the first round. */
  readonly phase: Phase | null;
  readonly step: number;
  /** What happens, in a sentence. */
  readonly story: string;
  readonly users: number;
  readonly items: number;
  readonly phones: readonly FlowPhone[];
  /** Which phone is in focus. */
  readonly focus: number;
  readonly home: FlowHome | null;
  /** The latest round in which something was sent; 0 before the first. */
  readonly sentRound: number;
  readonly message: FlowMessage | null;
  readonly sum: FlowSum | null;
  readonly table: FlowTable | null;
  /** Cosines of the phones' tokens, [phones, phones]. */
  readonly tokens: readonly number[] | null;
  readonly groups: FlowGroups | null;
  readonly attention: FlowAttention | null;
  readonly list: FlowList;
}

export interface FlowPhone {
  readonly id: string;
  /** Place of its colour; -1 while no group is known. */
  readonly colour: number;
  readonly isPresent: boolean;
  /** Null where it did not train. */
  readonly loss: number | null;
  readonly ratings: number;
}

export interface FlowHome {
  readonly trained: number;
  readonly loss: number | null;
}

export interface FlowMessage {
  readonly bytes: number;
  readonly fullBytes: number;
  readonly totalRows: number;
  /** Ids of the largest rows, B of them, and A. */
  readonly rows: readonly string[];
  readonly left: readonly number[];
  readonly right: readonly number[];
}

export interface FlowSum {
  readonly clients: number;
  readonly rejected: number;
  /** Of one client, on average. */
  readonly bytesUp: number;
  /** What each phone sent; 0 where it was absent. */
  readonly bytes: readonly number[];
}

export interface FlowTable {
  readonly rank: number;
  readonly cutOff: number;
  readonly bytesDown: number;
  readonly fullBytesDown: number;
  readonly rows: readonly string[];
  /** The server's step, [rows, columns]. */
  readonly values: readonly number[];
}

export interface FlowGroups {
  readonly clusters: number;
  readonly step: number;
  readonly steps: number;
  readonly moved: number | null;
  readonly inertia: number;
  /** x, y, colour and 1 for present of some clients, one after the other. */
  readonly dots: readonly number[];
  /** x, y and colour of each centroid. */
  readonly centroids: readonly number[];
  /** Followed clients in each cluster. */
  readonly counts: readonly number[];
}

export interface FlowAttention {
  readonly head: number;
  readonly temperature: number;
  /** How much the phone in focus listens to each phone; what lacks to 1 goes to clients that are not drawn. */
  readonly weights: readonly number[];
}

export interface FlowList {
  readonly items: readonly string[];
  /** The client's own score, and its personal part, of each. */
  readonly base: readonly number[];
  readonly personal: readonly number[];
  readonly mix: number;
  /** Which of them was hidden from training; -1 if none is. */
  readonly held: number;
  /** Whether each item is of the client's own taste group; null where nobody knows. */
  readonly isOwn: readonly boolean[] | null;
  /** Of the hidden item, at first and now; 0 if there is none. */
  readonly rankBefore: number;
  readonly rank: number;
  /** HR@10 on validation and its standard error; null before the first evaluation. */
  readonly hr: number | null;
  readonly error: number | null;
}
