// A task that threads can import.
import { logisticRegression } from '../../lib/tasks/logistic-regression.ts';
import { dirichletVectors } from '../../lib/tasks/vectors.ts';

const sizes = { classes: 4, dims: 12 };
const clients = dirichletVectors({ ...sizes, clients: 60, alpha: 1, samples: 20, separation: 3 });

export const vectorsTask = logisticRegression(clients, {
  ...sizes,
  name: 'vectors',
  module: import.meta.url,
});
