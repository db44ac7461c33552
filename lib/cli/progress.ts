// A bar on stderr while rounds go by; nothing at all where stderr is no terminal.
import { statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { CRITERION, criterionLabel } from '../evaluation/metrics.ts';
import { bytesText, share } from './figures.ts';
import { progressLine } from './progress-line.ts';
import type { RoundRow } from './round-rows.ts';

export interface Progress {
  /** Whether there is a bar. */
  readonly isBar: boolean;
  show(row: RoundRow): void;
  /** Shows what happens in the round under way, until it is over. */
  note(text: string): void;
  /** Says something on stderr, bar or not. */
  say(text: string): void;
  stop(): void;
}

/** Clears the line that the bar stands on, which is drawn again below what is said. */
const ERASE_LINE = '\r\u001b[K';

/** Starts a bar of `rounds` steps, labelled with the recipe's name. */
export function startProgress(label: string, rounds: number): Progress {
  const say = (text: string) => console.error(`fedtlrec: ${text}`);
  if (!process.stderr.isTTY) return { isBar: false, show: () => {}, note: () => {}, say, stop: () => {} };
  const start = performance.now();
  let [quality, note] = ['', ''];
  const bar = new SingleBar({
    format: (_, { value }) =>
      progressLine(
        { label, done: value, all: rounds, start, note, quality },
        (process.stderr.columns || 80) - 1,
      ),
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false, // Ctrl-C is ours to handle
  });
  bar.start(rounds, 0);
  return {
    isBar: true,
    note(text) {
      note = text;
      bar.update({});
    },
    say(text) {
      process.stderr.write(ERASE_LINE);
      say(text);
    },
    show(row) {
      if (row.validation) quality = `validation ${criterionLabel} ${share(row.validation[CRITERION])}`;
      note = '';
      bar.update(row.round);
    },
    stop: () => bar.stop(),
  };
}

/** A file below this many bytes is read before a bar could be seen. */
const WORTH_A_BAR = 20e6;

/** A bar while a large file is read; nothing where stderr is no terminal. */
export function watchReading(path: string): { show: (bytes: number) => void; stop: () => void } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (!process.stderr.isTTY || size < WORTH_A_BAR) return { show: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: 'reading {bar} {read} of {whole}  {duration_formatted}, {eta_formatted} to go',
    ...{ barsize: 28, stream: process.stderr, clearOnComplete: true, hideCursor: true, gracefulExit: false },
  });
  bar.start(size, 0, { read: bytesText(0), whole: bytesText(size) });
  return {
    show: (bytes) => bar.update(bytes, { read: bytesText(bytes) }),
    stop: () => bar.stop(),
  };
}
