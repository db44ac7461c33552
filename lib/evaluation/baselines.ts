// What figures must be measured against: guessing, as an exact expectation, and the popularity of items. And how many
// candidates there were: among few, any model looks good.
// In: a split; out: figures per user for both, and the numbers of candidates. Nothing is trained and nothing random.

import type { Split } from '../data/split.ts';
import { itemsOf, trainedBy } from '../data/split.ts';
import type { RecommendedItems } from './list-figures.ts';
import { type FurtherName, type Metrics, mapFigures, metricsOf, rankMetrics } from './metrics.ts';
import { emptyPerUser, knownItems, type Part, type PerUser, rankingTask } from './protocol.ts';
import { CUTOFF, SAMPLED_NEGATIVES } from './rank-worth.ts';

/** How many items a held-out item was ranked among, itself included. */
export interface CandidateCounts {
  readonly fewest: number;
  readonly most: number;
  /** Users whose held-out item was the only candidate: they have touched everything else. */
  readonly alone: number;
}

/** The figures of a ranking at random: the mean over all ranks, each as likely as any other. */
export function guessing(split: Split, part: Part, further?: readonly FurtherName[]): PerUser {
  const known = new Map<number, Metrics>(); // by the number of other candidates
  const figures = emptyPerUser(split.train.users, further);
  return figuresOf(split, part, figures, (others) => {
    if (!known.has(others)) known.set(others, expectedByGuessing(others, further));
    return known.get(others)!;
  });
}

/** The figures of ranking items by how many clients train on them; ties are ahead of the target, as everywhere. */
export function byPopularity(split: Split, part: Part, further?: readonly FurtherName[]): PerUser {
  const counts = trainedBy(split);
  const sorted = counts.slice().sort();
  const figures = emptyPerUser(split.train.users, further);
  return figuresOf(split, part, figures, (others, { target, excluded, alsoExcluded }) => {
    const own = counts[target]!;
    let ahead = sorted.length - firstNotBelow(sorted, own) - 1; // without the target itself
    for (const item of excluded) if (counts[item]! >= own) ahead--;
    if (alsoExcluded >= 0 && counts[alsoExcluded]! >= own) ahead--;
    return metricsOf({ rank: 1 + ahead, others }, further);
  });
}

/** In how many lists each item stands if everybody is shown the most popular unseen items, for the figures of lists. */
export function popularLists(split: Split, part: Part): RecommendedItems {
  const popularity = trainedBy(split);
  const { users, items } = split.train;
  const byPopularity = Uint32Array.from(popularity.keys()).sort(
    (a, b) => popularity[b]! - popularity[a]! || a - b,
  );
  const counts = new Uint32Array(items);
  for (let user = 0; user < users; user++) {
    const known = new Set(knownItems(split, user, part));
    let places = CUTOFF;
    for (let next = 0; next < items && places > 0; next++) {
      const item = byPopularity[next]!;
      if (known.has(item)) continue;
      counts[item]!++;
      places--;
    }
  }
  return { counts, popularity, users };
}

/** How many candidates the users' held-out items were ranked among. */
export function candidateCounts(split: Split, part: Part): CandidateCounts {
  let [fewest, most, alone] = [Infinity, 0, 0];
  for (let user = 0; user < split.train.users; user++) {
    const others = othersOf(split, user, part);
    if (others === null) continue;
    fewest = Math.min(fewest, others + 1);
    most = Math.max(most, others + 1);
    if (others === 0) alone++;
  }
  return { fewest: most === 0 ? 0 : fewest, most, alone };
}

type Task = NonNullable<ReturnType<typeof rankingTask>>;

function figuresOf(
  split: Split,
  part: Part,
  figures: PerUser,
  of: (others: number, task: Task) => Metrics,
): PerUser {
  for (let user = 0; user < split.train.users; user++) {
    const task = rankingTask(split, user, part);
    if (!task) continue;
    const measured = of(othersOf(split, user, part)!, task);
    mapFigures(measured, (figure, name) => {
      figures[name][user] = figure;
    });
  }
  return figures;
}

/** Candidates besides the target; null if nothing of the user is held out. */
function othersOf(split: Split, user: number, part: Part): number | null {
  const task = rankingTask(split, user, part);
  if (!task) return null;
  return split.train.items - 1 - itemsOf(split.train, user).length - (task.alsoExcluded >= 0 ? 1 : 0);
}

function expectedByGuessing(others: number, further?: readonly FurtherName[]): Metrics {
  const draws = Math.min(SAMPLED_NEGATIVES, others);
  const chances = new Float64Array(draws + 1).fill(1 / (draws + 1));
  const entries = rankMetrics(further).map((metric) => {
    if (metric.candidates === 'sampled') return [metric.name, metric.of({ rank: 1, others }, chances)];
    const target = { rank: 1, others }; // one object for all ranks: there are many
    let sum = 0;
    for (; target.rank <= others + 1; target.rank++) sum += metric.of(target, noChances);
    return [metric.name, sum / (others + 1)];
  });
  return Object.fromEntries(entries) as Metrics;
}

/** Metrics over all candidates do not look at chances. */
const noChances = Float64Array.of(1);

/** The first place of an ascending array whose value is not below `value`. */
function firstNotBelow(ascending: Uint32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
