// The rounds of one federation, by the workers of a queue. In: its memory between two rounds; out: what each chunk of clients gave, with the
// rows of its clients in the memory, as if it had been trained here. Results are used in chunk order, so it does not matter who came first.
import { hostname } from 'node:os';
import type { StateArrays } from '../federated/memory.ts';
import type { ChunkResult, Setup } from '../federated/recipe.ts';
import { chunksOf } from '../training/executor.ts';
import { chunkJob, packArrays, packSplit, unpackArrays, unpackTrained } from './chunk-job.ts';
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

export class ChunkRounds {
  private readonly queue: JobQueue;
  private readonly setup: Setup;
  private readonly options: ChunkRoundsOptions;
  private readonly split: string;
  private readonly run: string;
  private readonly returned: string[] = []; // checksum of each chunk's rows, as they came back

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
    const { run, queue, setup, options } = this;
    const chunks = chunksOf(setup.split.train.users);
    const shared = await queue.data.put(packArrays({ run, round, from: null }, sharedArrays(setup.memory)));
    const rows = await Promise.all(chunks.map((_, chunk) => this.storeRows(round, chunk)));
    const jobs = chunks.map((_, chunk) => this.jobOf(round, chunk, watched, shared, rows[chunk]!));
    const results = new Array<ChunkResult>(chunks.length);
    const gathered: string[] = [];
    for await (const { index, bytes, data, worker } of gather(queue, jobs, options)) {
      const trained = unpackTrained(bytes);
      overwrite(this.rowsOf(index), unpackArrays(await queue.data.get(trained.rows)));
      this.returned[index] = trained.rows;
      results[index] = trained.result;
      gathered.push(data);
      options.onChunk?.({ round, done: gathered.length, chunks: chunks.length, worker });
    }
    await this.removeAfter(round, jobs, [shared, ...rows, ...gathered]);
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

  /** Stores a chunk's rows, unless they are there, as they came back; their checksum. */
  private async storeRows(round: number, chunk: number): Promise<string> {
    const { run, queue, returned } = this;
    const rows = packArrays({ run, round, from: this.clientsOf(chunk)[0] }, this.rowsOf(chunk));
    const name = await queue.data.put(rows);
    const before = returned[chunk];
    if (before !== undefined && before !== name) await queue.data.remove(before); // the server's turn has changed them
    return name;
  }

  /** Removes what a round was made of and gave, which nobody will ask for again; after the last one also the rows. */
  private async removeAfter(round: number, jobs: readonly Job[], data: readonly string[]): Promise<void> {
    const { queue, returned, setup } = this;
    await Promise.all(jobs.map((job) => queue.results.forget(queue.keyOf(job))));
    const last = round === setup.settings.rounds ? returned : [];
    await Promise.all([...data, ...last].map((name) => queue.data.remove(name)));
  }

  private rowsOf(chunk: number): StateArrays {
    return rowsOf(this.setup.memory, ...this.clientsOf(chunk));
  }

  private clientsOf(chunk: number): [from: number, to: number] {
    return chunksOf(this.setup.split.train.users)[chunk]!;
  }
}
