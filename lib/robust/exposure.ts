// How far an item has been pushed: where it stands in the lists of those who have not taken it.
// In: a trained program and an item; out: its mean rank among a client's unseen items, and how many see it among ten.

import type { Split } from '../data/split.ts';
import { itemsOf } from '../data/split.ts';
import { rankOf } from '../evaluation/ranking.ts';
import type { Program } from '../federated/recipe.ts';

/** Where an item stands, over all clients that have not trained on it. */
export interface Exposure {
  /** Mean rank among a client's unseen items, from 1. */
  readonly rank: number;
  /** Share of the clients that have it among their ten best. */
  readonly topTen: number;
}

/** How clients score: β of the personal part and the span of the re-fit, or null. */
export interface ExposureOptions {
  readonly mix: number;
  readonly recency: number | null;
}

const BLOCK = 256;

/** The exposure of an item; NaN if every client has trained on it. */
export function exposureOf(
  program: Program,
  { train }: Pick<Split, 'train'>,
  item: number,
  { mix, recency }: ExposureOptions,
): Exposure {
  const scores = new Float32Array(train.items);
  let [clients, ranks, inTopTen] = [0, 0, 0];
  for (const block of program.blocks(BLOCK)) {
    const personal = new Float32Array(block.length * train.items); // δ [block, items]
    if (mix > 0) program.personalParts(block, personal);
    block.forEach((client, row) => {
      const own = itemsOf(train, client);
      if (own.includes(item)) return;
      program.score(client, recency, scores);
      for (let at = 0; at < scores.length; at++) scores[at]! += mix * personal[row * train.items + at]!;
      const { rank } = rankOf(scores, item, own);
      clients++;
      ranks += rank;
      if (rank <= 10) inTopTen++;
    });
  }
  return { rank: ranks / clients, topTen: inTopTen / clients };
}
