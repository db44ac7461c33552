import fc from 'fast-check';
import test from 'tape';
import { softmaxRowsBackward } from '../../lib/model/attention-backward.ts';
import { logSumExp, logSumExpBackward } from '../../lib/model/log-sum-exp.ts';
import { softmaxInPlace, softmaxRows } from '../../lib/model/softmax.ts';
import {
  fromRows,
  matrix,
  rowMajorData,
  toArray,
  toRows,
  transpose,
  vector,
  zeros,
} from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { asMatrix, closeTo, needs, readReference } from '../reference.ts';

test('scores 0 and log 3 become the shares 1/4 and 3/4, and their logSumExp is log 4', (t) => {
  const scores = fromRows([[0, Math.log(3)]]);
  closeTo(t, softmaxRows(scores), [0.25, 0.75], 'shares', 1e-15);
  closeTo(t, toArray(logSumExp(scores)), [Math.log(4)], 'logSumExp', 1e-15);
  t.equal(scores.get(0, 0), 0, 'the scores are not changed');
  t.end();
});

test('a forbidden entry gets exactly 0 even if its score is by far the largest', (t) => {
  const scores = fromRows([[1000, 2, 2]]);
  t.deepEqual(toRows(softmaxRows(scores, Uint8Array.of(0, 1, 1))), [[0, 0.5, 0.5]]);
  closeTo(t, toArray(logSumExp(scores, Uint8Array.of(0, 1, 1))), [2 + Math.log(2)], 'logSumExp', 1e-15);
  t.end();
});

test('a row in which nothing is allowed is all zero, and its logSumExp is -Infinity', (t) => {
  const scores = fromRows([[1, 2], [3, -Infinity]]); // biome-ignore format: one matrix, one line
  const mask = Uint8Array.of(0, 0, 0, 1);
  t.deepEqual(toRows(softmaxRows(scores, mask)), [[0, 0], [0, 0]], 'a score of -Infinity counts as forbidden'); // biome-ignore format: one line
  t.deepEqual(toArray(logSumExp(scores, mask)), [-Infinity, -Infinity]);
  t.deepEqual(toRows(logSumExpBackward(scores, vector([1, 1]), mask)), [[0, 0], [0, 0]]); // biome-ignore format: one line
  t.end();
});

test('a NaN among the allowed scores is not hidden', (t) => {
  t.ok(toRows(softmaxRows(fromRows([[1, Number.NaN]])))[0]!.every(Number.isNaN));
  t.deepEqual(toRows(softmaxRows(fromRows([[1, Number.NaN]]), Uint8Array.of(1, 0))), [[1, 0]]);
  t.end();
});

test('allowed weights sum to 1, are positive, and do not change when a row is shifted', (t) => {
  const row = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 4, maxLength: 4 });
  const mask = fc.array(fc.constantFrom(0, 1), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(row, mask, fc.integer({ min: -900, max: 900 }), (scores, allowed, shift) => {
      const weights = toRows(softmaxRows(fromRows([scores]), Uint8Array.from(allowed)))[0]!;
      const shifted = softmaxRows(fromRows([scores.map((score) => score + shift)]), Uint8Array.from(allowed));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return (
        Math.abs(sum - (allowed.includes(1) ? 1 : 0)) < 1e-12 &&
        weights.every((weight, column) => (allowed[column] === 1 ? weight > 0 : weight === 0)) &&
        weights.every((weight, column) => Math.abs(weight - shifted.get(0, column)) < 1e-10)
      );
    }),
    { seed: 1, numRuns: 200 },
  );
  t.pass('on 200 rows');
  t.end();
});

test('the gradients of softmax and logSumExp pass central differences, masked and not', (t) => {
  const rng = randomStream(1, 'softmax');
  const scores = normalMatrix(3, 4, rng);
  const slope = normalMatrix(3, 4, rng);
  const rowSlope = vector([0.5, -2, 3]);
  for (const mask of [undefined, Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0)]) {
    const name = mask ? 'masked' : 'unmasked';
    const bySoftmax = centralDifferences(() => weightedSum(softmaxRows(scores, mask), slope), scores.data);
    closeTo(t, softmaxRowsBackward(softmaxRows(scores, mask), slope), bySoftmax, `softmax, ${name}`, 1e-8);
    const rows = mask ? [0, 1] : [0, 1, 2]; // the masked last row has no finite logSumExp
    const loss = () =>
      rows.reduce((sum, row) => sum + rowSlope.get(row) * logSumExp(scores, mask).get(row), 0);
    const gradient = logSumExpBackward(scores, rowSlope, mask);
    closeTo(t, gradient, centralDifferences(loss, scores.data), `logSumExp, ${name}`, 1e-8);
  }
  t.end();
});

test('softmax of a transposed view equals softmax of its copy, and float32 stays float32', (t) => {
  const scores = normalMatrix(3, 4, randomStream(1, 'softmax', 'view'));
  const view = transpose(scores);
  t.deepEqual(toRows(softmaxRows(view)), toRows(softmaxRows(fromRows(toRows(view)))));
  const single = matrix(Float32Array.from(scores.data), 3, 4);
  t.ok(softmaxRows(single).data instanceof Float32Array && logSumExp(single).data instanceof Float32Array);
  closeTo(t, softmaxRows(single), rowMajorData(softmaxRows(scores)), 'float32', 1e-6);
  t.end();
});

test('a mask or a gradient of another size is refused by name', (t) => {
  t.throws(
    () => softmaxRows(zeros(2, 3), new Uint8Array(3)),
    /RangeError: softmaxRows: mask must have rows × columns \(2 × 3 = 6\) entries, got 3/,
  );
  t.throws(() => logSumExp(zeros(2, 3), new Uint8Array(7)), /logSumExp: mask/);
  t.throws(() => softmaxRowsBackward(zeros(2, 3), zeros(3, 2)), /softmaxRowsBackward: weightGradient/);
  t.throws(
    () => logSumExpBackward(zeros(2, 3), vector([1])),
    /logSumExpBackward: outputGradient must have shape \[2\]/,
  );
  t.end();
});

test(
  'softmax and logSumExp agree with torch for rows shifted by ±1000 and a saturated one',
  needs('reference/softmax.json'),
  (t) => {
    const { inputs, outputs } = readReference('softmax');
    const scores = asMatrix(inputs.X);
    const weights = softmaxRows(scores);
    closeTo(t, weights, outputs.output!, 'weights');
    closeTo(t, toArray(logSumExp(scores)), outputs.log_sum_exp!, 'logSumExp');
    closeTo(t, [weightedSum(weights, asMatrix(inputs.G))], outputs.loss!, 'loss');
    closeTo(t, softmaxRowsBackward(weights, asMatrix(inputs.G)), outputs.grad_X!, 'gradient');
    const row = Float64Array.from(inputs.X!.data.slice(0, 5));
    softmaxInPlace(row);
    closeTo(t, row, outputs.output!.data.slice(0, 5), 'one row in place');
    t.end();
  },
);
