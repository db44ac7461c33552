import { derivative, dot, parse } from 'mathjs';
import test from 'tape';
import { scoreAll, scoreGradient, userGradient, weightedLoss } from '../../lib/model/factorization.ts';
import { factorizationGradient } from '../../lib/model/factorization-gradient.ts';
import { expand, merge } from '../../lib/model/lora.ts';
import { sigmoid } from '../../lib/model/loss.ts';
import {
  copyOf,
  fromRows,
  type Matrix,
  matrix,
  rowOf,
  toArray,
  toRows,
  transpose,
  type Vector,
  vector,
} from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix } from '../gradient.ts';
import { asMatrix, closeTo, needs, readReference } from '../reference.ts';

const labels = [1, 0, 0, 1, 0, 1, 0];
const counts = [1, 2, 0, 1, 3, 1, 1];

function randomCase(seed: number): { userVector: Vector; itemTable: Matrix } {
  const rng = randomStream(seed, 'factorization');
  return { userVector: rowOf(normalMatrix(1, 3, rng), 0), itemTable: normalMatrix(7, 4, rng) };
}

function lossAt(userVector: Vector, itemTable: Matrix): number {
  return weightedLoss(scoreAll(userVector, itemTable, new Float64Array(7)), { labels, counts });
}

test('a score is the product of the two vectors plus the item bias', (t) => {
  const itemTable = fromRows([[3, 4, 10], [0, 0, -1]]); // biome-ignore format: one matrix, one line
  t.deepEqual([...scoreAll(vector([1, 2]), itemTable, new Float32Array(2))], [21, -1]);
  t.end();
});

test('a user who knows nothing is wrong by one half everywhere', (t) => {
  const itemTable = fromRows([[2, 0], [4, 0]]); // biome-ignore format: one matrix, one line
  const sample = { labels: [1, 0], counts: [1, 3] };
  const gradient = factorizationGradient(vector([0]), itemTable, sample);
  closeTo(t, [gradient.loss], [4 * Math.log(2)], 'four times log 2', 1e-15);
  t.deepEqual(
    toArray(gradient.scores),
    [-0.5, 1.5],
    'up for the positive, down three times for the negative',
  );
  t.deepEqual(toArray(gradient.user), [-0.5 * 2 + 1.5 * 4]);
  t.deepEqual(toRows(expand(gradient.itemStep)), [[0, 0.5], [0, -1.5]]); // biome-ignore format: one matrix
  t.end();
});

test('strides of the table and the vector do not matter', (t) => {
  const { userVector, itemTable } = randomCase(1);
  const turned = transpose(copyOf(transpose(itemTable)));
  const spaced = matrix(Float64Array.from([...toArray(userVector)].flatMap((x) => [x, 99])), 3, 2).pick(
    null,
    0,
  );
  const scores = (p: Vector, q: Matrix) => scoreAll(p, q, new Float64Array(7));
  t.deepEqual(scores(spaced, turned), scores(userVector, itemTable));
  t.deepEqual(userGradient(turned, counts), userGradient(itemTable, counts));
  t.end();
});

test('scores and the slope of the loss agree with mathjs', (t) => {
  const { userVector, itemTable } = randomCase(2);
  const scores = scoreAll(userVector, itemTable, new Float64Array(7));
  const wanted = toRows(itemTable).map((row) => dot(row, [...toArray(userVector), 1]));
  closeTo(t, scores, wanted, 'scores', 1e-14);
  const slope = derivative(
    parse('-w * (y * log(1 / (1 + exp(-s))) + (1 - y) * log(1 - 1 / (1 + exp(-s))))'),
    's',
  );
  const slopes = wanted.map((s, row) => slope.evaluate({ s, y: labels[row]!, w: counts[row]! }));
  closeTo(t, scoreGradient(scores, { labels, counts }), slopes, 'slopes');
  t.end();
});

