import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { sigmoid } from '../../lib/model/loss.ts';
import { plainMatmul } from '../../lib/numeric/product.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import {
  type AdapterModel,
  adapterLengths,
  initializeAdapterModel,
  viewAdapterModel,
} from '../../lib/peers/released/adapter-model.ts';
import { learningRates, shuffledSamples, trainLocalEpoch } from '../../lib/peers/released/local-epoch.ts';
import { ScoreNetwork } from '../../lib/peers/released/score-network.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo, needs, type Reference, readReference } from '../reference.ts';

/** Our names and those of the reference files. */
const referenceNames = {
  userVector: 'user_embedding',
  weight1: 'fc1_weight',
  bias1: 'fc1_bias',
  weight2: 'fc2_weight',
  bias2: 'fc2_bias',
  weight3: 'affine_weight',
  bias3: 'affine_bias',
  a: 'lora_A',
  b: 'lora_B',
} as const;
const parts = Object.keys(referenceNames) as (keyof AdapterModel)[];
const files = ['authors-client-epoch', 'authors-client-epoch-other-anchor'];

function newModel(sizes: { items: number; factors: number; rank: number }, float64 = false): AdapterModel {
  const { withoutB, b } = adapterLengths(sizes);
  return float64
    ? viewAdapterModel(new Float64Array(withoutB), new Float64Array(b), sizes)
    : viewAdapterModel(new Float32Array(withoutB), new Float32Array(b), sizes);
}

function modelOf({ config, inputs }: Reference) {
  const sizes = { items: config.items, factors: config.latent_dim, rank: config.rank };
  const model = newModel(sizes);
  for (const part of parts) model[part].set(inputs[referenceNames[part]]!.data);
  return {
    sizes,
    model,
    base: Float32Array.from(inputs.base_embedding!.data),
    anchor: Float32Array.from(inputs.regulariser_A!.data),
    samples: {
      items: Uint32Array.from(inputs.sample_items!.data),
      labels: Uint8Array.from(inputs.sample_ratings!.data),
    },
  };
}

test('with all weights 0 a batch scores 0, loses log 2, and only the last bias has a slope', (t) => {
  const sizes = { items: 3, factors: 2, rank: 1 };
  const model = newModel(sizes);
  // User 2, layers 2 × 4 + 2 and 1 × 2 + 1, scores 1 + 1, A 1 × 2; B 3 × 1.
  t.deepEqual(adapterLengths(sizes), { withoutB: 2 + 10 + 3 + 2 + 2, b: 3 });
  const network = new ScoreNetwork(sizes, plainMatmul);
  const [items, labels] = [Uint32Array.of(0, 1, 2, 2), Uint8Array.of(1, 0, 0, 0)];
  const anchor = new Float32Array(2);
  const { loss } = network.differentiate(model, new Float32Array(6), anchor, items, labels, randomStream(1));
  t.ok(Math.abs(loss - Math.log(2)) < 1e-7, 'the mean of four times log 2');
  t.equal(network.gradient.bias3[0], 0.25, '(−.5 + 3 · .5) / 4');
  t.deepEqual([...network.gradient.weight1], new Array(8).fill(0));
  const far = Float32Array.of(1, 0); // A − anchor = (−1, 0): .1 · mean of squares = .05
  const pulled = network.differentiate(model, new Float32Array(6), far, items, labels, randomStream(1));
  t.ok(Math.abs(pulled.loss - Math.log(2) - 0.05) < 1e-7);
  t.ok(Math.abs(network.gradient.a[0]! + 0.1) < 1e-7 && network.gradient.a[1] === 0);
  t.end();
});

test('the gradients by all nine parts of the client model pass central differences, with and without dropout', (t) => {
  const sizes = { items: 5, factors: 4, rank: 2 };
  const rng = randomStream(3, 'gradient');
  const model = newModel(sizes, true);
  initializeAdapterModel(model, sizes, rng);
  for (const part of parts)
    t.ok(
      model[part].every((value) => value !== 0),
      `${part} begins at random`,
    );
  for (const part of parts) {
    for (let at = 0; at < model[part].length; at++) model[part][at]! += 0.4 * rng.normal();
  }
  const base = Float64Array.from({ length: 20 }, () => rng.normal());
  const anchor = Float64Array.from({ length: 8 }, () => rng.normal());
  const [items, labels] = [Uint32Array.of(4, 0, 2, 0, 1), Uint8Array.of(1, 0, 0, 1, 1)];
  for (const dropout of [0, 0.4]) {
    const network = new ScoreNetwork(sizes, plainMatmul, { type: 'float64', dropout });
    const differentiate = () =>
      network.differentiate(model, base, anchor, items, labels, randomStream(5, 'dropout'));
    const { byRowsOfB } = differentiate();
    const gradient = Object.fromEntries(parts.map((part) => [part, network.gradient[part].slice()]));
    const byB = new Float64Array(10);
    items.forEach((item, row) => {
      for (let k = 0; k < 2; k++) byB[item * 2 + k]! += byRowsOfB[row * 2 + k]!;
    });
    gradient.b = byB;
    for (const part of parts) {
      const wanted = centralDifferences(() => differentiate().loss, model[part] as Float64Array);
      closeTo(t, gradient[part]!, wanted, `${part}, dropout ${dropout}`, 1e-6);
    }
  }
  t.end();
});

