import fc from 'fast-check';
import test from 'tape';
import { layerNorm, layerNormBackward, layerNormParameters, rowMoments } from '../../lib/model/layer-norm.ts';
import { fromRows, matrix, rowMajorData, toArray, toRows, vector, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { asMatrix, closeTo, needs, readReference } from '../reference.ts';

test('the row (1, 3) has mean 2 and variance 1, so it becomes almost (-1, 1)', (t) => {
  const { mean, variance } = rowMoments(fromRows([[1, 3]]));
  t.deepEqual([toArray(mean), toArray(variance)], [[2], [1]]);
  const shrunk = 1 / Math.sqrt(1 + 1e-5);
  t.deepEqual(toRows(layerNorm(layerNormParameters(2), fromRows([[1, 3]]))), [[-shrunk, shrunk]]);
  t.end();
});

test('a constant row becomes the shift, not NaN', (t) => {
  const parameters = { gain: vector([2, 3]), shift: vector([5, 6]) };
  t.deepEqual(toRows(layerNorm(parameters, fromRows([[4, 4]]))), [[5, 6]]);
  t.end();
});

test('moving or scaling a row hardly changes its normalised form', (t) => {
  const rng = randomStream(1, 'layer-norm');
  const row = Array.from({ length: 8 }, () => rng.normal());
  const parameters = layerNormParameters(8);
  const plain = rowMajorData(layerNorm(parameters, fromRows([row])));
  fc.assert(
    fc.property(
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: 0.5, max: 50, noNaN: true }),
      (move, scale) => {
        const moved = rowMajorData(
          layerNorm(parameters, fromRows([row.map((value) => move + scale * value)])),
        );
        return moved.every((value, column) => Math.abs(value - plain[column]!) < 1e-3);
      },
    ),
    { seed: 1, numRuns: 50 },
  );
  t.pass('on 50 moves and scales');
  t.end();
});

test('the gradients of layer normalisation pass central differences', (t) => {
  const rng = randomStream(1, 'layer-norm', 'gradient');
  const input = normalMatrix(4, 5, rng);
  const slope = normalMatrix(4, 5, rng);
  const parameters = { gain: vector([0.5, -1, 2, 1, 0]), shift: vector([1, 2, 3, 4, 5]) };
  const loss = () => weightedSum(layerNorm(parameters, input), slope);
  const gradient = layerNormBackward(parameters, input, slope);
  closeTo(t, gradient.input, centralDifferences(loss, input.data), 'input', 1e-7);
  closeTo(t, toArray(gradient.parameters.gain), centralDifferences(loss, parameters.gain.data), 'gain', 1e-8);
  closeTo(
    t,
    toArray(gradient.parameters.shift),
    centralDifferences(loss, parameters.shift.data),
    'shift',
    1e-8,
  );
  t.end();
});

test('float32 rows stay float32 and agree with float64 within rounding', (t) => {
  const rng = randomStream(1, 'layer-norm', 'float32');
  const input = normalMatrix(4, 5, rng);
  const slope = normalMatrix(4, 5, rng);
  const [single, singleSlope] = [input, slope].map((values) => matrix(Float32Array.from(values.data), 4, 5));
  const output = layerNorm(layerNormParameters(5, 'float32'), single!);
  const gradient = layerNormBackward(layerNormParameters(5, 'float32'), single!, singleSlope!);
  const exact = layerNormBackward(layerNormParameters(5), input, slope);
  t.ok(output.data instanceof Float32Array && gradient.input.data instanceof Float32Array);
  t.ok(gradient.parameters.gain.data instanceof Float32Array);
  closeTo(t, output, rowMajorData(layerNorm(layerNormParameters(5), input)), 'output', 1e-6);
  closeTo(t, gradient.input, rowMajorData(exact.input), 'input', 1e-5);
  t.end();
});

test('a gain or a shift of another length is refused by name', (t) => {
  const parameters = layerNormParameters(3);
  t.throws(
    () => layerNorm(parameters, zeros(2, 4)),
    /RangeError: layerNorm: gain must have shape \[4\], got \[3\]/,
  );
  t.throws(
    () => layerNorm({ ...parameters, shift: vector([1]) }, zeros(2, 3)),
    /layerNorm: shift must have shape \[3\]/,
  );
  t.throws(
    () => layerNormBackward(parameters, zeros(2, 3), zeros(1, 3)),
    /layerNormBackward: outputGradient/,
  );
  t.end();
});

test(
  'layer normalisation agrees with torch, also for a constant row',
  needs('reference/layer-norm.json'),
  (t) => {
    const { inputs, outputs } = readReference('layer-norm');
    const input = asMatrix(inputs.X);
    const parameters = { gain: vector(inputs.gamma!.data), shift: vector(inputs.beta!.data) };
    const { mean, variance } = rowMoments(input);
    closeTo(t, toArray(mean), outputs.mean!, 'mean');
    closeTo(t, toArray(variance), outputs.variance!, 'variance');
    const output = layerNorm(parameters, input);
    closeTo(t, output, outputs.output!, 'output');
    closeTo(t, [weightedSum(output, asMatrix(inputs.G))], outputs.loss!, 'loss');
    const gradient = layerNormBackward(parameters, input, asMatrix(inputs.G));
    closeTo(t, gradient.input, outputs.grad_X!, 'X');
    closeTo(t, toArray(gradient.parameters.gain), outputs.grad_gamma!, 'gamma');
    closeTo(t, toArray(gradient.parameters.shift), outputs.grad_beta!, 'beta');
    t.end();
  },
);
