import test from 'tape';
import { sgdStep } from '../../lib/model/optimizer.ts';
import { namedParameters } from '../../lib/model/parameters.ts';
import { meanSquaredError, meanSquaredErrorGradient } from '../../lib/model/squared-error.ts';
import {
  type EncoderBlockParameters,
  encoderBlock,
  encoderBlockBackward,
  encoderBlockParameters,
} from '../../lib/model/transformer.ts';
import { type Matrix, matrix } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { EncoderTrainer } from '../../lib/webgpu/encoder-trainer.ts';
import { needsGpu, testGpu } from './adapter.ts';
import { randomMatrix, relativeError } from './compare.ts';

const [clients, dim, hidden, heads, learningRate] = [37, 20, 33, 4, 0.5];

function setting(label: string) {
  const rng = randomStream(1, 'gpu-encoder', label);
  const parameters = encoderBlockParameters(dim, hidden, rng);
  const [input, target] = [randomMatrix(clients, dim, rng), randomMatrix(clients, dim, rng)];
  const keyMask = Uint8Array.from({ length: clients }, (_, client) => (client % 5 === 0 ? 0 : 1));
  return { parameters, input, target, options: { heads, keyMask, noSelf: true } };
}

/** The float64 step; the loss before it. */
function step(
  parameters: EncoderBlockParameters,
  input: Matrix,
  target: Matrix,
  options: ReturnType<typeof setting>['options'],
): number {
  const { output, cache } = encoderBlock(parameters, input, options);
  const slope = meanSquaredErrorGradient(output, target);
  const gradients = namedParameters(encoderBlockBackward(parameters, input, cache, slope).parameters);
  namedParameters(parameters).forEach(({ data }, index) => {
    sgdStep(data, gradients[index]!.data, { learningRate });
  });
  return meanSquaredError(output, target);
}

test('one training step changes every parameter of the block as float64 does', needsGpu, async (t) => {
  const { parameters, input, target, options } = setting('one');
  const trainer = new EncoderTrainer(testGpu(), parameters, input, target, { ...options, learningRate });
  const before = namedParameters(parameters).map(({ data }) => data.slice());
  const trained = await trainer.train(1);
  const got = namedParameters(trained.parameters);
  step(parameters, input, target, options);
  namedParameters(parameters).forEach(({ name, data }, index) => {
    const change = (values: ArrayLike<number>) =>
      matrix(
        Float64Array.from(values, (value, at) => value - before[index]![at]!),
        1,
        data.length,
      );
    if (name === 'attention.key.bias') {
      // It moves all scores of a row alike, which softmax does not see: the gradient is 0 but for rounding.
      const largest = Math.max(
        ...[got[index]!.data, data].flatMap((values) => [...change(values).data].map(Math.abs)),
      );
      t.ok(largest < 1e-6, `${name} stays where it is: ${largest.toExponential(1)}`);
      return;
    }
    const error = relativeError(change(got[index]!.data), change(data));
    t.ok(error < 2e-4, `${name}: relative difference of the change ${error.toExponential(1)}`);
  });
  trainer.release();
});

test('fifty training steps follow the float64 loss within 1e-4', needsGpu, async (t) => {
  const { parameters, input, target, options } = setting('fifty');
  const trainer = new EncoderTrainer(testGpu(), parameters, input, target, { ...options, learningRate });
  const losses: number[] = [];
  let worst = 0;
  for (let count = 0; count < 50; count++) {
    const want = step(parameters, input, target, options);
    losses.push(await trainer.step());
    worst = Math.max(worst, Math.abs(losses[count]! - want));
  }
  t.ok(worst <= 1e-4, `worst difference ${worst.toExponential(1)}`);
  t.ok(losses[49]! < 0.9 * losses[0]!, `and it learns: ${losses[0]!.toFixed(3)} → ${losses[49]!.toFixed(3)}`);
  trainer.release();
});

test('a replayed recording takes no new memory', needsGpu, async (t) => {
  const { parameters, input, target, options } = setting('memory');
  const gpu = testGpu();
  const trainer = new EncoderTrainer(gpu, parameters, input, target, { ...options, learningRate });
  await trainer.train(2);
  const before = gpu.bytes;
  await trainer.train(40);
  t.equal(gpu.bytes, before);
  trainer.release();
  t.throws(
    () =>
      new EncoderTrainer(gpu, parameters, input, randomMatrix(2, dim, randomStream(1)), {
        heads,
        learningRate,
      }),
    /EncoderTrainer: target must have shape \[37, 20\], got \[2, 20\]/,
  );
});
