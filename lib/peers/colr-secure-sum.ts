// CoLR under secure sums: its updates add up as they are, so the server needs nothing but their sum. Clients mask their
// messages, the masks cancel in the sum of a cohort, and no single update can be seen. With `--epsilon`, each client adds
// only its share of the noise: that of the sum is what protects. Bonawitz et al. (2017), Kairouz et al. (2021).
import { federation } from '../federated/federation.ts';
import type { Recipe } from '../federated/recipe.ts';
import { CohortSum } from '../privacy/cohort-sum.ts';
import { colr, correlatedLowRank } from './colr.ts';

export const colrSecureSum: Recipe = {
  name: 'colr-secure-sum',
  summary: 'colr with masked messages: the server sees the sum of a cohort, never an update',
  reference: 'Bonawitz et al. (2017), doi 10.1145/3133956.3133982; Nguyen et al. (2024), arXiv 2401.03748',
  defaults: colr.defaults,
  create: (setup) => {
    const { settings, split } = setup;
    if (settings.epsilon !== null && settings.noise !== 'gaussian') {
      throw new RangeError(
        `settings: noise must be gaussian with secure sums, whose noise adds up, got ${settings.noise}`,
      );
    }
    const secureSum = new CohortSum(split.train.items, settings.rank, 0, settings.seed);
    return federation(setup, { ...correlatedLowRank(setup), secureSum });
  },
};
