// SASRec: a transformer reads the last items of a user, oldest first, and says what comes next. Kang & McAuley (2018),
// Self-Attentive Sequential Recommendation. Central: it reads everybody's sequences. Compact: one block, the library's own, which
// normalises after each sum; numbers are left out (dropout) before and after it, not within. In place of one random item for each
// prediction, a softmax over items that a batch shares: the better loss, as Klenitskiy & Vasilev (2023), arXiv 2309.07602, found.
import type { Recipe } from '../federated/recipe.ts';
import { epochProgram } from './central.ts';
import { NextItemModel, type NextItemOptions } from './sasrec/next-item-model.ts';

/** Chosen on validation of MovieLens-100K, seed 1, as the defaults below. */
const options: NextItemOptions = { length: 100, blocks: 1, dropout: 0.2, batchSize: 32 };

export const sasrec: Recipe = {
  name: 'sasrec',
  summary: 'a causal transformer over the last items of a user (central); a round is an epoch',
  reference: 'Kang & McAuley (2018), arXiv 1808.09781',
  defaults: {
    rounds: 24,
    factors: 64,
    heads: 2,
    negatives: 400,
    serverLearningRate: 0.003,
    itemScale: 0.02,
  },
  create: (setup) => epochProgram(setup, new NextItemModel(setup, options)),
};
