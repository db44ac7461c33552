// What every client would be shown: its best unseen items, of which the figures of lists are made (coverage, novelty, Gini).
// In: a program and a block of clients; out: item numbers. Blocks are independent, and only counts of items are kept.

import { knownItems, type Part } from '../evaluation/protocol.ts';
import { CUTOFF } from '../evaluation/rank-worth.ts';
import { mixed } from '../evaluation/ranking.ts';
import { topItems } from '../evaluation/top-items.ts';
import type { Program, Setup } from '../federated/recipe.ts';
import type { Variant } from './evaluate.ts';

/** How clients put their scores together, and what they know already. */
export interface ListTask extends Variant {
  readonly part: Part;
  /** τ of the recency re-fit, or null. */
  readonly recency: number | null;
}

/** The lists of a block's clients one after another; those who know almost everything have shorter ones. */
export function recommendBlock(
  program: Program,
  { split }: Pick<Setup, 'split'>,
  block: Uint32Array,
  { part, recency, mix, order }: ListTask,
): Uint32Array {
  const { items } = split.train;
  const scores = new Float32Array(items);
  const isKnown = new Uint8Array(items);
  const personal = program.hasPersonalParts && mix !== 0 ? new Float32Array(block.length * items) : null;
  if (personal) program.personalParts(block, personal);
  const weight = Math.fround(mix);
  const lists = new Uint32Array(block.length * CUTOFF);
  let used = 0;
  block.forEach((client, row) => {
    program.score(client, recency, scores);
    if (order) program.whatComesNext?.add(client, order, scores);
    if (personal) {
      for (let item = 0; item < items; item++) {
        scores[item] = mixed(scores[item]!, personal[row * items + item]!, weight);
      }
    }
    const known = knownItems(split, client, part);
    for (const item of known) isKnown[item] = 1;
    used += topItems(scores, isKnown, lists.subarray(used, used + CUTOFF));
    for (const item of known) isKnown[item] = 0;
  });
  return lists.slice(0, used);
}

/** Adds a block's lists to the counts, [items]. */
export function countItems(lists: Uint32Array, counts: Uint32Array): void {
  for (const item of lists) counts[item]!++;
}
