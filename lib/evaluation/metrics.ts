// What a rank is worth. A metric is one object in one list: evaluation, tables, JSON, reports, checkpoints, traces, the
// viewer and the benchmarks go through the list, and the types follow from it (docs/changing.md adds one).
// In: where a user's held-out item landed; out: one figure per metric, in [0, 1], larger is better.
// Järvelin & Kekäläinen (2002) for NDCG, Voorhees (1999) for MRR, Krichene & Rendle (2020) for sampled candidates.
import { expectKind } from '../numeric/arguments.ts';
import type { TargetRank } from './ranking.ts';

/** A figure of merit: a number for each user, whose mean over users is reported. */
export interface Metric {
  /** Its key in JSON documents, checkpoints and traces. */
  readonly name: string;
  /** Its heading in tables. */
  readonly label: string;
  /** What the mean over users says, in one line. */
  readonly meaning: string;
  /** Whether the target is ranked among 99 random candidates, as an exact expectation, or among all of them. */
  readonly candidates: 'sampled' | 'all';
  /** Whether tables with room for few columns show it. */
  readonly isBrief: boolean;
  /**
   * The figure of one user, in [0, 1].
   *
   * @param target the rank among all candidates
   * @param chances probability of rank 1, 2, … among the target and 99 random candidates
   */
  of(target: TargetRank, chances: Float64Array): number;
}

/** Ranks beyond the cutoff are worth nothing. */
export const CUTOFF = 10;
/** The field's number of random candidates. */
export const SAMPLED_NEGATIVES = 99;

/** What divides the worth of a hit at a rank, from 1. */
export type Discount = (rank: number) => number;

/** HR: every rank within the cutoff is worth 1. */
const none: Discount = () => 1;
/** NDCG with a single relevant item. */
function logarithmic(rank: number): number {
  return Math.log2(1 + rank);
}
/** MRR. */
const reciprocal: Discount = (rank) => rank;

/** All metrics, in the order of tables and of the columns of arrays. A further one is a further object here. */
export const metrics = [
  {
    name: 'hr10',
    label: 'HR@10',
    meaning:
      'expected share of users whose hidden item is among the best 10 of itself and 99 random unseen items',
    candidates: 'sampled',
    isBrief: true,
    of: (_, chances) => expectedWorth(chances, none),
  },
  {
    name: 'ndcg10',
    label: 'NDCG@10',
    meaning: 'mean of 1 / log₂(1 + rank) where rank ≤ 10, else 0, expected among 99 random unseen items',
    candidates: 'sampled',
    isBrief: true,
    of: (_, chances) => expectedWorth(chances, logarithmic),
  },
  {
    name: 'mrr10',
    label: 'MRR@10',
    meaning: 'mean of 1 / rank where rank ≤ 10, else 0, expected among 99 random unseen items',
    candidates: 'sampled',
    isBrief: true,
    of: (_, chances) => expectedWorth(chances, reciprocal),
  },
  {
    name: 'fullHr10',
    label: 'full HR@10',
    meaning: 'share of users whose hidden item is among the best 10 of all unseen items',
    candidates: 'all',
    isBrief: true,
    of: ({ rank }) => worthOfRank(rank, none),
  },
  {
    name: 'fullNdcg10',
    label: 'full NDCG@10',
    meaning: 'mean of 1 / log₂(1 + rank) where rank ≤ 10, else 0, among all unseen items',
    candidates: 'all',
    isBrief: false,
    of: ({ rank }) => worthOfRank(rank, logarithmic),
  },
] as const satisfies readonly Metric[];

export type ListedMetric = (typeof metrics)[number];
export type MetricName = ListedMetric['name'];

/** A figure for each metric: of one user, or means over users, or their standard errors. */
export type Metrics = Readonly<Record<MetricName, number>>;

/** The round and the weight β are chosen by this metric, on validation. */
export const CRITERION = 'ndcg10' satisfies MetricName;
export const criterionLabel = metrics.find(({ name }) => name === CRITERION)!.label;

/** Something for each metric, under its name. */
export function forEachMetric<T>(make: (name: MetricName, column: number) => T): Record<MetricName, T> {
  const entries = metrics.map(({ name }, column) => [name, make(name, column)] as const);
  return Object.fromEntries(entries) as Record<MetricName, T>;
}

/** The figures of one user. */
export function metricsOf(target: TargetRank): Metrics {
  const chances = chancesOfRanks(target);
  return forEachMetric((_, column) => metrics[column]!.of(target, chances));
}

/** The figures alone of something that has more to say. */
export function metricsOnly(figures: Metrics): Metrics {
  return forEachMetric((name) => figures[name]);
}

/**
 * Figures from a file, which may be older than a metric: what it lacks, or JSON had to write as null, is NaN.
 *
 * @throws RangeError naming the metric whose figure is no number
 */
export function metricsFrom(stored: Readonly<Record<string, unknown>>): Metrics {
  return forEachMetric((name) => {
    const value = stored[name] ?? Number.NaN;
    if (typeof value === 'number') return value;
    throw new RangeError(`metricsFrom: ${name} must be a number, got ${JSON.stringify(value)}`);
  });
}

/** What a rank is worth among all candidates: 1 / discount within the cutoff, else 0 (Eq. 16). */
export function worthOfRank(rank: number, discount: Discount, cutoff = CUTOFF): number {
  expectKind('worthOfRank', 'rank', rank, 'number', '1');
  expectKind('worthOfRank', 'discount', discount, 'function', '(rank) => rank');
  return rank <= cutoff ? 1 / discount(rank) : 0;
}

/** What uncertain ranks are worth: the sum over ranks of probability times worth (Eq. 17). */
export function expectedWorth(chances: Float64Array, discount: Discount, cutoff = CUTOFF): number {
  expectKind('expectedWorth', 'chances', chances, 'list', 'chancesOfRanks({ rank, others })');
  expectKind('expectedWorth', 'discount', discount, 'function', '(rank) => rank');
  let worth = 0;
  for (let rank = 1; rank <= Math.min(cutoff, chances.length); rank++) {
    worth += chances[rank - 1]! / discount(rank);
  }
  return worth;
}

/**
 * The distribution of the target's rank when `sampled` of the other candidates are drawn without replacement: of the
 * others, `rank − 1` are ahead of the target, and how many of them are drawn is hypergeometric (Eq. 17).
 *
 * @returns probability of rank 1, 2, …, [draws + 1] with draws = min(sampled, others)
 */
export function chancesOfRanks({ rank, others }: TargetRank, sampled = SAMPLED_NEGATIVES): Float64Array {
  const ahead = rank - 1;
  const draws = Math.min(sampled, others);
  const chances = new Float64Array(draws + 1);
  const fewest = Math.max(0, draws - (others - ahead));
  let probability = Math.exp(
    logChoose(ahead, fewest) + logChoose(others - ahead, draws - fewest) - logChoose(others, draws),
  );
  for (let drawnAhead = fewest; drawnAhead <= Math.min(ahead, draws); drawnAhead++) {
    chances[drawnAhead] = probability;
    // P(x + 1) / P(x) of the hypergeometric distribution.
    probability *=
      ((ahead - drawnAhead) * (draws - drawnAhead)) /
      ((drawnAhead + 1) * (others - ahead - draws + drawnAhead + 1));
  }
  return chances;
}

/** log C(n, k), summed so that it stays exact to rounding for the small k that occur here. */
function logChoose(n: number, k: number): number {
  const few = Math.min(k, n - k);
  let sum = 0;
  for (let i = 1; i <= few; i++) sum += Math.log((n - few + i) / i);
  return sum;
}
