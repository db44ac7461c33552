import test from 'tape';
import type { Task, Weights } from '../../lib/federated/task.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { logisticRegression } from '../../lib/tasks/logistic-regression.ts';
import { nextItem } from '../../lib/tasks/next-item.ts';
import { perceptron } from '../../lib/tasks/perceptron.ts';
import { dirichlet, dirichletVectors } from '../../lib/tasks/vectors.ts';
import { trainTask } from '../../lib/training/train-task.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const sizes = { classes: 3, dims: 4 };
const vectors = dirichletVectors({ ...sizes, clients: 30, alpha: 0.5, samples: 12 });
const sequences = Array.from({ length: 40 }, (_, client) =>
  Array.from({ length: 8 }, (_, at) => (client + at) % 20),
);

/** Float64 arrays in place of the task's float32: a gradient needs the digits. */
function wide(length: number, scale = 0): Float32Array {
  const rng = randomStream(1, 'weights', length);
  return Float64Array.from({ length }, () => scale * rng.normal()) as unknown as Float32Array;
}

test('a task says how many weights travel, and no more', (t) => {
  t.deepEqual(perceptron(vectors, { ...sizes, hidden: 5 }).shape, {
    rows: 5,
    dims: 4 + 1,
    extra: 3 * (5 + 1),
  });
  t.deepEqual(perceptron(vectors, sizes).shape.rows, 16);
  t.deepEqual(logisticRegression(vectors, sizes).shape, { rows: 3, dims: 4 + 1, extra: 0 });
  t.deepEqual(nextItem(sequences, { items: 20, factors: 3 }).shape, { rows: 20, dims: 2 * 3 + 1, extra: 0 });
  t.end();
});

test('each gradient is the slope of its mean loss, by central differences', (t) => {
  const tasks = [
    logisticRegression(vectors, sizes),
    perceptron(vectors, { ...sizes, hidden: 5 }),
    nextItem(sequences, { items: 20, factors: 3 }),
  ] as unknown as Task[];
  for (const task of tasks) {
    const { rows, dims, extra } = task.shape;
    const weights: Weights = { table: wide(rows * dims, 0.5), extra: wide(extra, 0.5) };
    const gradient: Weights = { table: wide(rows * dims), extra: wide(extra) };
    const again = () => randomStream(5, 'drawn');
    const loss = () =>
      task.gradient(task.clients[2], weights, { table: wide(rows * dims), extra: wide(extra) }, again());
    task.gradient(task.clients[2], weights, gradient, again());
    for (const part of ['table', 'extra'] as const) {
      const slopes = centralDifferences(loss, weights[part] as unknown as Float64Array);
      closeTo(t, gradient[part], slopes, `${task.name}: ${part}`, 1e-6);
    }
  }
  t.end();
});

test('logistic regression by hand: with zero weights, every class has probability 1/3', (t) => {
  const data = { vectors: Float32Array.of(1, 2), labels: Uint8Array.of(2), train: 1 };
  const task = logisticRegression([data], { classes: 3, dims: 2 });
  const gradient = { table: new Float32Array(9), extra: new Float32Array(0) };
  const loss = task.gradient(
    data,
    { table: new Float32Array(9), extra: new Float32Array(0) },
    gradient,
    randomStream(1),
  );
  t.ok(Math.abs(loss - Math.log(3)) < 1e-12);
  const third = [1 / 3, 2 / 3, 1 / 3];
  closeTo(t, gradient.table, [...third, ...third, -2 / 3, -4 / 3, -2 / 3], '(p − y) [x, 1]', 1e-6);
  t.end();
});

test('Dirichlet shares add up to 1, have equal means, and are uneven where α is small', (t) => {
  for (const alpha of [0.05, 1, 20]) {
    const drawn = Array.from({ length: 2000 }, (_, client) =>
      dirichlet(4, alpha, randomStream(2, String(alpha), client)),
    );
    t.ok(
      drawn.every((shares) => Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-12),
      `α ${alpha}`,
    );
    const mean = drawn.reduce((sum, shares) => sum + shares[0]!, 0) / drawn.length;
    const square = drawn.reduce((sum, shares) => sum + shares[0]! ** 2, 0) / drawn.length;
    t.ok(Math.abs(mean - 1 / 4) < 0.03, `α ${alpha}: mean ${mean}`);
    const variance = (0.25 * 0.75) / (4 * alpha + 1); // of a Dirichlet coordinate
    t.ok(Math.abs(square - mean ** 2 - variance) < 0.1 * variance + 0.002, `α ${alpha}: variance`);
  }
  t.throws(
    () => dirichletVectors({ ...sizes, clients: 3, alpha: 0 }),
    /dirichletVectors: alpha must be a number above 0, got 0/,
  );
  t.end();
});

test('what is ready learns: better than one class for all, and than drawing items', async (t) => {
  const settings = { rounds: 15, evaluateEvery: 15, clientLearningRate: 0.3 };
  const apart = dirichletVectors({ ...sizes, clients: 30, alpha: 0.5, samples: 20, separation: 5 });
  for (const task of [logisticRegression(apart, sizes), perceptron(apart, sizes)]) {
    const { metric } = await trainTask(task, { settings });
    t.ok(metric > 0.8, `${task.name} ${metric}`);
  }
  const chains = await trainTask(nextItem(sequences, { items: 20, negatives: 4 }), {
    settings: { ...settings, rounds: 40, clientLearningRate: 3, localSteps: 10 },
  });
  t.ok(chains.metric > 0.75, `next-item ${chains.metric}`); // ten of twenty: .5 by chance
  t.throws(
    () => nextItem([[1, 2]], { items: 5 }),
    /nextItem: a sequence must have at least 3 items, got 2 for client 0/,
  );
  t.throws(
    () => nextItem([[1, 2, 5]], { items: 5 }),
    /nextItem: items must be whole numbers from 0 to 4, got 5/,
  );
});

test('a sequence is a hit if fewer than ten items score as much as its last one, ties against it', (t) => {
  const items = 12;
  const task = nextItem([[0, 1, 2]], { items, factors: 1 });
  const table = new Float32Array(items * 3); // [c, o, b] an item
  const hit = () => task.measure([0, 1, 2], { table, extra: new Float32Array(0) } as never);
  t.deepEqual(hit(), { sum: 0, cases: 1 }, 'eleven others score alike');
  table[3 * 2 + 2] = 1;
  t.deepEqual(hit(), { sum: 1, cases: 1 }, 'the bias lifts it');
  for (let item = 3; item < 12; item++) table[3 * item + 2] = 1;
  t.deepEqual(hit(), { sum: 1, cases: 1 }, 'nine others');
  table[2] = 1;
  t.deepEqual(hit(), { sum: 0, cases: 1 }, 'ten others');
  [table[3 * 1], table[3 * 2 + 1]] = [2, 0.5];
  t.deepEqual(hit(), { sum: 1, cases: 1 }, 'c of the item before it, times its own o');
  t.end();
});
