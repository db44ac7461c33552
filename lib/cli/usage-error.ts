// What a command line tells when it stops: one line, and an exit code that scripts can rely on.
//   2    the input was wrong: an option, a file, a folder; the line says what, and what would be right
//   130  Ctrl-C or SIGTERM
//   1    results that could not be written or printed; or a fault of this program, with its stack, because then we want to
//        know where
import { CommanderError } from 'commander';
import { ClassError } from '../classroom/class-error.ts';
import { ParseError } from '../data/parse-error.ts';
import { visibleText } from '../data/visible-text.ts';
import { CheckpointError } from '../node/checkpoint.ts';
import { DownloadError } from '../node/download.ts';
import { OutputPathError } from '../node/output-path.ts';
import { SavedRunError } from '../node/saved-run.ts';
import { QueueError } from '../queue/queue-error.ts';

/** Wrong input, told in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C or SIGTERM. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The work is done, but its results could not be written or printed; `message` says which and why. */
export class OutputFailure extends Error {
  override readonly name = 'OutputFailure';
}

/** Nobody reads what is printed, and nothing else was to be made: there is no reason to go on. */
export class NobodyReads extends Error {
  override readonly name = 'NobodyReads';
}

/** The line for stderr (none where everything is said) and the exit code of an error. */
export function explainError(error: unknown): { line: string | null; exitCode: number } {
  if (error instanceof CommanderError) {
    const isHelpOrVersion = error.exitCode === 0;
    return isHelpOrVersion
      ? { line: null, exitCode: 0 }
      : { line: oneLine(error.message.replace(/^error: /, '')), exitCode: 2 };
  }
  if (error instanceof Interrupted) return { line: oneLine(error.message || 'interrupted'), exitCode: 130 };
  if (error instanceof OutputFailure || error instanceof DownloadError)
    return { line: oneLine(error.message), exitCode: 1 };
  if (error instanceof NobodyReads) return { line: null, exitCode: 0 };
  if (isWrongInput(error)) return { line: oneLine(error.message), exitCode: 2 };
  const stack = error instanceof Error ? error.stack : undefined;
  return { line: `this is a fault of fedtlrec: ${stack ?? String(error)}`, exitCode: 1 };
}

/** The library tells broken rules as RangeErrors of the form `function: rule, what it got`; the engine's differ. */
function isWrongInput(error: unknown): error is Error {
  if (error instanceof RangeError) return /^[\w-]+: /.test(error.message);
  return [
    UsageError,
    ParseError,
    OutputPathError,
    SavedRunError,
    CheckpointError,
    ClassError,
    QueueError,
  ].some((type) => error instanceof type);
}

function oneLine(message: string): string {
  return visibleText(message.replace(/\s*\n\s*/g, ' ').trim());
}
