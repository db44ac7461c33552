// The honest protocol: rank each user's held-out item among all items it has not trained on.
// In: scores of a block of clients, [block, items], and the split; out: one rank per client, and their summary with
// standard errors. Choices (which round, which mix β) are made on validation; the test is looked at once, at the end.

import type { Split } from '../data/split.ts';
import { itemsOf } from '../data/split.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import {
  CRITERION,
  type Figures,
  type FurtherName,
  type Metrics,
  mapFigures,
  rankMetrics,
} from './metrics.ts';
import type { RankingTask } from './ranking.ts';

export type Part = 'validation' | 'test';

/** Means over users, with the standard error of each mean. */
export interface EvaluationSummary extends Metrics {
  readonly users: number;
  readonly standardErrors: Metrics;
}

/** One figure per user for each metric; NaN where the user has no held-out item. */
export type PerUser = Figures<Float64Array>;

export function emptyPerUser(users: number, further?: readonly FurtherName[]): PerUser {
  const entries = rankMetrics(further).map(({ name }) => [name, new Float64Array(users).fill(Number.NaN)]);
  return Object.fromEntries(entries) as PerUser;
}

/** What to rank for a user, or null if nothing of it is held out. */
export function rankingTask(split: Split, user: number, part: Part): RankingTask | null {
  const target = split[part][user]!;
  if (target < 0) return null;
  const alsoExcluded = part === 'test' ? split.validation[user]! : -1;
  return { target, excluded: itemsOf(split.train, user), alsoExcluded };
}

/** The items that are no candidates for a user's list: those it trained on, and its validation item when testing. */
export function knownItems(split: Split, user: number, part: Part): number[] {
  const validation = split.validation[user]!;
  const known = Array.from(itemsOf(split.train, user));
  return part === 'test' && validation >= 0 ? [...known, validation] : known;
}

/** Means and standard errors over the users that have a held-out item. */
export function summarize(perUser: PerUser): EvaluationSummary {
  expectParts('summarize', 'perUser', perUser, 'the perUser of a result', { [CRITERION]: 'list' });
  const measured = mapFigures(perUser, (values) => values.filter((value) => !Number.isNaN(value)));
  const [means, standardErrors] = meansAndErrors(measured);
  return { ...means, users: measured[CRITERION].length, standardErrors };
}

/** Mean of the values of each metric, and the standard error of each mean. */
export function meansAndErrors(
  values: Figures<ArrayLike<number>>,
): [means: Metrics, standardErrors: Metrics] {
  const pairs = mapFigures(values, meanAndStandardError);
  return [mapFigures(pairs, ([mean]) => mean), mapFigures(pairs, ([, error]) => error)];
}

/** Mean and the standard error of the mean; the latter is NaN for fewer than two values. */
export function meanAndStandardError(values: ArrayLike<number>): [mean: number, standardError: number] {
  expectKind('meanAndStandardError', 'values', values, 'list', '[1, 2, 3]');
  const count = values.length;
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[index]!;
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (values[index]! - mean) ** 2;
  return [mean, Math.sqrt(squares / (count - 1) / count)];
}
