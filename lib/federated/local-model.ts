// What a client does in a round, as an interface: recipes differ in the model that is trained at home.
// In: the client's own sample, its private state and the server's last broadcast; out: an update for the wire.
// Nothing here can reach another client: a task holds one client's data only.
import type { Sample } from '../data/negatives.ts';
import type { RandomStream } from '../numeric/rng.ts';
import type { Update } from './wire.ts';

/** What every client has received from the server. */
export interface SharedModel {
  /** Q [items, D], row-major; the last of the D columns is the item bias. */
  readonly itemTable: Float32Array;
  /** Shared weights outside the item table, [extra]. */
  readonly extra: Float32Array;
  /** Changes whenever the numbers above do, so that a reader may keep what it derived. Default: derived again each time. */
  readonly version?: number;
}

/** One client's work in one round. */
export interface ClientTask {
  readonly client: number;
  readonly round: number;
  readonly sample: Sample;
  readonly shared: SharedModel;
}

/** A model trained on the client. Its state is private: only what `train` returns is sent. */
export interface LocalModel {
  /** D: width of the shared item table. */
  readonly dims: number;
  /** Number of shared weights outside the item table. */
  readonly extra: number;
  /** Whether it takes several steps on a copy of the shared weights, and the setting `proximal` applies to them. Default: false. */
  readonly isPulledBack?: boolean;
  /** Length of the private state, in float32 numbers. */
  readonly stateLength: number;
  /** Fills a new client's state. */
  initialize(state: Float32Array, rng: RandomStream): void;
  /** Fills the server's first item table (and extra weights). */
  initializeShared(shared: SharedModel, rng: RandomStream): void;
  /**
   * Trains on the sample, changes `state`, returns what to send (null: nothing; views that the next call may change) and
   * the sample's mean loss.
   */
  train(task: ClientTask, state: Float32Array): { update: Update | null; loss: number };
  /**
   * What the client makes of its state and the broadcast before it scores, from a sample of its own; nothing of it is
   * kept or sent, and `state` must not change. Absent: they are used as they are.
   */
  adaptAtHome?(task: ClientTask, state: Float32Array): { state: Float32Array; shared: SharedModel };
  /** The user vector [factors] inside a state; absent if the model has none. */
  userVector?(state: Float32Array): Float32Array;
  /** Writes the scores of all items, [items]. */
  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void;
}
