// What a client's own device does with what it has received: re-fit, score, add the personal part, leave out the past.

import type { Split } from '../data/split.ts';
import { itemsOf } from '../data/split.ts';
import type { Program } from '../federated/recipe.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { bestUnseen, type Recommendation } from '../model/best-unseen.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';

export interface ScoringOptions {
  /** τ of the recency re-fit, or null. */
  readonly recency: number | null;
  /** β of the personal part: `best.mix` of a training result. */
  readonly mix: number;
  /** How much what tends to come next counts: `best.order` of a training result. Default: null, without. */
  readonly order?: Order | null;
}

/** The scores of all items for one client, [items] (Eq. 14). */
export function scoresFor(
  program: Program,
  items: number,
  client: number,
  options: ScoringOptions,
): Float32Array {
  const scores = new Float32Array(items);
  program.score(client, options.recency, scores);
  if (options.order) program.whatComesNext?.add(client, options.order, scores);
  if (!program.hasPersonalParts || options.mix === 0) return scores;
  const personal = new Float32Array(items); // δ
  program.personalParts(Uint32Array.of(client), personal);
  return scores.map((score, item) => score + options.mix * personal[item]!);
}

/**
 * The best items that a client has not trained on.
 *
 * @throws RangeError if there is no such client
 */
export function recommendItems(
  program: Program,
  split: Split,
  client: number,
  options: ScoringOptions & { readonly count: number },
): Recommendation[] {
  expectParts('recommendItems', 'program', program, 'run.program', { score: 'function' });
  expectParts('recommendItems', 'split', split, 'leaveOneOut(ratings)', { train: 'object' });
  expectKind('recommendItems', 'options', options, 'object', '{ count: 10, recency: null, mix: 0 }');
  const { train } = split;
  expectInteger('recommendItems', 'client', client, 0, train.users - 1);
  expectInteger('recommendItems', 'count', options.count, 1);
  const scores = scoresFor(program, train.items, client, options);
  return bestUnseen(scores, itemsOf(train, client), options.count);
}
