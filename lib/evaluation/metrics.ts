// The metrics. Each is one object in a list: evaluation, tables, JSON, reports, checkpoints, traces, the viewer and the
// benchmarks go through the list, and the types follow from it (docs/changing.md adds one).
// In: where a user's held-out item landed; out: one figure per metric. What else can be chosen: further-metrics.ts.
import { furtherMetrics, listMetrics } from './further-metrics.ts';
import type { Metric } from './metric-kinds.ts';
import {
  chancesOfRanks,
  expectedWorth,
  logarithmic,
  reciprocal,
  undiscounted,
  worthOfRank,
} from './rank-worth.ts';
import type { TargetRank } from './ranking.ts';

/** What every run measures, in the order of tables and of the columns of arrays. A further one is a further object here. */
export const metrics = [
  {
    name: 'hr10',
    label: 'HR@10',
    meaning:
      'expected share of users whose hidden item is among the best 10 of itself and 99 random unseen items',
    candidates: 'sampled',
    isBrief: true,
    of: (_, chances) => expectedWorth(chances, undiscounted),
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
    of: ({ rank }) => worthOfRank(rank, undiscounted),
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

/** All that can be measured: what every run does, then what it does when asked, in the order of tables. */
export const everyMetric = [...metrics, ...furtherMetrics, ...listMetrics] as const;

export type AnyMetric = (typeof everyMetric)[number];
/** What every run measures. */
export type ListedMetric = (typeof metrics)[number];
export type MetricName = ListedMetric['name'];
/** What else is measured user by user, when chosen. */
export type FurtherName = (typeof furtherMetrics)[number]['name'];
/** What is measured on the lists of all users, when chosen. */
export type ListMetricName = (typeof listMetrics)[number]['name'];

/** Something for each metric that was measured. */
export type Figures<T> = Readonly<Record<MetricName, T>> &
  Readonly<Partial<Record<FurtherName | ListMetricName, T>>>;

/** A figure for each metric: of one user, or means over users, or their standard errors. */
export type Metrics = Figures<number>;

/** The round and the weight β are chosen by this metric, on validation. */
export const CRITERION = 'ndcg10' satisfies MetricName;
export const criterionLabel = metrics.find(({ name }) => name === CRITERION)!.label;

/** Something for each metric that every run measures, under its name. */
export function forEachMetric<T>(make: (name: MetricName, column: number) => T): Record<MetricName, T> {
  const entries = metrics.map(({ name }, column) => [name, make(name, column)] as const);
  return Object.fromEntries(entries) as Record<MetricName, T>;
}

/** Something made of each figure that is there. */
export function mapFigures<T, Made>(
  figures: Figures<T>,
  make: (figure: T, name: MetricName) => Made,
): Figures<Made> {
  const entries = everyMetric.flatMap(({ name }) => {
    const figure = figures[name];
    return figure === undefined ? [] : [[name, make(figure, name as MetricName)] as const];
  });
  return Object.fromEntries(entries) as unknown as Figures<Made>;
}

/** What is measured user by user, if some of the further metrics are chosen: the columns of arrays. */
export function rankMetrics(further: readonly FurtherName[] = []): readonly Metric[] {
  return [...metrics, ...furtherMetrics.filter(({ name }) => further.includes(name))];
}

/** The figures of one user. */
export function metricsOf(target: TargetRank, further?: readonly FurtherName[]): Metrics {
  const chances = chancesOfRanks(target);
  const entries = rankMetrics(further).map((metric) => [metric.name, metric.of(target, chances)]);
  return Object.fromEntries(entries) as Metrics;
}

/** The figures alone of something that has more to say. */
export function metricsOnly(figures: Metrics): Metrics {
  return mapFigures(figures, (figure) => figure);
}

/**
 * Figures from a file, which may be older than a metric: what it lacks, or JSON had to write as null, is NaN.
 *
 * @throws RangeError naming the metric whose figure is no number
 */
export function metricsFrom(stored: Readonly<Record<string, unknown>>): Metrics {
  const complete = {
    ...stored,
    ...forEachMetric((name) => stored[name] ?? null),
  } as unknown as Figures<unknown>;
  return mapFigures(complete, (value, name) => {
    if (value === null) return Number.NaN;
    if (typeof value === 'number') return value;
    throw new RangeError(`metricsFrom: ${name} must be a number, got ${JSON.stringify(value)}`);
  });
}
