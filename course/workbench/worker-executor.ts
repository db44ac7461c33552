// The judge's side of the thread: asks it, and ends it when it takes too long. A check gets a fresh thread after that.
import type { Executor, Stopped } from '../kit/judge.ts';
import type { Loaded, SentAnswers } from '../kit/runner.ts';
import type { ToWorker } from './check-worker.ts';

export class WorkerExecutor implements Executor {
  readonly #address: string;
  readonly #text: string;
  readonly #file: string;
  #worker: Worker | null = null;

  /** @param address of the bundle of a task's socket and check-worker.ts */
  constructor(address: string, text: string, file: string) {
    this.#address = address;
    this.#text = text;
    this.#file = file;
  }

  async load(milliseconds: number): Promise<Loaded | Stopped | { problem: string }> {
    this.close();
    this.#worker = new Worker(this.#address);
    return (await this.#ask({ text: this.#text, file: this.#file }, milliseconds + STARTING)) as
      | Loaded
      | Stopped;
  }

  async answer(sent: string, milliseconds: number): Promise<SentAnswers | Stopped> {
    if (!this.#worker) return { stopped: 'crash' };
    return (await this.#ask({ sent }, milliseconds)) as SentAnswers | Stopped;
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #ask(message: ToWorker, milliseconds: number): Promise<unknown> {
    const worker = this.#worker!;
    return new Promise((resolve) => {
      const settle = (reply: unknown) => {
        clearTimeout(timer);
        worker.onmessage = null;
        worker.onerror = null;
        resolve(reply);
      };
      const stop = (stopped: Stopped['stopped']) => {
        this.close();
        settle({ stopped });
      };
      const timer = setTimeout(() => stop('time'), milliseconds);
      worker.onmessage = ({ data }: MessageEvent<string>) => settle(JSON.parse(data));
      worker.onerror = () => stop('crash');
      worker.postMessage(message);
    });
  }
}

/** A thread is fetched and compiled before the reader's file is loaded: that time is not the reader's, in milliseconds. */
const STARTING = 8000;
