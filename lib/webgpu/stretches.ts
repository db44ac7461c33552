// A matrix that lies in several buffers is worked on stretch by stretch: in each, every operand lies in one buffer.
// In: for each operand, where another of its buffers begins; out: stretches that cross none of these cuts.

/** From..to, in rows or columns. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** @internal Where buffers of `step` rows end, for rows shift..shift + length; the end included. */
export function cutsOf(length: number, step: number, shift: number): number[] {
  const cuts: number[] = [];
  for (let at = step - (shift % step); at < length; at += step) cuts.push(at);
  return [...cuts, length];
}

/** @internal Stretches between cuts of any of the given lists, none longer than `longest`. */
export function stretches(lists: readonly (readonly number[])[], longest = Infinity): Stretch[] {
  const cuts = [...new Set(lists.flat())].sort((a, b) => a - b);
  const result: Stretch[] = [];
  let from = 0;
  for (const cut of cuts) {
    while (cut > from) {
      const to = Math.min(cut, from + longest);
      result.push({ from, to });
      from = to;
    }
  }
  return result;
}
