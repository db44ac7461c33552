// Ablation: FedTLRec without its aggregator. What is left is matrix factorization with low-rank messages both ways.
import { federation } from '../federation.ts';
import type { Recipe } from '../recipe.ts';
import { lowRankFactorization } from './fedtlrec.ts';

export const withoutAttention: Recipe = {
  name: 'without-attention',
  summary: 'fedtlrec without the personal part: low rank only',
  create: (setup) => federation(setup, lowRankFactorization(setup)),
};
