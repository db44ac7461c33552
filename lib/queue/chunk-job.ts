// A chunk of a round as a job: what the asker sends, and what comes back. In: which clients of which run, and where its data are; out: a
// message, and back. Nothing is trusted on the way back.
import type { StateArrays } from '../federated/memory.ts';
import type { ChunkResult, Setup } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { Job } from './job.ts';
import { pack, unpack } from './packed.ts';
import { QueueError } from './queue-error.ts';

/** What a worker must know of a chunk. */
export interface ChunkRequest {
  /** Whose chunk it is; keeps what equal chunks of different runs give apart, so that each run can remove its own. */
  readonly run: string;
  readonly recipe: string;
  readonly settings: Settings;
  /** The loops, by name; a worker that does not have them cannot do the job. */
  readonly loops: string;
  readonly round: number;
  readonly from: number;
  readonly to: number;
  /** Clients whose training and messages are events. */
  readonly watched: readonly number[];
}

/** Checksums of the data of a chunk, in the order in which its job names them. */
export interface ChunkData {
  /** The split: the same in all rounds. */
  readonly split: string;
  /** What every client has: the same for all chunks of a round. */
  readonly shared: string;
  /** The rows of its own clients, as the round before has left them. */
  readonly rows: string;
}

/** What comes back. */
export interface TrainedChunk {
  readonly result: ChunkResult;
  /** Checksum of the rows, as the next round needs them. */
  readonly rows: string;
}

export function chunkJob(request: ChunkRequest, { split, shared, rows }: ChunkData): Job {
  const { recipe, round, from, to } = request;
  const name = `${recipe}, round ${round}, clients ${from} to ${to - 1}`;
  return { kind: 'chunk', name, request, data: [split, shared, rows] };
}

/** Where data belong to: no other data are equal to these, so whoever has put them may remove them. */
export type Belonging = Pick<ChunkRequest, 'run' | 'round'> & { readonly from: number | null };

/** Arrays for a round: the rows of a chunk, or what every client has (`from` is null). */
export function packArrays({ run, round, from }: Belonging, arrays: StateArrays): Uint8Array {
  return pack({ of: { run, round, from }, arrays });
}

/** @throws QueueError if the bytes are not what `packArrays` makes */
export function unpackArrays(bytes: Uint8Array): StateArrays {
  const { arrays } = unpack(bytes) as { arrays?: unknown };
  const isArrays = isRecord(arrays) && Object.values(arrays).every(ArrayBuffer.isView);
  if (!isArrays) throw new QueueError('stored arrays of a chunk are none');
  return arrays as StateArrays;
}

export function packTrained({ run, round, from }: ChunkRequest, { result, rows }: TrainedChunk): Uint8Array {
  return pack({ of: { run, round, from }, rows, result });
}

/** @throws QueueError if the bytes are not what a worker gives back */
export function unpackTrained(bytes: Uint8Array): TrainedChunk {
  const { result, rows } = unpack(bytes) as { result?: unknown; rows?: unknown };
  const isResult =
    isRecord(result) &&
    Array.isArray(result.events) &&
    [result.trained, result.loss, result.bytesUp].every((value) => typeof value === 'number');
  if (!isResult || typeof rows !== 'string') throw new QueueError('what came back of a chunk is no result');
  return { result: result as unknown as ChunkResult, rows };
}

/** The split as bytes, and back. */
export function packSplit(split: Setup['split']): Uint8Array {
  return pack(split);
}

export function unpackSplit(bytes: Uint8Array): Setup['split'] {
  return unpack(bytes) as Setup['split'];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
