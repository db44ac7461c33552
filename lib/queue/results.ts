// What jobs have given, as the server keeps it: each result once, under the key of its job, and numbered as they come. In: results; out:
// the same, by key or by number.
import type { StreamConfig } from '@nats-io/jetstream';
import type { Connection } from './connection.ts';
import { readObject } from './job.ts';
import { type Patience, patiently } from './patience.ts';
import { publishOnce } from './publish-once.ts';

const STREAM = 'FEDTLREC_RESULTS';
/** Subjects: fedtlrec.results.KEY. */
const SUBJECT = 'fedtlrec.results';

/** How the server keeps them: one a subject. */
export const resultsStream = {
  ...{ name: STREAM, subjects: [`${SUBJECT}.*`], max_msgs_per_subject: 1 },
} satisfies Partial<StreamConfig>;

/** What is kept of a job that has ended. */
export interface JobResult {
  readonly key: string;
  readonly worker: string;
  /** Seconds that it took. */
  readonly seconds: number;
  /** Checksum of what it gave; null if it failed. */
  readonly data: string | null;
  /** Why it failed five times. */
  readonly failure: string | null;
  /** Its number among the results. */
  readonly sequence: number;
}

export class Results {
  private readonly connection: Connection;
  private readonly patience: Patience;

  constructor(connection: Connection, patience: Patience) {
    this.connection = connection;
    this.patience = patience;
  }

  /** The result under a key, if there is one. */
  async of(key: string): Promise<JobResult | null> {
    const find = () =>
      this.connection.streams.streams.getMessage(STREAM, { last_by_subj: `${SUBJECT}.${key}` });
    const found = await this.patiently('results cannot be read', find);
    return found && readResult(found.seq, found.data);
  }

  /** The number of the latest result. */
  async latest(): Promise<number> {
    const ask = () => this.connection.streams.streams.info(STREAM);
    return (await this.patiently('results cannot be read', ask)).state.last_seq;
  }

  /** The first result with this number or a later one, if there is any. */
  async from(sequence: number): Promise<JobResult | null> {
    const query = { seq: sequence, next_by_subj: `${SUBJECT}.*` }; // the server knows it, its types do not
    const find = () => this.connection.streams.streams.getMessage(STREAM, query);
    const found = await this.patiently('results cannot be read', find);
    return found && readResult(found.seq, found.data);
  }

  /** Stores a result; the first one stays. @throws QueueError if the server cannot keep it */
  async store(result: Omit<JobResult, 'sequence'>): Promise<void> {
    const message = new TextEncoder().encode(JSON.stringify(result));
    const subject = `${SUBJECT}.${result.key}`;
    await publishOnce(this.connection, subject, message, 'a result cannot be stored', this.patience);
  }

  /** Removes a result, so that the job can be asked for again. */
  async forget(key: string): Promise<void> {
    const purge = () => this.connection.streams.streams.purge(STREAM, { filter: `${SUBJECT}.${key}` });
    await this.patiently('a result cannot be removed', purge);
  }

  /** Hears of results as they are stored; the returned function ends it. */
  onStored(hear: () => void): () => void {
    const subscription = this.connection.line.subscribe(`${SUBJECT}.*`, { callback: () => hear() });
    return () => subscription.unsubscribe();
  }

  private patiently<T>(what: string, action: () => Promise<T>): Promise<T> {
    return patiently(what, action, this.patience);
  }
}

function readResult(sequence: number, message: Uint8Array): JobResult {
  const { key, worker, seconds, data, failure } = readObject(message);
  return {
    key: String(key),
    worker: String(worker),
    seconds: Number(seconds),
    data: typeof data === 'string' ? data : null,
    failure: typeof failure === 'string' ? failure : null,
    sequence,
  };
}
