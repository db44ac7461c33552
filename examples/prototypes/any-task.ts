// A federation for something that is not films: 1,000 clients with vectors of ten classes, each client with classes of its
// own (Dirichlet, α .1), learn one classifier on two threads. Their changes travel as low-rank factors.
import { isMainThread } from 'node:worker_threads';
import { trainTask } from 'fedtlrec';
import { taskThreads } from 'fedtlrec/simulator';
import { dirichletVectors, logisticRegression } from 'fedtlrec/tasks';

const sizes = { classes: 10, dims: 64 };
const clients = dirichletVectors({ ...sizes, clients: 1000, alpha: 0.1, samples: 20, separation: 2 });
/** Each thread imports this module and finds the task among its exports. */
export const task = logisticRegression(clients, { ...sizes, name: 'vectors', module: import.meta.url });

if (isMainThread) {
  const settings = { rounds: 9, evaluateEvery: 3, fraction: 0.1, clientLearningRate: 0.3 };
  console.log('change sent as     after 3 rounds   6                9');
  for (const rank of [undefined, 1]) {
    const { curve } = await trainTask(task, { settings, rank, executor: taskThreads(2) });
    const cells = curve.map(
      ({ metric, bytesUp }) => `${metric.toFixed(2)} for ${(bytesUp / 1000).toFixed(1)} kB`,
    );
    console.log(`${rank === undefined ? 'whole rows' : `factors of rank ${rank}`}`.padEnd(17), ...cells);
  }
}
