// The queue itself, as the server keeps it: jobs, each until its result is stored; results, each once; data by checksum. Whoever asks and
// whoever works opens the same queue. Jobs lie under the edition that may do them, so no worker of another one is ever given any.
import type { JsMsg, StreamConfig } from '@nats-io/jetstream';
import { Announcements } from './announcements.ts';
import { type Connection, openConnection } from './connection.ts';
import { type Edition, editionWord, encodeJob, type Job, jobKey } from './job.ts';
import { type Patience, patiently } from './patience.ts';
import { publishOnce } from './publish-once.ts';
import { Results, resultsStream } from './results.ts';
import { StoredData } from './stored-data.ts';

const JOBS = 'FEDTLREC_JOBS';
/** Subjects: fedtlrec.jobs.POOL.EDITION.KEY. */
const SUBJECT = 'fedtlrec.jobs';
/** Nanoseconds a millisecond: JetStream's unit of time. */
const NANOSECONDS = 1e6;
/** Milliseconds without a sign of life after which a job is given to another worker. */
const SILENCE_MS = 30_000;
/** What a job's worker may try. The broker hands it out once more, to whoever then tells that it has failed. */
export const MOST_ATTEMPTS = 5;

export interface QueueOptions extends Patience {
  readonly edition: Edition;
  /** Which workers: those of the command line, or those of benchmarks. */
  readonly pool: string;
  /** Hears when the line breaks and when it is back. */
  readonly onChange?: (isThere: boolean) => void;
}

export class JobQueue {
  readonly data: StoredData;
  readonly results: Results;
  /** What is said and not kept. */
  readonly announcements: Announcements;
  readonly options: QueueOptions;
  private readonly connection: Connection;

  private constructor(connection: Connection, data: StoredData, options: QueueOptions) {
    this.connection = connection;
    this.data = data;
    this.results = new Results(connection, options);
    this.announcements = new Announcements(
      connection.line,
      `${options.pool}.${editionWord(options.edition)}`,
    );
    this.options = options;
  }

  /** Opens the queue, and makes it where there is none. @throws QueueError in one line, with the way out */
  static async open(address: string, options: QueueOptions): Promise<JobQueue> {
    const connection = await openConnection(address, options.onChange);
    const kept: Partial<StreamConfig> = { storage: 'file', max_age: 0 };
    const streams: (Partial<StreamConfig> & { name: string })[] = [
      { ...kept, name: JOBS, subjects: [`${SUBJECT}.*.*.*`], retention: 'workqueue' },
      { ...kept, ...resultsStream },
    ];
    try {
      for (const stream of streams) {
        const make = () =>
          connection.streams.streams.info(stream.name).catch(() => connection.streams.streams.add(stream));
        await patiently('the queue cannot be made', make, options);
      }
      return new JobQueue(connection, await StoredData.open(connection, options), options);
    } catch (error) {
      await connection.line.close();
      throw error;
    }
  }

  /** The key of a job's result; pools have kinds of their own. */
  keyOf(job: Job): string {
    const { edition, pool } = this.options;
    return jobKey(edition, { ...job, kind: `${pool}.${job.kind}` });
  }

  /** Puts a job into the queue, unless it is there. */
  async ask(job: Job): Promise<void> {
    const subject = this.jobSubject(this.keyOf(job));
    await publishOnce(this.connection, subject, encodeJob(job), 'a job cannot be stored', this.options);
  }

  /** How long a worker may be silent, in milliseconds; whoever comes first decides. */
  async prepareWork(silence = SILENCE_MS): Promise<number> {
    const { consumers } = this.connection.streams;
    const make = () =>
      consumers.info(JOBS, this.consumer).catch(() =>
        consumers.add(JOBS, {
          durable_name: this.consumer,
          filter_subject: this.jobSubject('*'),
          ack_policy: 'explicit',
          ack_wait: silence * NANOSECONDS,
          max_deliver: MOST_ATTEMPTS + 1,
          max_ack_pending: -1,
        }),
      );
    const { config } = await this.patiently('work cannot be taken', make);
    return (config.ack_wait ?? SILENCE_MS * NANOSECONDS) / NANOSECONDS;
  }

  /** A job, if one comes within so many milliseconds (at least 1000). Until it is acknowledged, signs of life are due. */
  async take(milliseconds: number, signal?: AbortSignal): Promise<JsMsg | null> {
    const take = async () => {
      const consumer = await this.connection.client.consumers.get(JOBS, this.consumer);
      return consumer.next({ expires: milliseconds });
    };
    return patiently('work cannot be taken', take, { ...this.options, signal });
  }

  /**
   * Puts a job back as if nobody had taken it: its attempts are counted anew. Where the server does not answer, it will notice the
   * silence.
   */
  async giveBack(taken: JsMsg): Promise<void> {
    try {
      await this.connection.client.publish(taken.subject, taken.data);
      taken.ack();
      await this.connection.line.flush();
    } catch {
      // whoever gives back is about to leave
    }
  }

  /** Editions for which jobs wait, as words. */
  async editionsAskedFor(): Promise<string[]> {
    const filter = `${SUBJECT}.${this.options.pool}.*.*`;
    const ask = () => this.connection.streams.streams.info(JOBS, { subjects_filter: filter });
    const { state } = await this.patiently('jobs cannot be read', ask);
    return [...new Set(Object.keys(state.subjects ?? {}).map((subject) => subject.split('.')[3]!))];
  }

  async close(): Promise<void> {
    await this.connection.line.close();
  }

  private get consumer(): string {
    return `${this.options.pool}-${editionWord(this.options.edition)}`;
  }

  private jobSubject(key: string): string {
    return `${SUBJECT}.${this.options.pool}.${editionWord(this.options.edition)}.${key}`;
  }

  private patiently<T>(what: string, action: () => Promise<T>): Promise<T> {
    return patiently(what, action, this.options);
  }
}

/** The key at the end of a subject. */
export function keyOfSubject(subject: string): string {
  return subject.split('.').at(-1)!;
}
