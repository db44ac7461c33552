// EASE that knows order, in two ways: recent items speak louder in its sum, and a Markov chain says what soon follows the last ones.
// In: everybody's sequences; out: z(Σ_k (r + e^(−k / τ)) B[x_k, ·]) + m z(√P), where z has mean 0 and standard deviation 1 over all
// items of a user, so that both speak equally loud. Central. B is that of `ease`, P that of `markov`.
import { itemsOf } from '../data/split.ts';
import { centralProgram } from '../federated/central-program.ts';
import type { Recipe } from '../federated/recipe.ts';
import { ease, fillEaseWeights } from './ease.ts';
import { MarkovChain } from './markov.ts';

/** r: what an old item counts, where the newest one counts 1 + r. Set once, as the others here, not tuned. */
const OLD = 0.1;
/** τ, in items. */
const SPAN = 20;
/** m: weight of the chain. */
const CHAIN = 0.7;

export const easeRecency: Recipe = {
  name: 'ease-recency',
  summary: 'ease in which recent items speak louder, with a Markov chain beside it (central)',
  reference: 'Steck (2019), doi 10.1145/3308558.3313710; Rendle et al. (2010)',
  defaults: ease.defaults,
  create: (setup) => {
    const { train } = setup.split;
    const { items } = train;
    const weights = setup.memory.float32('easeWeights', items * items); // B [items, items]
    const chain = new MarkovChain(setup);
    const next = new Float32Array(items);
    return centralProgram(train.users, {
      initialize: () => {
        fillEaseWeights(setup, weights);
        chain.count();
      },
      score: (client, scores) => {
        const sequence = itemsOf(train, client);
        scores.fill(0);
        sequence.forEach((item, at) => {
          const weight = OLD + Math.exp(-(sequence.length - 1 - at) / SPAN);
          for (let other = 0; other < items; other++)
            scores[other]! += weight * weights[item * items + other]!;
        });
        chain.score(sequence, next);
        for (let item = 0; item < items; item++) next[item] = Math.sqrt(next[item]!); // counts spread like their root
        standardize(scores);
        standardize(next);
        for (let item = 0; item < items; item++) scores[item]! += CHAIN * next[item]!;
      },
    });
  },
};

/** To mean 0 and standard deviation 1, in place; a constant becomes 0. */
function standardize(values: Float32Array): void {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  for (let at = 0; at < values.length; at++)
    values[at] = deviation > 0 ? (values[at]! - mean) / deviation : 0;
}
