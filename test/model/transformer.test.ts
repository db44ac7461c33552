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
import { matrix, rowMajorData, toRows, vector, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { asMatrix, closeTo, encoderBlockNames, needs, type Reference, readReference } from '../reference.ts';

test('a fresh block ends in rows of mean 0 and variance 1, and is the same for the same stream', (t) => {
  const clients = normalMatrix(5, 6, randomStream(1, 'block'));
  const { output, weights } = encoderBlock(encoderBlockParameters(6, 12, randomStream(2)), clients, {
    heads: 2,
  });
  for (const row of toRows(output)) {
    t.ok(Math.abs(row.reduce((sum, value) => sum + value, 0)) < 1e-12);
    t.ok(Math.abs(row.reduce((sum, value) => sum + value * value, 0) / 6 - 1) < 1e-3);
  }
  t.deepEqual(weights.map((head) => head.shape), [[5, 5], [5, 5]]); // biome-ignore format: one line
  const again = encoderBlock(encoderBlockParameters(6, 12, randomStream(2)), clients, { heads: 2 });
  t.deepEqual(toRows(again.output), toRows(output));
  const other = encoderBlock(encoderBlockParameters(6, 12, randomStream(3)), clients, { heads: 2 });
  t.notDeepEqual(toRows(other.output), toRows(output));
  t.end();
});

test('a block lists 16 parameters under the names of its parts', (t) => {
  const listed = namedParameters(encoderBlockParameters(4, 8, randomStream(1)));
  t.deepEqual(new Set(listed.map(({ name }) => name)), new Set(Object.keys(encoderBlockNames)));
  const count = listed.reduce((sum, { data }) => sum + data.length, 0);
  t.equal(count, 4 * (4 * 4 + 4) + (4 * 8 + 8) + (8 * 4 + 4) + 4 * 4);
  t.end();
});

test('the gradients by the clients and all 16 parameters pass central differences, masked and not', (t) => {
  const rng = randomStream(2, 'block', 'gradient');
  const parameters = encoderBlockParameters(4, 6, rng);
  for (const { data } of namedParameters(parameters)) {
    for (let index = 0; index < data.length; index++) data[index] = data[index]! + 0.3 * rng.normal();
  }
  const clients = normalMatrix(4, 4, rng);
  const slope = normalMatrix(4, 4, rng);
  for (const mask of [
    {},
    { noSelf: true, keyMask: Uint8Array.of(1, 0, 0, 1) },
    { noSelf: true, keyMask: Uint8Array.of(0, 0, 1, 0) },
  ]) {
    const options = { heads: 2, ...mask };
    const loss = () => weightedSum(encoderBlock(parameters, clients, options).output, slope);
    const { cache } = encoderBlock(parameters, clients, options);
    const gradient = encoderBlockBackward(parameters, clients, cache, slope);
    const named = namedParameters(gradient.parameters);
    closeTo(t, gradient.clients, centralDifferences(loss, clients.data), 'clients', 1e-7);
    namedParameters(parameters).forEach(({ name, data }, index) => {
      // The key's bias has slope 0 by mathematics; the difference of two rounded losses does not.
      const numeric = centralDifferences(loss, data).map((value) => (Math.abs(value) < 1e-9 ? 0 : value));
      closeTo(t, named[index]!.data, numeric, name, 1e-7);
    });
  }
  t.end();
});

test('float32 clients and parameters give float32 results, equal to float64 within rounding', (t) => {
  const clients = normalMatrix(5, 6, randomStream(1, 'types'));
  const single = matrix(Float32Array.from(clients.data), 5, 6);
  const parameters = encoderBlockParameters(6, 12, randomStream(1), 'float32');
  const { output, cache } = encoderBlock(parameters, single, { heads: 3 });
  const gradient = encoderBlockBackward(parameters, single, cache, single);
  t.ok(output.data instanceof Float32Array && gradient.clients.data instanceof Float32Array);
  t.ok(namedParameters(gradient.parameters).every(({ data }) => data instanceof Float32Array));
  const exact = encoderBlock(encoderBlockParameters(6, 12, randomStream(1)), clients, { heads: 3 });
  closeTo(t, output, rowMajorData(exact.output), 'output', 1e-5);
  t.end();
});

test('heads that do not divide and rows of another width are refused by name', (t) => {
  const parameters = encoderBlockParameters(6, 12, randomStream(1));
  t.throws(
    () => encoderBlock(parameters, zeros(3, 6), { heads: 5 }),
    /RangeError: .*heads must divide the dimension \(6\), got 5/,
  );
  t.throws(
    () => encoderBlock(parameters, zeros(3, 5), { heads: 5 }),
    /RangeError: .*must have shape \[5, 5\], got \[6, 6\]/,
  );
  t.throws(() => encoderBlockParameters(6, 0, randomStream(1)), /RangeError: .*got 0/);
  t.end();
});

for (const name of ['encoder-block', 'encoder-block-absent-no-self']) {
  test(
    `${name}: a block agrees with torch, forward, backward and through three SGD steps`,
    needs(`reference/${name}.json`),
    (t) => {
      const { config, inputs, outputs } = readReference(name);
      const clients = asMatrix(inputs.X);
      const parameters = parametersOf(inputs);
      const options = {
        heads: config.heads,
        keyMask: Uint8Array.from(inputs.key_mask!.data),
        noSelf: config.no_self,
      };
      const losses: number[] = [];
      for (let step = 0; step <= config.steps; step++) {
        const { output, weights, cache } = encoderBlock(parameters, clients, options);
        losses.push(meanSquaredError(output, clients));
        const slope = meanSquaredErrorGradient(output, clients);
        const gradient = encoderBlockBackward(parameters, clients, cache, slope);
        const gradients = namedParameters(gradient.parameters);
        if (step === 0) {
          closeTo(
            t,
            weights.flatMap((head) => [...rowMajorData(head)]),
            outputs.attention_weights!,
            'weights',
          );
          closeTo(t, cache.attended, outputs.attention_output!, 'attention output');
          closeTo(t, cache.normed, outputs.norm1_output!, 'norm1 output');
          closeTo(t, cache.fed, outputs.feed_forward_output!, 'feed-forward output');
          closeTo(t, output, outputs.output!, 'output');
          closeTo(t, losses, outputs.loss!, 'loss');
          closeTo(t, gradient.clients, outputs.grad_X!, 'X');
          for (const { name: ours, data } of gradients)
            closeTo(t, data, outputs[`grad_${encoderBlockNames[ours]}`]!, `gradient of ${ours}`);
        }
        if (step === config.steps) closeTo(t, output, outputs.output_after_steps!, 'output after the steps');
        else {
          namedParameters(parameters).forEach(({ data }, index) => {
            sgdStep(data, gradients[index]!.data, { learningRate: config.learning_rate });
          });
        }
      }
      closeTo(t, losses, outputs.losses!, 'losses');
      for (const { name: ours, data } of namedParameters(parameters))
        closeTo(t, data, outputs[`final_${encoderBlockNames[ours]}`]!, `final ${ours}`);
      t.end();
    },
  );
}

function parametersOf(inputs: Reference['inputs']): EncoderBlockParameters {
  const layer = (suffix: string) => ({
    weight: asMatrix(inputs[`W${suffix}`]),
    bias: vector(inputs[`b${suffix}`]!.data),
  });
  const norm = (suffix: string) => ({
    gain: vector(inputs[`gamma${suffix}`]!.data),
    shift: vector(inputs[`beta${suffix}`]!.data),
  });
  return {
    attention: { query: layer('q'), key: layer('k'), value: layer('v'), output: layer('o') },
    norm1: norm('1'),
    expand: layer('1'),
    contract: layer('2'),
    norm2: norm('2'),
  };
}
