// Padding: decoys. A message that names items the user never touched, with the numbers that touched items would have,
// no longer says which are which. It promises no ε, only that a touched item hides among its decoys.
// In: an update of rank one, the table it was computed with, the client's sample; out: the update with decoy rows.
// The decoys of a client are the same in every round: fresh ones would be told apart by who comes again.

import type { ClientTask } from '../federated/local-model.ts';
import type { Update } from '../federated/wire.ts';
import { sigmoid } from '../model/loss.ts';
import type { RandomStream } from '../numeric/rng.ts';

/**
 * Chooses the decoys of a client: items that are none of its positives, in increasing order.
 *
 * @param rng the stream of (seed, 'decoys', client), without the round
 */
export function chooseDecoys(
  positives: ReadonlySet<number>,
  count: number,
  items: number,
  rng: RandomStream,
): Uint32Array {
  const wanted = Math.min(Math.round(count), items - positives.size);
  const decoys = new Set<number>();
  while (decoys.size < wanted) {
    const item = rng.integer(items);
    if (!positives.has(item)) decoys.add(item);
  }
  return Uint32Array.from(decoys).sort();
}

/**
 * Adds decoys: rows with B_i = 1 − σ([p, 1]·q_i), exactly what a touched item would have (Eq. 29). A decoy that was
 * drawn as a negative loses that row's number, because touched items are never drawn either.
 *
 * @throws RangeError if the update is not of rank one: then it does not tell what a touched item would have
 */
export function padRows(update: Update, decoys: Uint32Array, itemTable: Float32Array): Update {
  const { rows, rank, dims, left, right } = update;
  if (rank !== 1) {
    throw new RangeError(`padRows: padding needs updates of rank one, got rank ${rank}; turn padding off`);
  }
  const values = new Map<number, number>(); // item → B
  rows.forEach((item, row) => {
    values.set(item, left[row]!);
  });
  for (const item of decoys) {
    let score = 0;
    for (let k = 0; k < dims; k++) score += right[k]! * itemTable[item * dims + k]!;
    values.set(item, 1 - sigmoid(score));
  }
  const padded = Uint32Array.from(values.keys()).sort();
  return { ...update, rows: padded, left: Float32Array.from(padded, (item) => values.get(item)!) };
}

/** The positives in a client's sample. */
export function positivesOf({ sample }: ClientTask): Set<number> {
  return new Set(sample.rows.filter((_, row) => sample.labels[row] === 1));
}