test('every gradient passes central differences', (t) => {
  const { userVector, itemTable } = randomCase(3);
  const gradient = factorizationGradient(userVector, itemTable, { labels, counts });
  const byUser = centralDifferences(() => lossAt(userVector, itemTable), userVector.data);
  closeTo(t, toArray(gradient.user), byUser, 'by the user vector', 1e-8);
  const byItems = centralDifferences(() => lossAt(userVector, itemTable), itemTable.data);
  closeTo(
    t,
    expand(gradient.itemStep),
    byItems.map((slope) => -slope),
    'by the item rows',
    1e-8,
  );
  const scores = scoreAll(userVector, itemTable, new Float64Array(7));
  const byScores = centralDifferences((s) => weightedLoss(s, { labels, counts }), scores);
  closeTo(t, toArray(gradient.scores), byScores, 'by the scores', 1e-8);
  t.end();
});

test('a small step along the rank-one update lowers the loss by the squared length of the gradient', (t) => {
  const { userVector, itemTable } = randomCase(4);
  const { loss, itemStep } = factorizationGradient(userVector, itemTable, { labels, counts });
  const squares = [...expand(itemStep).data].reduce((sum, slope) => sum + slope * slope, 0);
  merge(itemTable, itemStep, 1e-6);
  closeTo(t, [loss - lossAt(userVector, itemTable)], [1e-6 * squares], 'to first order', 1e-4);
  t.end();
});

test('rows that count 0 times have no part in anything', (t) => {
  const { userVector, itemTable } = randomCase(5);
  const before = factorizationGradient(userVector, itemTable, { labels, counts });
  itemTable.set(2, 0, 1e6);
  const after = factorizationGradient(userVector, itemTable, { labels, counts });
  t.deepEqual(after, before);
  t.end();
});

test('wrong shapes are named', (t) => {
  const { userVector, itemTable } = randomCase(6);
  const out = new Float64Array(7);
  t.throws(
    () => scoreAll(vector([1, 2]), itemTable, out),
    /RangeError: scoreAll: userVector must have shape \[3\], got \[2\]/,
  );
  t.throws(
    () => scoreAll(userVector, itemTable, new Float64Array(6)),
    /scoreAll: out must have one entry per row \(7\), got 6/,
  );
  t.throws(
    () => weightedLoss(out, { labels: [1], counts }),
    /weightedLoss: labels must have one entry per row/,
  );
  t.throws(
    () => scoreGradient(out, { labels, counts: [1] }),
    /scoreGradient: counts must have one entry per row/,
  );
  t.throws(
    () => userGradient(itemTable, [1]),
    /userGradient: scoreGradients must have one entry per row \(7\), got 1/,
  );
  t.end();
});

for (const name of ['matrix-factorisation', 'matrix-factorisation-extreme']) {
  test(`${name}: loss and gradients are those of torch`, needs(`reference/${name}.json`), (t) => {
    const { inputs, outputs } = readReference(name);
    const [userVector, itemTable] = [vector(inputs.p!.data), asMatrix(inputs.Q)];
    const sample = { labels: inputs.labels!.data, counts: inputs.multiplicities!.data };
    const scores = scoreAll(userVector, itemTable, new Float64Array(sample.labels.length));
    const total = outputs.multiplicity_total!.data[0]!;
    const { loss, scores: slopes, user, itemStep } = factorizationGradient(userVector, itemTable, sample);
    closeTo(t, scores, outputs.scores!, 'scores');
    closeTo(t, Array.from(scores, sigmoid), outputs.probabilities!, 'probabilities');
    closeTo(t, [loss], outputs.loss_sum!, 'summed loss');
    closeTo(t, [loss / total], outputs.loss_mean!, 'mean loss');
    closeTo(t, toArray(slopes), outputs.score_gradient!, 'by the scores');
    closeTo(t, toArray(user), outputs.grad_p!, 'by the user vector');
    closeTo(t, expand(itemStep), outputs.dQ!, 'the item step');
    t.end();
  });
}
