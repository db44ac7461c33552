// The figures of the lists that all clients would be shown. In: an executor, and what is asked for; out: one number a metric.
import { trainedBy } from '../data/split.ts';
import { listMetrics } from '../evaluation/further-metrics.ts';
import type { RecommendedItems } from '../evaluation/list-figures.ts';
import type { ListMetricName, Metrics } from '../evaluation/metrics.ts';
import type { Setup } from '../federated/recipe.ts';
import type { Executor } from './executor.ts';
import type { ListTask } from './recommend-block.ts';

/** The chosen figures of the clients' best unseen items; nothing is scored if none is chosen. */
export async function measureLists(
  executor: Executor,
  { split }: Pick<Setup, 'split'>,
  task: ListTask,
  chosen: readonly ListMetricName[],
): Promise<Pick<Metrics, ListMetricName>> {
  if (chosen.length === 0) return {};
  const counts = await executor.countRecommended(task);
  return figuresOfLists({ counts, popularity: trainedBy(split), users: split.train.users }, chosen);
}

/** The chosen figures of lists that are counted already. */
export function figuresOfLists(
  recommended: RecommendedItems,
  chosen: readonly ListMetricName[],
): Pick<Metrics, ListMetricName> {
  const wanted = listMetrics.filter(({ name }) => chosen.includes(name));
  return Object.fromEntries(wanted.map((metric) => [metric.name, metric.of(recommended)]));
}