test('an entry of B A that is drawn to stay is scaled up, one that is not adds nothing, two to a draw', (t) => {
  const sizes = { items: 3, factors: 3, rank: 1 };
  const rng = randomStream(3, 'dropout');
  const model = newModel(sizes, true);
  for (const part of parts) for (let at = 0; at < model[part].length; at++) model[part][at] = rng.normal();
  const base = Float64Array.from({ length: 9 }, () => rng.normal());
  const anchor = model.a.slice();
  const [items, labels] = [Uint32Array.of(0, 1, 2), Uint8Array.of(1, 0, 1)];
  const dropout = 0.25; // an entry stays where its 16 bits are at least 0x4000
  const draws = [0x3fff_4000, 0x4000_3fff, 0xffff_ffff, 0x0000_0000, 0x0000_8000];
  const stays = [1, 0, 0, 1, 1, 1, 0, 0, 1]; // the lower half of a draw first; the last one has no second half
  const places = draws.values();
  const stream = { nextUint32: () => places.next().value! } as RandomStream;
  const network = new ScoreNetwork(sizes, plainMatmul, { type: 'float64', dropout });
  const { loss } = network.differentiate(model, base, anchor, items, labels, stream);
  t.ok(places.next().done, 'all draws are used');
  // The same item vectors without an adapter, from the definition.
  const moved = base.map((value, at) => {
    const adapted = model.b[Math.floor(at / 3)]! * model.a[at % 3]!;
    return value + (stays[at]! * 2 * adapted) / (1 - dropout);
  });
  const without = { ...model, b: new Float64Array(3) };
  const whole = new ScoreNetwork(sizes, plainMatmul, { type: 'float64' });
  const wanted = whole.differentiate(without, moved, anchor, items, labels, randomStream(1)).loss;
  t.ok(Math.abs(loss - wanted) < 1e-12, `${loss} and ${wanted}`);
  t.end();
});

for (const file of files) {
  test(
    `${file}: gradients, losses, parameters and scores are those of the released program`,
    needs(`reference/${file}.json`),
    (t) => {
      const reference = readReference(file);
      const { config, outputs } = reference;
      for (const backend of [plainMatmul, chooseLoops().matmul]) {
        const { sizes, model, base, anchor, samples } = modelOf(reference);
        const network = new ScoreNetwork(sizes, backend);
        const rates = learningRates(config.lr, config.items);
        t.ok(Math.abs(rates.userVector - config.learning_rate_user_embedding) < 1e-12);
        t.ok(Math.abs(rates.adapter - config.learning_rate_lora) < 1e-12);
        const probabilities = () => {
          const scores = new Float32Array(sizes.items);
          network.score(model, base, scores);
          return scores.map(sigmoid);
        };
        closeTo(t, probabilities(), outputs.initial_scores!, `${backend.name}: initial scores`, 1e-5);

        const first = samples.items.subarray(0, config.batch_size);
        const { byRowsOfB } = network.differentiate(
        model, base, anchor, first, samples.labels.subarray(0, config.batch_size), randomStream(1)); // biome-ignore format: short
        const byB = new Float32Array(model.b.length);
        first.forEach((item, row) => {
          for (let k = 0; k < sizes.rank; k++)
            byB[item * sizes.rank + k]! += byRowsOfB[row * sizes.rank + k]!;
        });
        for (const part of parts) {
          const got = part === 'b' ? byB : network.gradient[part];
          closeTo(t, got, outputs[`first_batch_grad_${referenceNames[part]}`]!, `gradient by ${part}`, 1e-5);
        }

        const initial = Object.fromEntries(parts.map((part) => [part, model[part].slice()]));
        const rng = randomStream(1);
        const losses = trainLocalEpoch(network, model, base, anchor, samples, rates, rng, config.batch_size);
        closeTo(t, losses, outputs.batch_losses!, 'batch losses', 1e-5);
        for (const part of parts) {
          const wanted = outputs[`final_${referenceNames[part]}`]!;
          closeTo(t, model[part], wanted, `final ${part}`, 1e-5);
          const before = initial[part]!;
          const change = Float64Array.from(model[part], (value, at) => value - before[at]!);
          const wantedChange = Float64Array.from(
            wanted.data,
            (value, at) => Math.fround(value) - before[at]!,
          );
          closeTo(t, change, wantedChange, `change of ${part}`, 2e-4);
        }
        closeTo(t, probabilities(), outputs.final_scores!, `${backend.name}: final scores`, 1e-5);
      }
      t.end();
    },
  );
}

