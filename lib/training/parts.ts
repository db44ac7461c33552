// The parts of a round that only some settings ask for: defences at home (lib/privacy), the server's optimisers (lib/tasks), its strategies and the attacks that
// they are to withstand (lib/robust). In: nothing; out: all of them, for runs whose settings may name any.
import type { OptionalParts } from '../federated/optional-parts.ts';
import { makeDefence } from '../privacy/defence.ts';
import { makeOptimizer } from '../tasks/server-optimizers.ts';

/** For the option `parts` of `train` and `openRun`. Strategies and attacks are loaded when a setting names one. */
export const allParts: Required<OptionalParts> = {
  makeDefence,
  makeOptimizer,
  async loadParts(settings, items) {
    const { namedParts } = await import('../robust/named.ts');
    return namedParts(settings, items);
  },
};
