import test from 'tape';
import { linear, linearParameters } from '../../lib/model/layers.ts';
import { columnSums, linearBackward } from '../../lib/model/layers-backward.ts';
import { binaryCrossEntropy, binaryCrossEntropyGradient, sigmoid } from '../../lib/model/loss.ts';
import { relu, reluBackward } from '../../lib/model/relu.ts';
import {
  fromRows,
  type Matrix,
  matrix,
  rowMajorData,
  toArray,
  toRows,
  transpose,
  vector,
  zeros,
} from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { CountingBackend } from '../counting-backend.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { asMatrix, closeTo, needs, readReference } from '../reference.ts';

test('a linear layer with weights [1, 2] and bias 10 sends (3, 4) to 21', (t) => {
  const parameters = { weight: fromRows([[1, 2]]), bias: vector([10]) };
  t.deepEqual(toRows(linear(parameters, fromRows([[3, 4]]))), [[21]]);
  const gradient = linearBackward(parameters, fromRows([[3, 4]]), fromRows([[5]]));
  t.deepEqual(toRows(gradient.input), [[5, 10]]);
  t.deepEqual(toRows(gradient.parameters.weight), [[15, 20]]);
  t.deepEqual(toArray(gradient.parameters.bias), [5]);
  t.end();
});

test('relu keeps what is positive, lets no gradient through elsewhere, and does not hide a NaN', (t) => {
  const input = fromRows([[-1, 0, 2, Number.NaN]]);
  t.deepEqual(toRows(relu(input)), [[0, 0, 2, Number.NaN]]);
  t.deepEqual(toRows(reluBackward(input, fromRows([[7, 7, 7, 7]]))), [[0, 0, 7, 7]]);
  t.equal(input.get(0, 0), -1, 'the input is not changed');
  t.end();
});

test('layers of other shapes are refused by name', (t) => {
  const parameters = linearParameters(3, 2, randomStream(1));
  t.throws(
    () => linear(parameters, zeros(4, 2)),
    /RangeError: linear: weight must have shape \[any, 2\], got \[2, 3\]/,
  );
  t.throws(
    () => linear({ ...parameters, bias: vector([1]) }, zeros(4, 3)),
    /linear: bias must have shape \[2\]/,
  );
  t.throws(
    () => linearBackward(parameters, zeros(4, 3), zeros(4, 3)),
    /linearBackward: outputGradient must have shape \[4, 2\]/,
  );
  t.throws(() => reluBackward(zeros(2, 2), zeros(2, 3)), /reluBackward: outputGradient/);
  t.throws(
    () => linearParameters(0, 2, randomStream(1)),
    /linearParameters: inputs must be a whole number of at least 1, got 0/,
  );
  t.end();
});

test('fresh weights fill ±√(6 / (inputs + outputs)), depend on the stream only, and biases are 0', (t) => {
  const { weight, bias } = linearParameters(40, 20, randomStream(1, 'layer'));
  const data = [...rowMajorData(weight)];
  const limit = Math.sqrt(6 / 60);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  t.ok(largest <= limit && largest > 0.95 * limit);
  t.ok(Math.abs(data.reduce((sum, value) => sum + value, 0) / data.length) < 0.1 * limit);
  t.deepEqual(data, [...rowMajorData(linearParameters(40, 20, randomStream(1, 'layer')).weight)]);
  t.notDeepEqual(data, [...rowMajorData(linearParameters(40, 20, randomStream(2, 'layer')).weight)]);
  t.ok(toArray(bias).every((value) => value === 0));
  t.end();
});

test('the gradients of a linear layer pass central differences, also from transposed views', (t) => {
  const rng = randomStream(1, 'linear');
  const stored = normalMatrix(3, 5, rng);
  const input = transpose(stored); // [5, 3]
  const parameters = linearParameters(3, 2, rng);
  const slope = transpose(normalMatrix(2, 5, rng)); // [5, 2]
  const loss = () => weightedSum(linear(parameters, input), slope);
  const gradient = linearBackward(parameters, input, slope);
  closeTo(t, transpose(gradient.input), centralDifferences(loss, stored.data), 'input', 1e-8);
  closeTo(t, gradient.parameters.weight, centralDifferences(loss, parameters.weight.data), 'weight', 1e-8);
  closeTo(t, toArray(gradient.parameters.bias), centralDifferences(loss, parameters.bias.data), 'bias', 1e-8);
  t.end();
});

