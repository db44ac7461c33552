// The rounds of one federation, by the workers of a queue. In: its memory between two rounds; out: what each chunk of clients gave, with the
// rows of its clients in the memory, as if it had been trained here. Results are used in chunk order, so it does not matter who came first.
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { StateArrays } from '../federated/memory.ts';
import type { ChunkResult, Setup } from '../federated/recipe.ts';
import { chunksOf } from '../training/executor.ts';
import { chunkJob, packArrays, packSplit, unpackTrained } from './chunk-job.ts';
import { type GatherOptions, gather } from './gather.ts';
import { editionWord, type Job, sha256 } from './job.ts';
import type { JobQueue } from './job-queue.ts';
import { QueueError } from './queue-error.ts';
import { overwrite, rowsOf, sharedArrays } from './travelling-state.ts';

/** A chunk that came back. */
export interface ChunkArrival {
  readonly round: number;
  /** How many of the round are here, out of how many. */
  readonly done: number;
  readonly chunks: number;
  readonly worker: string;
}

export interface ChunkRoundsOptions extends Pick<GatherOptions, 'signal' | 'onTrouble' | 'lookEvery'> {
  readonly onChunk?: (arrival: ChunkArrival) => void;
}

/** Rows of a chunk that lie at the server. */
interface StoredRows {
  /** Checksum of what holds them. */
  readonly data: string;
  /** Checksum of the rows themselves. */
  readonly digest: string;
}

export class ChunkRounds {
  private readonly queue: JobQueue;
  private readonly setup: Setup;
  private readonly options: ChunkRoundsOptions;
  private readonly split: string;
  private readonly run: string;
  private readonly stored: (StoredRows | undefined)[] = []; // by chunk

  private constructor(queue: JobQueue, setup: Setup, options: ChunkRoundsOptions, split: string) {
    const { recipe, settings, loops } = setup;
    const edition = editionWord(queue.options.edition);
    this.queue = queue;
    this.setup = setup;
    this.options = options;
    this.split = split;
    this.run = sha256(JSON.stringify([edition, recipe!.name, settings, loops.name, split])).slice(0, 16);
  }

  /** Sends the split. @throws QueueError if it cannot be stored, or somebody else asks for the same run */
  static async open(queue: JobQueue, setup: Setup, options: ChunkRoundsOptions): Promise<ChunkRounds> {
    const rounds = new ChunkRounds(queue, setup, options, await queue.data.put(packSplit(setup.split)));
    const other = await queue.announcements.askAlone(rounds.run, `${hostname()}/${process.pid}`);
    if (other !== null)
      throw new QueueError(
        `this very run is under way: ${other || 'somebody'} asks for it; wait until it has ended, or stop it`,
      );
    return rounds;
  }

  /** @throws QueueError naming the chunk that failed, or what stands in the way */
  async train(round: number, watched: ReadonlySet<number>): Promise<ChunkResult[]> {
    const { queue, setup, options } = this;
    const chunks = chunksOf(setup.split.train.users);
    const shared = await queue.data.put(
      packArrays({ run: this.run, round, from: null }, sharedArrays(setup.memory)),
    );
    const before = await Promise.all(chunks.map((_, chunk) => this.storeRows(round, chunk)));
    const jobs = chunks.map((_, chunk) => this.jobOf(round, chunk, watched, shared, before[chunk]!));
    const results = new Array<ChunkResult>(chunks.length);
    let done = 0;
    for await (const { index, bytes, data, worker } of gather(queue, jobs, options)) {
      const trained = unpackTrained(bytes);
      const rows = this.rowsOf(index);
      overwrite(rows, trained.rows);
      this.stored[index] = { data, digest: digestOf(rows) };
      results[index] = trained.result;
      options.onChunk?.({ round, done: ++done, chunks: chunks.length, worker });
    }
    await this.removeAfter(round, jobs, [shared, ...before]);
    return results;
  }

  private jobOf(
    round: number,
    chunk: number,
    watched: ReadonlySet<number>,
    shared: string,
    rows: string,
  ): Job {
    const { run, split } = this;
    const { settings, loops, recipe } = this.setup;
    const [from, to] = this.clientsOf(chunk);
    const own = [...watched].filter((client) => client >= from && client < to);
    return chunkJob(
      { run, recipe: recipe!.name, settings, loops: loops.name, round, from, to, watched: own },
      { split, shared, rows },
    );
  }

  /** Stores a chunk's rows, unless they are as the round before gave them back; the checksum of what holds them. */
  private async storeRows(round: number, chunk: number): Promise<string> {
    const { run, queue } = this;
    const rows = this.rowsOf(chunk);
    const known = this.stored[chunk];
    if (known?.digest === digestOf(rows)) return known.data;
    if (known) await queue.data.remove(known.data); // the server's turn has changed some of them
    return queue.data.put(packArrays({ run, round, from: this.clientsOf(chunk)[0] }, rows));
  }

  /** Removes what a round was made of, which nobody will ask for again; after the last round also what it gave. */
  private async removeAfter(round: number, jobs: readonly Job[], inputs: readonly string[]): Promise<void> {
    const { queue, stored, setup } = this;
    await Promise.all(jobs.map((job) => queue.forget(queue.keyOf(job))));
    const outputs = round === setup.settings.rounds ? stored.map((rows) => rows!.data) : [];
    await Promise.all([...inputs, ...outputs].map((name) => queue.data.remove(name)));
  }

  private rowsOf(chunk: number): StateArrays {
    return rowsOf(this.setup.memory, ...this.clientsOf(chunk));
  }

  private clientsOf(chunk: number): [from: number, to: number] {
    return chunksOf(this.setup.split.train.users)[chunk]!;
  }
}

function digestOf(arrays: StateArrays): string {
  const hash = createHash('sha256');
  for (const values of Object.values(arrays))
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}
