// Ablation: FedTLRec that does not know order beyond the re-fit: no windows are sent and nothing is said of what comes next.
import type { Recipe } from '../recipe.ts';
import { fedtlrec } from './fedtlrec.ts';

export const withoutWindows: Recipe = {
  name: 'without-windows',
  summary: 'fedtlrec without co-occurrence windows',
  fixed: { windows: 'off' },
  create: fedtlrec.create,
};
