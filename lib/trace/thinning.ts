// Keeps a trace within its budget. In: rounds; out: the same rounds, where needed with fewer details: only every second,
// fourth, eighth … round keeps its arrays, so that what is left is spread evenly. Figures of every round always stay.
import type { TraceRound } from './trace.ts';

/** The rounds with as many details as fit; the first and the last one keep theirs for as long as possible. */
export function keptWithin(budgetBytes: number, rounds: readonly TraceRound[]): TraceRound[] {
  let kept = [...rounds];
  for (let stride = 2; bytesOf(kept) > budgetBytes && stride <= 2 * rounds.length; stride *= 2) {
    kept = kept.map((round, place) => {
      const stays = place === 0 || place === kept.length - 1 || round.round % stride === 0;
      return stays ? round : withoutDetails(round);
    });
  }
  return kept;
}

/** Bytes of all arrays below a value. */
export function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 0);
}

function withoutDetails(round: TraceRound): TraceRound {
  const { refresh, evaluation } = round;
  return Object.freeze({
    ...round,
    details: null,
    refresh: refresh && { ...refresh, steps: [], attention: null },
    evaluation: evaluation && { ...evaluation, perClient: new Float32Array(0), top: null },
  });
}
