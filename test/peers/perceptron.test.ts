import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { linear } from '../../lib/model/layers.ts';
import { relu } from '../../lib/model/relu.ts';
import { fromRows, matrix, rowMajorData, vector } from '../../lib/numeric/matrix.ts';
import { plainMatmul } from '../../lib/numeric/product.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { initializePerceptron, Perceptron, perceptronLength } from '../../lib/peers/perceptron.ts';
import { centralDifferences, normalMatrix } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const widths = [5, 4, 3, 1];

function randomWeights(seed: number): Float64Array {
  const rng = randomStream(seed, 'perceptron test');
  return Float64Array.from({ length: perceptronLength(widths) }, () => rng.normal());
}

test('two hidden units by hand', (t) => {
  // h1 = max(0, 1·x + 2·y − 1), h2 = max(0, −x), score = 3 h1 − 4 h2 + 0.5
  const weights = Float64Array.of(1, 2, -1, 0, -1, 0, 3, -4, 0.5);
  const perceptron = new Perceptron([2, 2, 1], plainMatmul, 'float64');
  const scores = perceptron.run(
    weights,
    fromRows([
      [1, 1],
      [-2, 0],
    ]),
  );
  t.deepEqual(Array.from(scores), [6.5, -7.5]);
  const { input, weights: slopes } = perceptron.backward(Float64Array.of(1, 10));
  t.deepEqual(Array.from(rowMajorData(input)), [3, 6, 40, 0], 'by the input');
  t.deepEqual(Array.from(slopes), [3, 3, 80, 0, 3, -40, 2, 20, 11], 'by the weights');
  t.end();
});

test('the scores are those of the layers one by one', (t) => {
  const weights = randomWeights(1);
  const input = normalMatrix(7, 5, randomStream(2, 'perceptron test'));
  const layer = (start: number, outputs: number, inputs: number) => ({
    weight: matrix(weights.subarray(start, start + outputs * inputs), outputs, inputs),
    bias: vector(weights.subarray(start + outputs * inputs, start + outputs * (inputs + 1))),
  });
  const first = relu(linear(layer(0, 4, 5), input));
  const second = relu(linear(layer(24, 3, 4), first));
  const expected = linear(layer(39, 1, 3), second);
  const perceptron = new Perceptron(widths, plainMatmul, 'float64');
  perceptron.run(weights, normalMatrix(9, 5, randomStream(3, 'perceptron test'))); // what it held before
  closeTo(t, perceptron.run(weights, input), expected.data, 'float64', 1e-14);
  const single = new Perceptron(widths, chooseLoops().matmul);
  const input32 = matrix(Float32Array.from(input.data), 7, 5);
  closeTo(t, single.run(Float32Array.from(weights), input32), expected.data, 'float32', 1e-5);
  t.end();
});

test('the gradients agree with central differences', (t) => {
  const weights = randomWeights(4);
  const input = normalMatrix(6, 5, randomStream(5, 'perceptron test'));
  const importance = normalMatrix(6, 1, randomStream(6, 'perceptron test')).data as Float64Array;
  const perceptron = new Perceptron(widths, plainMatmul, 'float64');
  const loss = () => {
    const scores = perceptron.run(weights, input);
    return importance.reduce((sum: number, weight: number, row: number) => sum + weight * scores[row]!, 0);
  };
  const byInput = centralDifferences(loss, input.data);
  const byWeights = centralDifferences(loss, weights);
  loss();
  const slopes = perceptron.backward(importance);
  closeTo(t, slopes.input, byInput, 'by the input', 1e-7);
  closeTo(t, slopes.weights, byWeights, 'by the weights', 1e-7);
  t.end();
});

test('a fresh perceptron has weights of its layers own size and no bias', (t) => {
  const weights = new Float32Array(perceptronLength([8, 4, 1])).fill(9);
  initializePerceptron(weights, [8, 4, 1], randomStream(1, 'perceptron test'));
  t.deepEqual(Array.from(weights.subarray(32, 36)), [0, 0, 0, 0], 'biases');
  t.ok(
    weights.subarray(0, 32).every((weight) => weight !== 0 && Math.abs(weight) <= Math.sqrt(6 / 12)),
    'Glorot',
  );
  t.equal(weights[40], 0, 'the last bias');
  t.end();
});

test('weights that do not fit are refused', (t) => {
  const perceptron = new Perceptron([2, 1]);
  t.throws(() => perceptron.run(new Float32Array(4), fromRows([[1, 2]])), /2-1 must have 3 weights, got 4/);
  t.end();
});