test('the new adapter is a random matrix of size .02, and equal to it where nothing is cut off', (t) => {
  const sizes = { items: 30, factors: 4, rank: 4 };
  const model = newModel(sizes, true);
  initializeAdapterModel(model, sizes, randomStream(7));
  let squares = 0;
  for (let item = 0; item < 30; item++) {
    for (let k = 0; k < 4; k++) {
      let entry = 0;
      for (let r = 0; r < 4; r++) entry += model.b[item * 4 + r]! * model.a[r * 4 + k]!;
      squares += entry * entry;
    }
  }
  const deviation = Math.sqrt(squares / 120);
  t.ok(deviation > 0.016 && deviation < 0.024, `B A has standard deviation ${deviation.toFixed(4)}`);
  let columnNorm = 0;
  for (let item = 0; item < 30; item++) columnNorm += model.b[item * 4]! ** 2;
  t.ok(Math.abs(columnNorm - 1) < 1e-9, 'columns of B have length 1');
  t.end();
});

test('an epoch goes down the gradient of each batch in turn, with a rate of its own for each group of parts', (t) => {
  const sizes = { items: 5, factors: 4, rank: 2 };
  const rng = randomStream(4, 'epoch');
  const model = newModel(sizes, true);
  initializeAdapterModel(model, sizes, rng);
  const base = Float64Array.from({ length: 20 }, () => rng.normal());
  const anchor = Float64Array.from({ length: 8 }, () => rng.normal());
  const samples = { items: Uint32Array.of(4, 0, 4, 2, 1, 0, 3), labels: Uint8Array.of(1, 0, 1, 0, 1, 1, 0) };
  const rates = { network: 0.1, userVector: 0.3, adapter: 0.7 };
  const network = new ScoreNetwork(sizes, plainMatmul, { type: 'float64' });
  // The same once more: after each batch of three, every part moves by its rate times central differences.
  const again = newModel(sizes, true);
  for (const part of parts) again[part].set(model[part]);
  const other = new ScoreNetwork(sizes, plainMatmul, { type: 'float64' });
  const losses: number[] = [];
  for (const [from, to] of [
    [0, 3],
    [3, 6],
    [6, 7],
  ] as const) {
    const [items, labels] = [samples.items.subarray(from, to), samples.labels.subarray(from, to)];
    const lossNow = () => other.differentiate(again, base, anchor, items, labels, randomStream(1)).loss;
    losses.push(lossNow());
    const slopes = parts.map((part) => centralDifferences(lossNow, again[part] as Float64Array));
    parts.forEach((part, place) => {
      const rate = part === 'a' || part === 'b' ? 0.7 : part === 'userVector' ? 0.3 : 0.1;
      slopes[place]!.forEach((slope, at) => {
        again[part][at]! -= rate * slope;
      });
    });
  }
  const got = trainLocalEpoch(network, model, base, anchor, samples, rates, randomStream(1), 3);
  closeTo(t, got, losses, 'the loss of each batch before its step', 1e-7);
  for (const part of parts) closeTo(t, model[part], again[part], part, 1e-6);
  const rule = learningRates(0.01, 50);
  closeTo(
    t,
    [rule.network, rule.userVector, rule.adapter],
    [0.01, 80 * 0.01 - 0.01, 80 * 50 * 0.01 - 0.01],
    'the released rates',
    1e-12,
  );
  t.end();
});

test('an epoch sees every draw once, repeated items as often as they were drawn', (t) => {
  const sample = {
    rows: Uint32Array.of(2, 5, 9),
    counts: Float64Array.of(1, 3, 1),
    labels: Uint8Array.of(1, 0, 0),
    size: 5,
  };
  const { items, labels } = shuffledSamples(sample, randomStream(1));
  t.deepEqual([...items].sort(), [2, 5, 5, 5, 9]);
  t.deepEqual(
    [...items].map((item) => (item === 2 ? 1 : 0)),
    [...labels],
  );
  t.end();
});
