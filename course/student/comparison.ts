// What `plug` says: both curves, the difference client by client, bytes, calls, and whether every bit is the same.
import type { Plugged } from '../plugs/plugged.ts';

export interface PlugOutcome {
  readonly mine: Plugged;
  readonly calls: Readonly<Record<string, number>>;
}

export function comparison({ mine, calls }: PlugOutcome, library: Plugged): string[] {
  const width = 30;
  const most = Math.max(...[...mine.curve, ...library.curve].map(({ value }) => value), 1e-9);
  const bar = (value: number) => '▪'.repeat(Math.max(0, Math.round((width * value) / most)) || 0);
  const lines = [`${mine.measure} by round`];
  library.curve.forEach(({ round, value }, at) => {
    const own = mine.curve[at]?.value ?? Number.NaN;
    lines.push(
      `  round ${String(round).padStart(2)}  yours ${own.toFixed(3)}  the library's ${value.toFixed(3)}  ${bar(own)}`,
    );
  });
  const { mean, error, count } = pairedDifference(mine.perUser, library.perUser);
  lines.push(
    `yours − the library's, client by client: ${mean.toFixed(4)} ± ${error.toFixed(4)} (one standard error, ${count} clients)`,
  );
  lines.push(
    `bytes per client and round: up ${mine.bytesUp.toFixed(0)}, down ${mine.bytesDown.toFixed(0)}; the library's ${library.bytesUp.toFixed(0)} and ${library.bytesDown.toFixed(0)}`,
  );
  const counted = Object.entries(calls).map(([name, times]) => `${name} ${times}`);
  lines.push(`calls of your functions: ${counted.join(', ') || 'none'}`);
  lines.push(
    mine.digest === library.digest
      ? `the same digest, to the last bit: ${mine.digest.slice(0, 16)}…`
      : `another digest, ${mine.digest.slice(0, 16)}… instead of ${library.digest.slice(0, 16)}…: some bit differs, which another order of summation may do as well as a mistake`,
  );
  return lines;
}

function pairedDifference(
  a: readonly number[],
  b: readonly number[],
): { mean: number; error: number; count: number } {
  const differences = a.map((value, at) => value - b[at]!).filter((value) => !Number.isNaN(value));
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1);
  return { mean, error: Math.sqrt(variance / count), count };
}
