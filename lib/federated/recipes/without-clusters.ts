// Ablation: attention between all clients, whatever K-means would say. Costs U² instead of U per refresh.
import type { Recipe } from '../recipe.ts';
import { fedtlrec } from './fedtlrec.ts';

export const withoutClusters: Recipe = {
  name: 'without-clusters',
  summary: 'fedtlrec with attention between all clients',
  fixed: { clusters: 1, probes: 1 },
  create: fedtlrec.create,
};
