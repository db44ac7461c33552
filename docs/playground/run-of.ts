// What a configuration of the playground means to the library: invented ratings, and settings. The worker trains with them, and
// so does the script that records the start page's first rounds.
import type { Ratings } from '../../lib/data/ratings.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { isPresent } from '../../lib/federated/client-side.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import type { TraceOptions } from '../../lib/trace/recorder.ts';
import type { TraceAbout } from '../../lib/trace/trace.ts';
import type { Configuration, Variant } from './configuration.ts';

/** What is followed: everybody, up to as many as are still told apart on a screen. */
export const traceSizes = { clients: 400, owners: 40, focus: 6 };

/** Ratings of invented people, and the groups that nobody is told of. */
export function inventedRatings({ users, items, groups, seed }: Configuration): {
  ratings: Ratings;
  truth: NonNullable<TraceOptions['truth']>;
} {
  const meanRatings = Math.max(5, Math.min(40, Math.floor(items / 8)));
  const scenesPerGroup = Math.max(1, Math.min(8, Math.floor(items / groups / 10)));
  const world = syntheticRatings({ users, items, groups, seed, meanRatings, scenesPerGroup });
  return { ratings: world.ratings, truth: { users: world.groupOf, items: world.itemGroupOf } };
}

/** How many rounds the client that is looked at first takes part in. */
export const FIRST_ROUNDS = 4;

/** Which client in focus is looked at first: one that is there in all of the first rounds, if there is one. */
export function firstFocus({ focus, clients, settings }: TraceAbout): number {
  const rounds = Array.from({ length: FIRST_ROUNDS }, (_, at) => at + 1);
  const found = focus.findIndex((place) =>
    rounds.every((round) => isPresent(clients[place]!, round, settings)),
  );
  return Math.max(0, found);
}

/**
 * Larger steps than the default's, because nobody wants to wait, and every round whole: with K-means, attention and an
 * evaluation. A recipe's own defaults win over them.
 */
export function settingsOf(
  { seed, rounds }: Configuration,
  { rank, clusters, heads, dropout, epsilon, codec, liars }: Variant,
  own: Partial<Settings>,
  ratings: Ratings,
): Partial<Settings> {
  const factors = own.factors ?? 16;
  return {
    ...{ serverLearningRate: 0.1, refreshEvery: 1, evaluateEvery: 1 },
    ...own,
    ...{ seed, rounds, heads, dropout, epsilon, codec },
    ...(liars > 0 ? { attack: 'sign-flip' as const, liars } : {}),
    rank: Math.min(rank, factors + 1),
    clusters: Math.min(clusters, ratings.users.length),
  };
}
