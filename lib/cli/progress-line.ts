// One line that tells how far a run is, as wide as the terminal. In: what there is to say, and the columns; out: what fits of it, the
// most important first: how far, how long still, how good.
import { timeLeft } from './time-left.ts';

export interface LineFacts {
  readonly label: string;
  /** Steps done, and all of them. */
  readonly done: number;
  readonly all: number;
  /** When the first one began, by `performance.now()`. */
  readonly start: number;
  /** What happens now. */
  readonly note: string;
  /** How good it is so far. */
  readonly quality: string;
}

const LONGEST_BAR = 28;
const SHORTEST_BAR = 6;

/** At most `columns` characters, unless these do not even hold label and count. */
export function progressLine({ label, done, all, start, note, quality }: LineFacts, columns: number): string {
  const count = `round ${done}/${all}`;
  const left = timeLeft(start, done, all - done).replace('; ', '  ');
  let rest = columns - label.length - 1 - count.length - left.length;
  const said: string[] = [];
  for (const text of [note, quality].filter((text) => text !== '')) {
    if (text.length + 2 + SHORTEST_BAR + 1 > rest) continue;
    said.push(`  ${text}`);
    rest -= text.length + 2;
  }
  const width = Math.min(LONGEST_BAR, rest - 1);
  const filled = Math.round((width * done) / Math.max(1, all));
  const bar = width < SHORTEST_BAR ? '' : `${'='.repeat(filled)}${'-'.repeat(width - filled)} `;
  return `${label} ${bar}${count}${left}${said.join('')}`;
}
