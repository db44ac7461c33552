// A duration on the command line, such as 500ms, 20s or 2m.
import { UsageError } from './usage-error.ts';

const units = { ms: 1, s: 1000, m: 60_000 } as const;

/** Milliseconds, above 0 and at most an hour. */
export function readDuration(flag: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * units[unit as keyof typeof units];
  if (milliseconds > 0 && milliseconds <= 3_600_000) return milliseconds;
  throw new UsageError(`${flag} must be a duration of at most 60m such as 500ms, 20s or 2m, got "${text}"`);
}
