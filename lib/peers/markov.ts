// A Markov chain over items: what follows an item soon, however different the people are who took both in that order.
// In: everybody's sequences; out: P[x, y], how likely y follows x, with nearer followers counting more. A client is scored from its
// last items, the newest one counting most. Central: it reads everybody's sequences. After Rendle et al. (2010), without
// their factors, and with skips.
import { itemsOf } from '../data/split.ts';
import { centralProgram } from '../federated/central-program.ts';
import type { Recipe, Setup } from '../federated/recipe.ts';

/** Followers further away than this are not counted. */
const REACH = 8;
/** Distance, in items, at which a follower counts 1/e. */
const FADING = 3;
/** Age, in items, at which a past item counts 1/e. Set once, as the two above, not tuned. */
const SPAN = 3;
/** Followers that a row of P is not trusted before: it is mixed with popularity until then. */
const PRIOR = 10;

export const markov: Recipe = {
  name: 'markov',
  summary: 'what soon follows the last items of a user, counted over all sequences (central)',
  reference: 'Rendle, Freudenthaler & Schmidt-Thieme (2010), doi 10.1145/1772690.1772773',
  create: (setup) => {
    const { train } = setup.split;
    const chain = new MarkovChain(setup);
    return centralProgram(train.users, {
      initialize: () => chain.count(),
      score: (client, scores) => chain.score(itemsOf(train, client), scores),
    });
  },
};

export class MarkovChain {
  private readonly setup: Setup;
  private readonly probabilities: Float32Array; // P [items, items], without the part of popularity
  private readonly popularity: Float32Array; // share of all ratings [items]
  private readonly prior: Float32Array; // weight of popularity in each row [items]

  constructor(setup: Setup) {
    const { items } = setup.split.train;
    this.setup = setup;
    this.probabilities = setup.memory.float32('followers', items * items);
    this.popularity = setup.memory.float32('popularity', items);
    this.prior = setup.memory.float32('followersPrior', items);
  }

  count(): void {
    const { probabilities, popularity, prior } = this;
    const { train } = this.setup.split;
    const { items, users, itemOf } = train;
    for (const item of itemOf) popularity[item]! += 1 / itemOf.length;
    for (let user = 0; user < users; user++) {
      const sequence = itemsOf(train, user);
      for (let at = 0; at < sequence.length; at++) {
        for (let later = at + 1; later < sequence.length && later <= at + REACH; later++) {
          probabilities[sequence[at]! * items + sequence[later]!]! += Math.exp(-(later - at - 1) / FADING);
        }
      }
    }
    for (let item = 0; item < items; item++) {
      const row = probabilities.subarray(item * items, (item + 1) * items);
      const total = row.reduce((sum, count) => sum + count, PRIOR);
      for (let next = 0; next < items; next++) row[next]! /= total;
      prior[item] = PRIOR / total;
    }
  }

  /** Writes Σ_k a_k P[x_k, ·], [items]; a_k ∝ e^(−k / 3) adds up to 1, x_0 is the newest item. */
  score(sequence: Uint32Array, scores: Float32Array): void {
    const { probabilities, popularity, prior } = this;
    const items = scores.length;
    scores.fill(0);
    if (sequence.length === 0) scores.set(popularity);
    const ages = Math.min(sequence.length, 10 * SPAN);
    let total = 0;
    for (let age = 0; age < ages; age++) total += Math.exp(-age / SPAN);
    for (let age = 0; age < ages; age++) {
      const item = sequence[sequence.length - 1 - age]!;
      const weight = Math.exp(-age / SPAN) / total;
      for (let next = 0; next < items; next++) {
        scores[next]! += weight * (probabilities[item * items + next]! + prior[item]! * popularity[next]!);
      }
    }
  }
}
