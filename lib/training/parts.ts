// The parts of a round that only some settings ask for: defences at home (lib/privacy), server strategies and the attacks that
// they are to withstand (lib/robust). In: nothing; out: all of them, for runs whose settings may name any.
import type { OptionalParts } from '../federated/optional-parts.ts';
import { makeDefence } from '../privacy/defence.ts';

/** For the option `parts` of `train` and `openRun`. Strategies and attacks are loaded when a setting names one. */
export const allParts: Required<OptionalParts> = {
  makeDefence,
  async loadParts(settings, items) {
    const { namedParts } = await import('../robust/named.ts');
    return namedParts(settings, items);
  },
};
