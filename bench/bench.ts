// What a benchmark is here, and how contenders are timed: all in one process, turn by turn, so that a slow moment of
// the machine meets every one of them alike; the figure of a contender is the median over its turns.

/** A benchmark: `npm run bench -- NAME` runs it and puts what it returns into bench/results.md. */
export interface Bench {
  readonly title: string;
  /** Measures, says on the way how far it is, and returns its section as Markdown. */
  run(say: (line: string) => void): Promise<string>;
}

/** One way to do the work that is measured. */
export interface Contender {
  readonly name: string;
  /** Does the work that many times and returns the seconds that it took in all. */
  seconds(repetitions: number): number | Promise<number>;
}

/** A contender that could not take part, and why. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
}

/** How long a turn lasts, how many turns there are, and when a slow contender gets no further one, in seconds. */
export interface Pace {
  readonly turn: number;
  readonly turns: number;
  readonly limit: number;
}

/** A contender out of a function that does the work once, and one that is called untimed before each turn. */
export function contender(name: string, work: () => unknown, begin?: () => unknown): Contender {
  return {
    name,
    async seconds(repetitions) {
      await begin?.();
      const start = performance.now();
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const result = work();
        if (result instanceof Promise) await result;
      }
      return (performance.now() - start) / 1000;
    },
  };
}

/**
 * Times contenders turn by turn.
 *
 * The first call of each warms it up and, if it is slow, is all it gets; the next ones find how many calls fill a turn.
 *
 * @returns the median seconds of one call, by name
 */
export async function measure(contenders: readonly Contender[], pace: Pace): Promise<Map<string, number>> {
  const runners = [];
  for (const entry of contenders) runners.push(await warmUp(entry, pace));
  for (let turn = 0; turn < pace.turns; turn++) {
    for (const runner of runners) {
      if (runner.spent > pace.limit && runner.times.length > 0) continue;
      const seconds = await runner.entry.seconds(runner.repetitions);
      runner.spent += seconds;
      runner.times.push(seconds / runner.repetitions);
    }
  }
  return new Map(runners.map(({ entry, times }) => [entry.name, median(times)]));
}

async function warmUp(entry: Contender, pace: Pace) {
  const first = await entry.seconds(1);
  if (first > pace.limit) return { entry, repetitions: 1, spent: first, times: [first] };
  let repetitions = 1;
  let seconds = first;
  while (seconds < pace.turn && repetitions < 1e6) {
    const wanted = Math.ceil((repetitions * pace.turn * 1.2) / Math.max(seconds, 1e-6));
    repetitions = Math.min(wanted, repetitions * 16);
    seconds = await entry.seconds(repetitions);
  }
  return { entry, repetitions, spent: seconds, times: [] as number[] };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A Markdown table, its columns padded so that it can be read as text too. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
