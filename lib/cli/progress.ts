// A bar on stderr while rounds go by; nothing at all where stderr is no terminal.
import { statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { CRITERION, criterionLabel } from '../evaluation/metrics.ts';
import { bytesText, share } from './figures.ts';
import type { RoundRow } from './round-rows.ts';

export interface Progress {
  show(row: RoundRow): void;
  stop(): void;
}

/** Starts a bar of `rounds` steps, labelled with the recipe's name. */
export function startProgress(label: string, rounds: number): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: '{label} {bar} round {value}/{total}  {quality}  {duration_formatted}, {eta_formatted} to go',
    barsize: 28,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false, // Ctrl-C is ours to handle
  });
  let quality = '';
  bar.start(rounds, 0, { label, quality });
  return {
    show(row) {
      if (row.validation) quality = `validation ${criterionLabel} ${share(row.validation[CRITERION])}`;
      bar.update(row.round, { quality });
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
