// What a device beside the processor, a GPU say, may compute for a server: the personal parts of attention between clients,
// and the training of an encoder block. Types only; lib/webgpu has the one implementation.
import type { EncoderBlockParameters } from '../model/transformer.ts';
import type { Matrix } from '../numeric/ndarrays.ts';

/** Clients that are compared with each other, and the first ones among them, which ask. */
export interface AttentionGroup {
  readonly items: number;
  /** T [peers, items]; the first `queries` rows ask. */
  readonly tokens: Float32Array;
  readonly queries: number;
  /** m [items], the mean token of all known clients. */
  readonly center: Float32Array;
  /** The mean token of the peers [items]. */
  readonly valueMean: Float32Array;
  /** τ of each head. */
  readonly temperatures: readonly number[];
}

/** An encoder block that shall learn to give back the rows of present clients, as a server trains it. */
export interface EncoderTask {
  /** Where to start; not changed. */
  readonly block: EncoderBlockParameters;
  /** X [clients, dim]. */
  readonly rows: Matrix;
  /** 1 where a client may be attended to and counts in the loss, [clients]. */
  readonly isPresent: Uint8Array;
  readonly heads: number;
  readonly learningRate: number;
  readonly steps: number;
}

/** What a device has made of an `EncoderTask`. */
export interface TrainedEncoder {
  readonly block: EncoderBlockParameters;
  readonly output: Matrix;
}

/** Something that computes what the attention between clients costs most for. */
export interface AttentionDevice {
  readonly name: string;
  /**
   * δ of those who ask, each scaled to a root mean square of 1, [queries, items]; null where the aggregator's own loops
   * shall do it, because the device has gone, say.
   */
  personalParts(group: AttentionGroup): Promise<Float32Array | null>;
  /** Trains an encoder block; servers do it themselves where there is no such function, or it gives null. */
  trainEncoder?(task: EncoderTask): Promise<TrainedEncoder | null>;
}
