// What is printed on standard output, with every acting character of ids and names written out. If nobody reads it any
// more, or the disk is full, the printing ends and the rest of the command goes on.
import { visibleJson, visibleText } from '../data/visible-text.ts';
import { whyRefused } from '../node/system-error.ts';
import { OutputFailure } from './usage-error.ts';

export interface Printing {
  /** Prints lines of text. */
  lines(lines: readonly string[]): void;
  /** Prints a value as one line of JSON. */
  json(value: unknown): void;
  /** Whether what is printed still arrives. */
  readonly hasEnded: boolean;
  /**
   * Waits until everything is printed or known not to be.
   *
   * @throws OutputFailure if the system refused it; a reader that had enough, such as `head`, is no failure
   */
  expectPrinted(): Promise<void>;
  /** Listens no longer. */
  stop(): void;
}

/** Begins to print, and to listen for what goes wrong with it. */
export function startPrinting(): Printing {
  const { stdout, stderr } = process;
  let failure: NodeJS.ErrnoException | null = null;
  const remember = (error: NodeJS.ErrnoException) => {
    failure ??= error;
  };
  const ignore = () => {}; // of stderr: there is nobody left to tell
  stdout.on('error', remember);
  stderr.on('error', ignore);
  const print = (text: string) => {
    if (!failure) console.log(text);
  };
  return {
    lines: (lines) => print(lines.map(visibleText).join('\n')),
    json: (value) => print(visibleJson(value)),
    get hasEnded() {
      return failure !== null;
    },
    async expectPrinted() {
      if (!failure) await new Promise<void>((resolve) => stdout.write('', () => setImmediate(resolve)));
      if (failure && failure.code !== 'EPIPE') {
        throw new OutputFailure(`standard output cannot be written: ${whyRefused(failure)}`);
      }
    },
    stop() {
      stdout.off('error', remember);
      stderr.off('error', ignore);
    },
  };
}
