// Which items a trace mentions, so that it need not carry the ids of all. In: a trace; out: item numbers, increasing.
import type { Trace } from './trace.ts';

/** The numbers of all items in lists, updates and steps. */
export function mentionedItems({ start, rounds }: Pick<Trace, 'start' | 'rounds'>): number[] {
  const mentioned = new Set<number>();
  const note = (items: ArrayLike<number>) => {
    for (let at = 0; at < items.length; at++) if (items[at]! >= 0) mentioned.add(items[at]!);
  };
  note(start.heldOut);
  note(start.top.items);
  for (const { details, evaluation } of rounds) {
    for (const { rows } of details?.updates ?? []) note(rows);
    if (details?.step) note(details.step.rows);
    if (evaluation?.top) note(evaluation.top.items);
  }
  return [...mentioned].sort((a, b) => a - b);
}
