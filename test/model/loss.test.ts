import fc from 'fast-check';
import { derivative, parse } from 'mathjs';
import test from 'tape';
import { binaryCrossEntropy, binaryCrossEntropyGradient, sigmoid } from '../../lib/model/loss.ts';
import { meanSquaredError, meanSquaredErrorGradient } from '../../lib/model/squared-error.ts';
import { fromRows, toRows, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix } from '../gradient.ts';
import { closeTo, needs, readReference } from '../reference.ts';

test('a score of 0 is a probability of one half and costs log 2 with either label', (t) => {
  t.equal(sigmoid(0), 0.5);
  t.equal(binaryCrossEntropy(0, 0), Math.log(2));
  t.equal(binaryCrossEntropy(0, 1), Math.log(2));
  t.ok(Math.abs(sigmoid(Math.log(3)) - 0.75) < 1e-15, 'odds of 3 to 1');
  t.end();
});

test('sigmoid and cross-entropy stay finite and exact for scores that overflow an exponential', (t) => {
  t.equal(sigmoid(800), 1);
  t.equal(sigmoid(-800), 0);
  t.equal(binaryCrossEntropy(800, 0), 800);
  t.equal(binaryCrossEntropy(-800, 1), 800);
  t.equal(binaryCrossEntropy(800, 1), 0);
  t.equal(binaryCrossEntropy(60, 1), Math.exp(-60), 'not rounded to 0 by way of the probability');
  t.end();
});

test('sigmoid is symmetric and cross-entropy is never negative', (t) => {
  const score = fc.double({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(score, fc.constantFrom(0, 1), (value, label) => {
      const isSymmetric = Math.abs(sigmoid(value) + sigmoid(-value) - 1) < 1e-15;
      return isSymmetric && binaryCrossEntropy(value, label) >= 0;
    }),
    { seed: 1, numRuns: 200 },
  );
  t.pass('on 200 scores');
  t.end();
});

test('sigmoid, cross-entropy and its slope agree with mathjs, which differentiates the textbook formula', (t) => {
  const textbook = parse('-(y * log(1 / (1 + exp(-s))) + (1 - y) * log(1 - 1 / (1 + exp(-s))))');
  const loss = textbook.compile();
  const slope = derivative(textbook, 's').compile();
  const curve = derivative('log(1 + exp(s))', 's').compile(); // the slope of softplus is the sigmoid
  const scores = [-9, -2.5, -0.3, 0, 0.7, 4, 11];
  const cases = scores.flatMap((s) => [0, 0.25, 1].map((y) => ({ s, y })));
  closeTo(
    t,
    cases.map(({ s, y }) => binaryCrossEntropy(s, y)),
    cases.map((scope) => loss.evaluate(scope)),
    'loss',
  );
  closeTo(
    t,
    cases.map(({ s, y }) => binaryCrossEntropyGradient(s, y)),
    cases.map((scope) => slope.evaluate(scope)),
    'slope',
  );
  closeTo(
    t,
    scores.map(sigmoid),
    scores.map((s) => curve.evaluate({ s })),
    'sigmoid',
  );
  t.end();
});

test('the slope of cross-entropy passes central differences', (t) => {
  for (const label of [0, 1]) {
    const scores = Float64Array.of(-3, -0.2, 0, 1.5, 6);
    const numeric = centralDifferences(
      (x) => [...x].reduce((sum, s) => sum + binaryCrossEntropy(s, label), 0),
      scores,
    );
    closeTo(
      t,
      [...scores].map((s) => binaryCrossEntropyGradient(s, label)),
      numeric,
      `label ${label}`,
      1e-8,
    );
  }
  t.end();
});

test('the mean squared error of differences 1, 2, 0 and 1 is 6/4', (t) => {
  const output = fromRows([[1, 2], [3, 4]]); // biome-ignore format: one matrix, one line
  const target = fromRows([[0, 4], [3, 3]]); // biome-ignore format: one matrix, one line
  t.equal(meanSquaredError(output, target), 1.5);
  t.deepEqual(toRows(meanSquaredErrorGradient(output, target)), [[0.5, -1], [0, 0.5]]); // biome-ignore format: one line
  t.throws(
    () => meanSquaredError(output, zeros(2, 1)),
    /RangeError: meanSquaredError: target must have shape \[2, 2\]/,
  );
  t.throws(() => meanSquaredError(zeros(0, 2), zeros(0, 2)), /at least one element, got shape \[0, 2\]/);
  t.end();
});

test('the gradient of the mean squared error passes central differences', (t) => {
  const rng = randomStream(1, 'mse');
  const output = normalMatrix(3, 4, rng);
  const target = normalMatrix(3, 4, rng);
  const numeric = centralDifferences(() => meanSquaredError(output, target), output.data);
  closeTo(t, meanSquaredErrorGradient(output, target), numeric, 'by the output', 1e-8);
  t.end();
});

test(
  'scores of ±60 and ±800 cost what torch says',
  needs('reference/matrix-factorisation-extreme.json'),
  (t) => {
    const { inputs, outputs } = readReference('matrix-factorisation-extreme');
    const scores = outputs.scores!.data;
    let loss = 0;
    scores.forEach((score, item) => {
      loss += inputs.multiplicities!.data[item]! * binaryCrossEntropy(score, inputs.labels!.data[item]!);
    });
    const slopes = scores.map(
      (score, item) =>
        inputs.multiplicities!.data[item]! * binaryCrossEntropyGradient(score, inputs.labels!.data[item]!),
    );
    closeTo(t, [loss], outputs.loss_sum!, 'loss');
    closeTo(t, scores.map(sigmoid), outputs.probabilities!, 'probabilities');
    closeTo(t, slopes, outputs.score_gradient!, 'slopes');
    t.end();
  },
);
