// EASE: the item-to-item weights B that best predict every user's items from the user's other items, in closed form.
// With G = XᵀX + λI and P = G⁻¹: B_ij = −P_ij / P_jj, and 0 on the diagonal, so that no item may explain itself.
// Steck (2019), Embarrassingly Shallow Autoencoders for Sparse Data, Eq. 8. Central: it reads everybody's ratings.

import { itemsOf } from '../data/split.ts';
import { centralProgram } from '../federated/central-program.ts';
import type { Recipe, Setup } from '../federated/recipe.ts';
import { invertPositiveDefinite } from '../numeric/inverse.ts';
import { type FloatArray, type Matrix, matrix } from '../numeric/ndarrays.ts';
import type { MatmulBackend } from '../numeric/product.ts';
import { CoOccurrence } from './co-occurrence.ts';

export const ease: Recipe = {
  name: 'ease',
  summary: 'the best linear item-to-item weights, in closed form (central); λ = regularization × users',
  reference: 'Steck (2019), doi 10.1145/3308558.3313710',
  // λ counts users, so it is set as a share of them: the same setting fits data sets of any size.
  defaults: { regularization: 0.2 },
  create: (setup) => {
    const { train } = setup.split;
    const { items } = train;
    const weights = setup.memory.float32('easeWeights', items * items); // B [items, items]
    return centralProgram(train.users, {
      initialize: () => fillEaseWeights(setup, weights),
      score: (client, scores) => {
        scores.fill(0);
        for (const own of itemsOf(train, client)) {
          for (let item = 0; item < items; item++) scores[item]! += weights[own * items + item]!; // x_u B
        }
      },
    });
  },
};

/** Writes B, [items, items]. */
export function fillEaseWeights({ split, settings, loops }: Setup, weights: Float32Array): void {
  const { train } = split;
  const { items } = train;
  const common = new CoOccurrence(train);
  for (let item = 0; item < items; item++) {
    common.row(item, weights.subarray(item * items, (item + 1) * items));
    weights[item * items + item]! += settings.regularization * train.users;
  }
  const inverse = inverseOf(matrix(weights, items, items), settings.regularization, loops.matmul); // P
  for (let row = 0; row < items; row++) {
    for (let column = 0; column < items; column++) {
      const at = row * items + column;
      weights[at] = row === column ? 0 : -inverse[at]! / inverse[column * items + column]!;
    }
  }
}

/** Too little regularization leaves G without an inverse, or with one that is nothing but rounding. */
function inverseOf(regularized: Matrix, regularization: number, backend: MatmulBackend): FloatArray {
  let reason = 'its inverse is not finite';
  try {
    const { data } = invertPositiveDefinite(regularized, { backend });
    if (data.every(Number.isFinite)) return data;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reason = 'it has no inverse';
  }
  throw new RangeError(
    `ease: regularization (--regularization) must be larger, got ${regularization}: of the matrix XᵀX + λI that it makes, ${reason}; 0.2 is the default`,
  );
}
