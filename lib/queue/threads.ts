// Where a worker's jobs run: in threads, so that signs of life are shown while they compute. In: a module that does jobs; out: what they
// give. A thread that dies takes one attempt with it, nothing else.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Piscina } from 'piscina';
import { FetchedFiles } from './fetched-files.ts';
import type { Job, Outcome } from './job.ts';
import { BrokenWorker } from './queue-error.ts';
import type { StoredData } from './stored-data.ts';

/** A job as a thread gets it. */
export interface ThreadJob {
  readonly kind: string;
  readonly request: unknown;
  /** Files with the data, in the order of the job's checksums. */
  readonly files: readonly string[];
}

/** Milliseconds that a thread without a job is kept: what it has loaded and built serves the next one. */
const IDLE_MS = 60_000;

export class JobThreads {
  private readonly pool: Piscina<ThreadJob, Outcome>;
  private readonly folder: string;
  private readonly files: FetchedFiles;
  private readonly broken: Promise<never>;

  private constructor(pool: Piscina<ThreadJob, Outcome>, data: StoredData, folder: string) {
    this.pool = pool;
    this.broken = new Promise((_, reject) => {
      // A thread that cannot load its modules never will.
      pool.on('error', ({ message }: Error) => reject(new BrokenWorker(`threads cannot start: ${message}`)));
    });
    this.broken.catch(() => {}); // whoever runs a job is told
    this.files = new FetchedFiles(data, folder);
    this.folder = folder;
  }

  /** @param module exports `work(job: ThreadJob): Promise<Outcome>` */
  static async open(module: URL, threads: number, data: StoredData): Promise<JobThreads> {
    const { Piscina } = await import('piscina'); // by those who work only
    const pool = new Piscina<ThreadJob, Outcome>({
      filename: module.href,
      name: 'work',
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      execArgv: [], // what this process was started with may not be found from where it is now
    });
    return new JobThreads(pool, data, await mkdtemp(join(tmpdir(), 'fedtlrec-worker-')));
  }

  /** Does a job; its data are fetched once. @throws BrokenWorker if no thread can start */
  async run({ kind, request, data }: Job, signal: AbortSignal): Promise<Outcome> {
    const { paths, done } = await this.files.use(data);
    try {
      return await Promise.race([this.pool.run({ kind, request, files: paths }, { signal }), this.broken]);
    } finally {
      await done();
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
    await rm(this.folder, { recursive: true, force: true });
  }
}
