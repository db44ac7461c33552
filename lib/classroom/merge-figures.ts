// What participants have measured at home, put together: figures by user, as the simulator would have them. In: each client's figures of
// a task; out: one table for each variant of the task, NaN for whoever told nothing.
import { metrics } from '../evaluation/metrics.ts';
import { emptyPerUser, type PerUser } from '../evaluation/protocol.ts';
import { type EvaluationTask, variantsOf } from '../training/evaluate.ts';

/** @param figures by client, [variants, metrics]; what has another length, or is no share, is left out */
export function mergeFigures(
  figures: ReadonlyMap<number, Float64Array>,
  task: EvaluationTask,
  seats: number,
): PerUser[] {
  const results = variantsOf(task).map(() => emptyPerUser(seats));
  for (const [client, values] of figures) {
    if (values.length !== results.length * metrics.length) continue;
    if (values.some((value) => value < 0 || value > 1)) continue;
    results.forEach((into, variant) => {
      metrics.forEach(({ name }, column) => {
        into[name][client] = values[variant * metrics.length + column]!;
      });
    });
  }
  return results;
}
