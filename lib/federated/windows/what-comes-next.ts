// The client's use of the nearness table: an item scores higher if it is often near what the client touched last (Eq. 40).
// In: the client's training items, oldest first, and the table; out: score += (w / σ) Σ_k a_k M[item_k], where the k-th last
// item has weight a_k ∝ e^(−k / τ), the weights add up to 1, and σ is the standard deviation of the table's entries.
import type { NearnessTable } from './nearness-table.ts';

/** How much, and how far back, the client looks at what it touched last. Both are chosen on validation. */
export interface Order {
  /** w: weight beside the client's other scores. */
  readonly weight: number;
  /** τ: the age, in later items, at which a past item counts 1/e. */
  readonly span: number;
}

/** Older items have less than this part of the newest one's weight and are not looked at. */
const LEAST_WEIGHT = 1e-4;

/** The choices from which validation picks; to leave the table unused is one more. */
export const ordersToTry: readonly Order[] = [2, 4].flatMap((span) =>
  [0.4, 0.7, 1, 1.4].map((weight) => ({ weight, span })),
);
/** What rounds are compared with, before the choice is made at the best of them. */
export const usualOrder: Order = { weight: 0.7, span: 2 };

/**
 * Adds what tends to come next to a client's scores.
 *
 * @param sequence the client's items, oldest first
 * @param scores [items], changed in place
 */
export function addWhatComesNext(
  table: NearnessTable,
  sequence: Uint32Array,
  { weight, span }: Order,
  scores: Float32Array,
): void {
  const deviation = table.standardDeviation;
  if (deviation === 0 || sequence.length === 0) return;
  const ages = Math.min(sequence.length, Math.ceil(-Math.log(LEAST_WEIGHT) * span));
  let total = 0;
  for (let age = 0; age < ages; age++) total += Math.exp(-age / span);
  for (let age = 0; age < ages; age++) {
    const item = sequence[sequence.length - 1 - age]!;
    table.addRow(item, (weight * Math.exp(-age / span)) / total / deviation, scores);
  }
}
