// The placebo experiment: what would a protocol report for an item that nobody ever rated?
// In: a split; out: the same training data, with each hidden item replaced by a random item the user never touched.
// A recommender knows nothing of it, so an honest protocol measures chance. A protocol that keeps the hidden items out of
// the negatives (`released`) measures how well the model remembers which items it never trained on.
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import type { Split } from './split.ts';
import { itemsOf } from './split.ts';

/**
 * Replaces the hidden items by placebo items: two different ones per user, neither in training nor hidden before.
 * The true hidden items take no part any more: they are no target, and like any other untouched item they may be drawn
 * as negatives and compete with the target. A user with hidden items but without two other untouched items keeps none.
 *
 * @param seed which items; every user has a stream of its own
 */
export function withPlacebo(split: Split, seed: number): Split {
  const { train } = split;
  const validation = new Int32Array(train.users).fill(-1);
  const test = new Int32Array(train.users).fill(-1);
  const isTaken = new Uint8Array(train.items);
  for (let user = 0; user < train.users; user++) {
    if (split.test[user]! < 0) continue;
    const taken = [...itemsOf(train, user), split.validation[user]!, split.test[user]!].filter(
      (item) => item >= 0,
    );
    if (train.items - taken.length < 2) continue;
    const rng = randomStream(seed, 'placebo', user);
    for (const item of taken) isTaken[item] = 1;
    validation[user] = drawUntaken(isTaken, rng);
    isTaken[validation[user]!] = 1;
    test[user] = drawUntaken(isTaken, rng);
    for (const item of taken) isTaken[item] = 0;
    isTaken[validation[user]!] = 0;
  }
  return { ...split, name: `${split.name}, placebo`, validation, test };
}

function drawUntaken(isTaken: Uint8Array, rng: RandomStream): number {
  let item = rng.integer(isTaken.length);
  while (isTaken[item] === 1) item = rng.integer(isTaken.length);
  return item;
}
