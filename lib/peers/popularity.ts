// The least a recommender must beat: everybody gets the items that most people touched.

import { centralProgram } from '../federated/central-program.ts';
import type { Recipe } from '../federated/recipe.ts';

export const popularity: Recipe = {
  name: 'popularity',
  summary: 'the most popular items for everybody (central, not personal)',
  create: ({ split, memory }) => {
    const { train } = split;
    const counts = memory.float32('popularity', train.items);
    return centralProgram(train.users, {
      initialize: () => {
        for (const item of train.itemOf) counts[item]!++;
      },
      score: (_client, scores) => scores.set(counts),
    });
  },
};
