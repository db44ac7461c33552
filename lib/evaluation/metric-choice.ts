// Which metrics a run measures and shows. In: the words of the setting `metrics`; out: metrics, in the order of tables.
import { expectKind } from '../numeric/arguments.ts';
import { furtherMetrics, listMetrics } from './further-metrics.ts';
import { type AnyMetric, everyMetric, type FurtherName, type ListMetricName, metrics } from './metrics.ts';

/** What the setting may name: what every run measures, all that there is, or single metrics, whose 10 may be left out. */
export const metricWords: readonly string[] = ['usual', 'all', ...everyMetric.map(({ name }) => name)];

/** What was chosen. */
export interface MetricChoice {
  /** Columns of tables. */
  readonly shown: readonly AnyMetric[];
  /** Those among them that not every run measures, user by user. */
  readonly further: readonly FurtherName[];
  /** Those that are measured on the lists of all users. */
  readonly lists: readonly ListMetricName[];
}

/** The metrics that words between commas name, e.g. `hr,coverage`; unknown words name none: `completeSettings` refuses them. */
export function chooseMetrics(words: string): MetricChoice {
  expectKind('chooseMetrics', 'words', words, 'text', "'hr,coverage'");
  const named = words.split(',').map((word) => word.trim());
  const isNamed = (name: string, group: string) =>
    [name, name.replace(/10$/, ''), group, 'all'].some((word) => named.includes(word));
  const usual = metrics.filter(({ name }) => isNamed(name, 'usual'));
  const further = furtherMetrics.filter(({ name }) => isNamed(name, 'all'));
  const lists = listMetrics.filter(({ name }) => isNamed(name, 'all'));
  return {
    shown: [...usual, ...further, ...lists],
    further: further.map(({ name }) => name),
    lists: lists.map(({ name }) => name),
  };
}