test('the gradient of relu passes central differences away from the kink', (t) => {
  const rng = randomStream(1, 'relu');
  const input = normalMatrix(4, 5, rng);
  const slope = normalMatrix(4, 5, rng);
  const numeric = centralDifferences(() => weightedSum(relu(input), slope), input.data);
  closeTo(t, reluBackward(input, slope), numeric, 'input', 1e-8);
  t.end();
});

test('float32 in gives float32 out, equal to float64 within rounding', (t) => {
  const rng = randomStream(1, 'float32');
  const input = normalMatrix(6, 4, rng);
  const slope = normalMatrix(6, 3, rng);
  const parameters = linearParameters(4, 3, rng);
  const single = {
    weight: toFloat32(parameters.weight),
    bias: vector(Float32Array.from(parameters.bias.data)),
  };
  const output = linear(single, toFloat32(input));
  const gradient = linearBackward(single, toFloat32(input), toFloat32(slope));
  const exact = linearBackward(parameters, input, slope);
  for (const values of [
    output,
    gradient.input,
    gradient.parameters.weight,
    gradient.parameters.bias,
    relu(output),
  ]) {
    t.ok(values.data instanceof Float32Array);
  }
  closeTo(t, output, rowMajorData(linear(parameters, input)), 'output', 1e-6);
  closeTo(t, gradient.parameters.weight, rowMajorData(exact.parameters.weight), 'weight', 1e-6);
  closeTo(t, toArray(gradient.parameters.bias), toArray(exact.parameters.bias), 'bias', 1e-6);
  t.end();
});

test('every product of a layer goes through the backend that it was given', (t) => {
  const counting = new CountingBackend();
  const parameters = linearParameters(3, 2, randomStream(1));
  linear(parameters, zeros(4, 3), { backend: counting });
  t.equal(counting.products, 1);
  linearBackward(parameters, zeros(4, 3), zeros(4, 2), { backend: counting });
  t.equal(counting.products, 3);
  t.end();
});

test('column sums add up the rows, also of a transposed view', (t) => {
  t.deepEqual(toArray(columnSums(transpose(fromRows([[1, 2], [3, 4]])))), [3, 7]); // biome-ignore format: one matrix, one line
  t.end();
});

test(
  'a network of three linear layers with cross-entropy agrees with torch, forward and backward',
  needs('reference/mlp-bce.json'),
  (t) => {
    const { inputs, outputs } = readReference('mlp-bce');
    const layers = [1, 2, 3].map((layer) => ({
      weight: asMatrix(inputs[`W${layer}`]),
      bias: vector(inputs[`b${layer}`]!.data),
    }));
    const labels = inputs.y!.data;
    // Forward: what enters each layer, and what leaves it before the ReLU.
    const entering: Matrix[] = [asMatrix(inputs.X)];
    const leaving: Matrix[] = [];
    layers.forEach((layer, index) => {
      leaving.push(linear(layer, entering[index]!));
      entering.push(relu(leaving[index]!));
    });
    closeTo(t, entering[1]!, outputs.hidden1!, 'hidden1');
    closeTo(t, entering[2]!, outputs.hidden2!, 'hidden2');
    const logits = rowMajorData(leaving[2]!);
    closeTo(t, logits, outputs.logits!, 'logits');
    closeTo(t, logits.map(sigmoid), outputs.probabilities!, 'probabilities');
    const losses = labels.map((label, sample) => binaryCrossEntropy(logits[sample]!, label));
    closeTo(t, [losses.reduce((sum, loss) => sum + loss, 0) / labels.length], outputs.loss!, 'loss');
    // Backward: from the slope of the loss to the input.
    const slopes = labels.map(
      (label, sample) => binaryCrossEntropyGradient(logits[sample]!, label) / labels.length,
    );
    let slope = matrix(Float64Array.from(slopes), labels.length, 1);
    for (const index of [2, 1, 0]) {
      const gradient = linearBackward(layers[index]!, entering[index]!, slope);
      closeTo(t, gradient.parameters.weight, outputs[`grad_W${index + 1}`]!, `W${index + 1}`);
      closeTo(t, toArray(gradient.parameters.bias), outputs[`grad_b${index + 1}`]!, `b${index + 1}`);
      slope = index > 0 ? reluBackward(leaving[index - 1]!, gradient.input) : gradient.input;
    }
    closeTo(t, slope, outputs.grad_X!, 'X');
    t.end();
  },
);

function toFloat32(values: Matrix): Matrix {
  return matrix(Float32Array.from(rowMajorData(values)), values.shape[0]!, values.shape[1]!);
}
