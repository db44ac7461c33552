// A check's verdict as lines that a student reads.
import type { CheckResult } from '../kit/judge.ts';

/** What a visible check says: its sentence, and the case, small enough to be done again by hand. */
export function checkLines(check: CheckResult): string[] {
  if (check.status === 'passed') return [];
  const lines = [check.says];
  for (const call of check.calls ?? []) lines.push(`  called: ${shortened(call)}`);
  if (check.got !== undefined) lines.push(`  got:    ${shortened(check.got)}`);
  if (check.wanted !== undefined) lines.push(`  wanted: ${shortened(check.wanted)}`);
  if (check.printed)
    lines.push(
      ...check.printed
        .trimEnd()
        .split('\n')
        .slice(0, 20)
        .map((line) => `  printed: ${line}`),
    );
  return lines;
}

function shortened(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)} …` : text;
}
