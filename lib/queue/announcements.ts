// What is said to whoever listens now; nothing of it is kept. Workers say that they are here and what went wrong with a job; who asks for
// a run says that it does, so that nobody else asks for the same one meanwhile.
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { readObject } from './job.ts';

/** Subjects: fedtlrec.news.KEY, fedtlrec.here.POOL.EDITION, fedtlrec.asking.RUN. */
const subjects = { news: 'fedtlrec.news', here: 'fedtlrec.here', asking: 'fedtlrec.asking' } as const;
/** Milliseconds that an answer may take. */
const ANSWER_MS = 2000;

/** What is told while a job is under way. */
export interface News {
  readonly key: string;
  readonly worker: string;
  /** What went wrong. */
  readonly reason: string;
  /** Which attempt it was. */
  readonly attempt: number;
  /** Whether nobody will try again: the result cannot be stored. */
  readonly isFinal: boolean;
}

export class Announcements {
  private readonly line: NatsConnection;
  private readonly here: string;

  /** @param workers who may work: the pool and the edition, as parts of a subject */
  constructor(line: NatsConnection, workers: string) {
    this.line = line;
    this.here = `${subjects.here}.${workers}`;
  }

  /** Tells what went wrong. */
  tell(news: News): void {
    this.line.publish(`${subjects.news}.${news.key}`, JSON.stringify(news));
  }

  /** Hears news; the returned function ends it. */
  onNews(hear: (news: News) => void): () => void {
    return this.hear(`${subjects.news}.*`, ({ data }) => hear(readObject(data) as unknown as News));
  }

  /** Hears what is said under a subject; the returned function ends it. */
  hear(subject: string, hear: (message: Msg) => void): () => void {
    const subscription = this.line.subscribe(subject, { callback: (_, message) => hear(message) });
    return () => subscription.unsubscribe();
  }

  /** Answers whoever asks whether somebody works. */
  answerRoll(): void {
    this.hear(this.here, (message) => message.respond());
  }

  /** Whether anybody would take a job; true where the server does not say. */
  async hasWorkers(): Promise<boolean> {
    return (await this.answerOf(this.here)) !== null;
  }

  /** Says from now on who asks for a run; returns who does already, or null. */
  async askAlone(run: string, name: string): Promise<string | null> {
    const subject = `${subjects.asking}.${run}`;
    const other = await this.answerOf(subject);
    if (other === null) this.hear(subject, (message) => message.respond(name));
    return other;
  }

  /** What the first to hear it answers; null where nobody listens, empty where the server does not say. */
  private async answerOf(subject: string): Promise<string | null> {
    try {
      return (await this.line.request(subject, '', { timeout: ANSWER_MS })).string();
    } catch (error) {
      const { isNoResponders } = error as { isNoResponders?: () => boolean };
      return isNoResponders?.call(error) === true ? null : '';
    }
  }
}
