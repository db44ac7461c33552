// Item-kNN: a user wants what is similar to the user's items. Similar items have many users in common: cosine of their
// columns of X, shrunk towards 0 where the evidence is thin; each item keeps its nearest neighbours only.
// Deshpande & Karypis (2004); the shrinkage is that of Bell & Koren (2007). Central: it reads everybody's ratings.

import { itemsOf } from '../data/split.ts';
import { centralProgram } from '../federated/central-program.ts';
import type { Recipe } from '../federated/recipe.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import { CoOccurrence } from './co-occurrence.ts';

export interface ItemKnnOptions {
  /** Neighbours that each item keeps. */
  readonly neighbours?: number;
  /** Users in common that a similarity must outweigh: cos · n / (n + shrinkage). */
  readonly shrinkage?: number;
}

/** Item-kNN with its two constants chosen. */
export function itemKnnWith(options: ItemKnnOptions = {}): Recipe {
  const { neighbours = 50, shrinkage = 0 } = options;
  expectInteger('itemKnnWith', 'neighbours', neighbours, 1);
  return {
    name: 'item-knn',
    summary: 'items whose users have much in common with your items (central)',
    reference: 'Deshpande & Karypis (2004), doi 10.1145/963770.963776',
    create: ({ split, memory }) => {
      const { train } = split;
      const kept = Math.min(neighbours, train.items - 1);
      const nearest = memory.uint32('nearestItems', train.items * kept); // [items, neighbours]
      const similarities = memory.float32('similarities', train.items * kept); // [items, neighbours]
      const isOwn = new Uint8Array(train.items);
      return centralProgram(train.users, {
        initialize: () => {
          const common = new CoOccurrence(train);
          const row = new Float32Array(train.items);
          for (let item = 0; item < train.items; item++) {
            similaritiesOf(common, item, shrinkage, row);
            const order = largestFirst(row, kept);
            nearest.set(order, item * kept);
            order.forEach((other, place) => {
              similarities[item * kept + place] = row[other]!;
            });
          }
        },
        score: (client, scores) => {
          const own = itemsOf(train, client);
          for (const item of own) isOwn[item] = 1;
          for (let item = 0; item < train.items; item++) {
            let score = 0;
            for (let at = item * kept; at < (item + 1) * kept; at++) {
              if (isOwn[nearest[at]!] === 1) score += similarities[at]!;
            }
            scores[item] = score;
          }
          for (const item of own) isOwn[item] = 0;
        },
      });
    },
  };
}

export const itemKnn: Recipe = itemKnnWith();

/** Writes n / √(n_i n_j) · n / (n + shrinkage) for every item j, and 0 for the item itself. */
function similaritiesOf(common: CoOccurrence, item: number, shrinkage: number, out: Float32Array): void {
  common.row(item, out);
  for (let other = 0; other < out.length; other++) {
    const users = out[other]!;
    if (users === 0) continue;
    const cosine = users / Math.sqrt(common.count(item) * common.count(other));
    out[other] = other === item ? 0 : (cosine * users) / (users + shrinkage);
  }
}

/** The positions of the `count` largest values, largest first; the earlier one on a tie. */
function largestFirst(values: Float32Array, count: number): Uint32Array {
  return Uint32Array.from(values.keys())
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .subarray(0, count);
}
