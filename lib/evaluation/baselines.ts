// What figures must be measured against: guessing, as an exact expectation, and the popularity of items. And how many
// candidates there were: among few, any model looks good.
// In: a split; out: figures per user for both, and the numbers of candidates. Nothing is trained and nothing random.

import type { Split } from '../data/split.ts';
import { itemsOf } from '../data/split.ts';
import {
  chancesOfRanks,
  forEachMetric,
  type Metric,
  type Metrics,
  metrics,
  metricsOf,
  SAMPLED_NEGATIVES,
} from './metrics.ts';
import { emptyPerUser, type Part, type PerUser, rankingTask } from './protocol.ts';

/** How many items a held-out item was ranked among, itself included. */
export interface CandidateCounts {
  readonly fewest: number;
  readonly most: number;
  /** Users whose held-out item was the only candidate: they have touched everything else. */
  readonly alone: number;
}

/** The figures of a ranking at random: the mean over all ranks, each as likely as any other. */
export function guessing(split: Split, part: Part): PerUser {
  const known = new Map<number, Metrics>(); // by the number of other candidates
  return figuresOf(split, part, (others) => {
    if (!known.has(others)) known.set(others, expectedByGuessing(others));
    return known.get(others)!;
  });
}

/** The figures of ranking items by how many clients train on them; ties are ahead of the target, as everywhere. */
export function byPopularity(split: Split, part: Part): PerUser {
  const counts = new Uint32Array(split.train.items);
  for (const item of split.train.itemOf) counts[item]!++;
  const sorted = counts.slice().sort();
  return figuresOf(split, part, (others, { target, excluded, alsoExcluded }) => {
    const own = counts[target]!;
    let ahead = sorted.length - firstNotBelow(sorted, own) - 1; // without the target itself
    for (const item of excluded) if (counts[item]! >= own) ahead--;
    if (alsoExcluded >= 0 && counts[alsoExcluded]! >= own) ahead--;
    return metricsOf({ rank: 1 + ahead, others });
  });
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

function figuresOf(split: Split, part: Part, of: (others: number, task: Task) => Metrics): PerUser {
  const figures = emptyPerUser(split.train.users);
  for (let user = 0; user < split.train.users; user++) {
    const task = rankingTask(split, user, part);
    if (!task) continue;
    const measured = of(othersOf(split, user, part)!, task);
    for (const { name } of metrics) figures[name][user] = measured[name];
  }
  return figures;
}

/** Candidates besides the target; null if nothing of the user is held out. */
function othersOf(split: Split, user: number, part: Part): number | null {
  const task = rankingTask(split, user, part);
  if (!task) return null;
  return split.train.items - 1 - itemsOf(split.train, user).length - (task.alsoExcluded >= 0 ? 1 : 0);
}

function expectedByGuessing(others: number): Metrics {
  const draws = Math.min(SAMPLED_NEGATIVES, others);
  const chances = new Float64Array(draws + 1).fill(1 / (draws + 1));
  return forEachMetric((_, column) => {
    const metric: Metric = metrics[column]!;
    if (metric.candidates === 'sampled') return metric.of({ rank: 1, others }, chances);
    const target = { rank: 1, others }; // one object for all ranks: there are many
    let sum = 0;
    for (; target.rank <= others + 1; target.rank++) sum += metric.of(target, noChances);
    return sum / (others + 1);
  });
}

/** Metrics over all candidates do not look at chances. */
const noChances = chancesOfRanks({ rank: 1, others: 0 });

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
