// The command line in a process of its own, which tests listen to and kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { compiledCli } from '../compiled.ts';

export class CommandProcess {
  private readonly child: ChildProcess;
  private readonly closed: Promise<{ code: number | null; text: string }>;
  private text = '';

  private constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (text: Buffer) => {
        this.text += text;
      });
    }
    this.closed = once(this.child, 'close').then(([code]) => ({ code, text: this.text }));
  }

  /** @param environment added to that of this process */
  static async start(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, ...environment };
    return new CommandProcess(spawn(process.execPath, [await compiledCli(), ...words], { env }));
  }

  /** Waits until it has printed these words, or has ended. */
  async says(words: string): Promise<void> {
    while (!this.text.includes(words)) {
      const more = [this.child.stdout!, this.child.stderr!].map((stream) => once(stream, 'data'));
      const end = this.closed.then(() => 'ended');
      if ((await Promise.race([...more, end])) === 'ended') return;
    }
  }

  /** How it ends, and what it has printed. */
  ended(): Promise<{ code: number | null; text: string }> {
    return this.closed;
  }

  end(signal: NodeJS.Signals): Promise<{ code: number | null; text: string }> {
    this.child.kill(signal);
    return this.closed;
  }
}
