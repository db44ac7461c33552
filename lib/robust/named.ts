// The strategies and attacks by the names that the settings `combine` and `attack` take.
// In: settings; out: the parts they name. This file is loaded only if they name any.
import type { Attack, Combine, NamedParts } from '../federated/combine.ts';
import type { Settings } from '../federated/settings.ts';
import { randomStream } from '../numeric/rng.ts';
import { byLiars, promote, randomUpdate, scaling, signFlip } from './attacks.ts';
import { coordinateMedian } from './coordinate-median.ts';
import { krum, multiKrum } from './krum.ts';
import { normBound } from './norm-bound.ts';
import { trimmedMean } from './trimmed-mean.ts';

const strategies: Readonly<Record<Exclude<Settings['combine'], 'sum'>, (settings: Settings) => Combine>> = {
  'norm-bound': ({ normBound: bound }) => normBound({ bound }),
  median: () => coordinateMedian(),
  'trimmed-mean': ({ assumedLiars }) => trimmedMean({ trim: assumedLiars }),
  krum: ({ assumedLiars }) => krum({ liars: assumedLiars }),
  'multi-krum': ({ assumedLiars }) => multiKrum({ liars: assumedLiars }),
};

const attacks: Readonly<
  Record<Exclude<Settings['attack'], 'none'>, (settings: Settings, items: number) => Attack>
> = {
  'sign-flip': ({ attackStrength }) => signFlip(attackStrength),
  scale: ({ attackStrength }) => scaling(attackStrength),
  random: ({ attackStrength, seed }) => randomUpdate(attackStrength, seed),
  promote: (settings, items) => promote(promotedItem(settings, items), settings.attackStrength),
};

/** The parts that settings name. @throws RangeError if the promoted item is not among the items */
export function namedParts(settings: Settings, items: number): NamedParts {
  const { combine, attack, seed, liars } = settings;
  return {
    combine: combine === 'sum' ? undefined : strategies[combine](settings),
    attack: attack === 'none' ? undefined : byLiars(attacks[attack](settings, items), seed, liars),
  };
}

/** The item that liars promote: the one that was asked for, or one drawn from the seed. */
export function promotedItem({ promoted, seed }: Pick<Settings, 'promoted' | 'seed'>, items: number): number {
  if (promoted === 'auto') return randomStream(seed, 'promoted').integer(items);
  if (promoted < items) return promoted;
  throw new RangeError(`settings: promoted must be below the number of items (${items}), got ${promoted}`);
}
