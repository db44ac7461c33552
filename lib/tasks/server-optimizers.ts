// The server's optimisers by the names that the setting `serverOptimizer` takes.
// In: settings; out: the optimiser of a table, or null where the settings leave it to the recipe.

import { itemMean } from '../federated/dense-server.ts';
import type { MakeOptimizer } from '../federated/optional-parts.ts';
import { fedAdam } from '../federated/server.ts';
import type { Settings } from '../federated/settings.ts';
import { fedAdagrad } from './fedadagrad.ts';
import { fedYogi } from './fedyogi.ts';

const optimizers: Readonly<Record<Settings['serverOptimizer'], MakeOptimizer>> = {
  auto: () => null,
  adam: fedAdam,
  yogi: fedYogi,
  adagrad: fedAdagrad,
  average: (_length, _memory, settings) => itemMean(settings),
};

/** Makes the optimiser that the settings name. */
export const makeOptimizer: MakeOptimizer = (length, memory, settings) =>
  optimizers[settings.serverOptimizer](length, memory, settings);
