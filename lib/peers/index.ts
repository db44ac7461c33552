// All recipes that come with the library, in the order in which they are worth reading.
import { closestName } from '../federated/closest-name.ts';
import type { Recipe } from '../federated/recipe.ts';
import { aOnly } from '../federated/recipes/a-only.ts';
import { fedtlrec } from '../federated/recipes/fedtlrec.ts';
import { withoutAttention } from '../federated/recipes/without-attention.ts';
import { withoutClusters } from '../federated/recipes/without-clusters.ts';
import { withoutLowRank } from '../federated/recipes/without-low-rank.ts';
import { bprMf } from './bpr-mf.ts';
import { colr, colrAllRows } from './colr.ts';
import { colrSecureSum } from './colr-secure-sum.ts';
import { ease } from './ease.ts';
import { fedmf, fedmfFedavg } from './fedmf.ts';
import { fedncf } from './fedncf.ts';
import { fedrecon } from './fedrecon.ts';
import { fedtlrecAsDescribed } from './fedtlrec-as-described.ts';
import { fedtlrecReleased } from './fedtlrec-released.ts';
import { gpfedrec } from './gpfedrec.ts';
import { itemKnn } from './item-knn.ts';
import { localOnly } from './local-only.ts';
import { neumf } from './neumf.ts';
import { pfedrec } from './pfedrec.ts';
import { popularity } from './popularity.ts';

export const recipes: readonly Recipe[] = [
  fedtlrec,
  withoutAttention,
  withoutClusters,
  withoutLowRank,
  aOnly,
  fedmf,
  fedmfFedavg,
  colr,
  colrAllRows,
  colrSecureSum,
  fedncf,
  fedrecon,
  pfedrec,
  gpfedrec,
  fedtlrecReleased,
  fedtlrecAsDescribed,
  localOnly,
  popularity,
  itemKnn,
  ease,
  bprMf,
  neumf,
];

/**
 * Finds a recipe by name.
 *
 * @throws RangeError naming the closest recipe
 */
export function recipeNamed(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = recipes.map((recipe) => recipe.name);
  throw new RangeError(
    `recipe: there is no recipe "${name}"; did you mean "${closestName(name, names)}"? All: ${names.join(', ')}`,
  );
}
