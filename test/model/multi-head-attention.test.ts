import fc from 'fast-check';
import test from 'tape';
import { multiHeadAttentionBackward } from '../../lib/model/attention-backward.ts';
import {
  type AttentionParameters,
  attentionParameters,
  multiHeadAttention,
} from '../../lib/model/multi-head-attention.ts';
import { namedParameters } from '../../lib/model/parameters.ts';
import { fromRows, matrix, rowMajorData, toRows, vector, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { shuffle } from '../../lib/numeric/sampling.ts';
import { CountingBackend } from '../counting-backend.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { asMatrix, closeTo, needs, type Reference, readReference } from '../reference.ts';

const referenceCases = [
  'attention-all-present',
  'attention-absent-clients',
  'attention-no-self',
  'attention-absent-no-self',
  'attention-single-key-row',
  'attention-one-client',
];
const referenceNames = { query: 'q', key: 'k', value: 'v', output: 'o' } as const;

test('with identity lenses and equal clients every client gets the mean of the present ones', (t) => {
  const identity = () => ({ weight: fromRows([[1, 0], [0, 1]]), bias: vector([0, 0]) }); // biome-ignore format: one matrix, one line
  const parameters = { query: identity(), key: identity(), value: identity(), output: identity() };
  parameters.query.weight = zeros(2, 2); // all scores 0: everybody present counts alike
  const clients = fromRows([[2, 0], [4, 8], [90, 90]]); // biome-ignore format: one matrix, one line
  const { output, weights } = multiHeadAttention(parameters, clients, {
    heads: 1,
    keyMask: Uint8Array.of(1, 1, 0),
  });
  t.deepEqual(toRows(weights[0]!), [[0.5, 0.5, 0], [0.5, 0.5, 0], [0.5, 0.5, 0]]); // biome-ignore format: one matrix, one line
  t.deepEqual(toRows(output), [[3, 4], [3, 4], [3, 4]]); // biome-ignore format: one matrix, one line
  t.end();
});

test("a client that may look at nobody gets the last layer's bias, and only that bias gets its gradient", (t) => {
  const rng = randomStream(1, 'alone');
  const parameters = attentionParameters(4, rng);
  parameters.output.bias = vector([1, 2, 3, 4]);
  const clients = normalMatrix(2, 4, rng);
  const options = { heads: 2, keyMask: Uint8Array.of(0, 1), noSelf: true }; // client 1 is the only one to look at
  const { output, weights, cache } = multiHeadAttention(parameters, clients, options);
  t.deepEqual(toRows(output)[1], [1, 2, 3, 4]);
  t.ok(weights.every((head) => head.get(1, 0) === 0 && head.get(1, 1) === 0));
  const slope = fromRows([[0, 0, 0, 0], [1, 1, 1, 1]]); // biome-ignore format: one matrix, one line
  const gradient = multiHeadAttentionBackward(parameters, clients, cache, slope);
  t.ok(rowMajorData(gradient.clients).every((value) => value === 0));
  for (const { name, data } of namedParameters(gradient.parameters)) {
    t.ok(
      data.every((value) => value === (name === 'output.bias' ? 1 : 0)),
      name,
    );
  }
  t.end();
});

test('weights of every row sum to 1 and absent clients and forbidden selves weigh exactly 0', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.nat(1000), fc.boolean(), (clientCount, seed, noSelf) => {
      const rng = randomStream(seed, 'attention-rows');
      const keyMask = Uint8Array.from({ length: clientCount }, () => rng.integer(2));
      const clients = normalMatrix(clientCount, 6, rng);
      const { weights } = multiHeadAttention(attentionParameters(6, rng), clients, {
        heads: 3,
        keyMask,
        noSelf,
      });
      return weights.every((head) =>
        toRows(head).every((row, query) => {
          const isAllowed = row.map((_, key) => keyMask[key] === 1 && !(noSelf && query === key));
          const sum = row.reduce((total, weight) => total + weight, 0);
          return (
            row.every((weight, key) => (isAllowed[key] ? weight > 0 : weight === 0)) &&
            Math.abs(sum - (isAllowed.includes(true) ? 1 : 0)) < 1e-12
          );
        }),
      );
    }),
    { seed: 1, numRuns: 60 },
  );
  t.pass('on 60 federations');
  t.end();
});

test('permuting the clients permutes the output and changes nothing else', (t) => {
  fc.assert(
    fc.property(fc.nat(1000), fc.boolean(), (seed, noSelf) => {
      const rng = randomStream(seed, 'attention-permutation');
      const parameters = attentionParameters(4, rng);
      const clients = toRows(normalMatrix(6, 4, rng));
      const keyMask = [1, 1, 0, 1, 0, 1];
      const order = shuffle([0, 1, 2, 3, 4, 5], rng);
      const plain = multiHeadAttention(parameters, fromRows(clients), {
        heads: 2,
        keyMask: Uint8Array.from(keyMask),
        noSelf,
      });
      const permuted = multiHeadAttention(parameters, fromRows(order.map((client) => clients[client]!)), {
        heads: 2,
        keyMask: Uint8Array.from(order, (client) => keyMask[client]!),
        noSelf,
      });
      return toRows(permuted.output).every((row, position) =>
        row.every((value, column) => Math.abs(value - plain.output.get(order[position]!, column)) < 1e-12),
      );
    }),
    { seed: 1, numRuns: 30 },
  );
  t.pass('on 30 orders');
  t.end();
});

test('one client changes what the others get: this attention does mix clients', (t) => {
  const rng = randomStream(1, 'mix');
  const parameters = attentionParameters(4, rng);
  const clients = normalMatrix(3, 4, rng);
  const before = toRows(multiHeadAttention(parameters, clients, { heads: 2 }).output);
  clients.set(2, 0, clients.get(2, 0) + 1);
  const after = toRows(multiHeadAttention(parameters, clients, { heads: 2 }).output);
  t.ok(before[0]!.some((value, column) => Math.abs(value - after[0]![column]!) > 1e-3));
  t.end();
});

test('an absent client changes nothing that the others get', (t) => {
  const rng = randomStream(1, 'absent');
  const parameters = attentionParameters(4, rng);
  const clients = normalMatrix(3, 4, rng);
  const options = { heads: 2, keyMask: Uint8Array.of(1, 1, 0) };
  const before = toRows(multiHeadAttention(parameters, clients, options).output);
  clients.set(2, 0, 1e6);
  const after = toRows(multiHeadAttention(parameters, clients, options).output);
  t.deepEqual(after.slice(0, 2), before.slice(0, 2));
  t.end();
});

test('the gradients by the clients and all parameters pass central differences, masked and not', (t) => {
  const rng = randomStream(1, 'multi-head');
  const parameters = attentionParameters(6, rng);
  for (const { name, data } of namedParameters(parameters)) {
    if (name.endsWith('bias')) data.set(Array.from(data, () => rng.normal()));
  }
  const clients = normalMatrix(5, 6, rng);
  const slope = normalMatrix(5, 6, rng);
  const masks = [{}, { noSelf: true }, { keyMask: Uint8Array.of(0, 0, 1, 0, 0), noSelf: true }];
  for (const mask of masks) {
    const options = { heads: 2, ...mask };
    const loss = () => weightedSum(multiHeadAttention(parameters, clients, options).output, slope);
    const { cache } = multiHeadAttention(parameters, clients, options);
    const gradient = multiHeadAttentionBackward(parameters, clients, cache, slope);
    const named = namedParameters(gradient.parameters);
    closeTo(t, gradient.clients, centralDifferences(loss, clients.data), 'clients', 1e-8);
    namedParameters(parameters).forEach(({ name, data }, index) => {
      const numeric = centralDifferences(loss, data).map((value) => (Math.abs(value) < 1e-9 ? 0 : value));
      closeTo(t, named[index]!.data, numeric, name, 1e-7);
    });
  }
  t.end();
});

test('float32 clients and parameters give float32 results, equal to float64 within rounding', (t) => {
  const parameters = attentionParameters(6, randomStream(1, 'types'));
  const single = attentionParameters(6, randomStream(1, 'types'), 'float32');
  const clients = normalMatrix(5, 6, randomStream(2, 'types'));
  const singleClients = matrix(Float32Array.from(clients.data), 5, 6);
  const exact = multiHeadAttention(parameters, clients, { heads: 3, noSelf: true });
  const result = multiHeadAttention(single, singleClients, { heads: 3, noSelf: true });
  const gradient = multiHeadAttentionBackward(single, singleClients, result.cache, singleClients);
  const exactGradient = multiHeadAttentionBackward(parameters, clients, exact.cache, clients);
  t.ok(result.output.data instanceof Float32Array && result.weights[0]!.data instanceof Float32Array);
  t.ok(namedParameters(gradient.parameters).every(({ data }) => data instanceof Float32Array));
  closeTo(t, result.output, rowMajorData(exact.output), 'output', 1e-5);
  closeTo(t, gradient.clients, rowMajorData(exactGradient.clients), 'gradient', 1e-5);
  t.end();
});

test('every product of the attention goes through the backend that it was given', (t) => {
  const counting = new CountingBackend();
  const parameters = attentionParameters(4, randomStream(1));
  const { cache } = multiHeadAttention(parameters, zeros(3, 4), { heads: 2, backend: counting });
  t.equal(counting.products, 4 + 2 * 2, 'four layers, and scores and output of two heads');
  multiHeadAttentionBackward(parameters, zeros(3, 4), cache, zeros(3, 4), { backend: counting });
  t.equal(counting.products, 8 + 4 * 2 + 2 * 4, 'two products per layer, four per head');
  t.end();
});

test('heads that do not divide, masks and shapes that do not fit are refused by name', (t) => {
  const parameters = attentionParameters(6, randomStream(1));
  const clients = zeros(3, 6);
  t.throws(
    () => multiHeadAttention(parameters, clients, { heads: 4 }),
    /RangeError: multiHeadAttention: heads must divide the dimension \(6\), got 4/,
  );
  t.throws(
    () => multiHeadAttention(parameters, clients, { heads: 0 }),
    /heads must be a whole number of at least 1, got 0/,
  );
  t.throws(
    () => multiHeadAttention(parameters, clients, { heads: 2, keyMask: new Uint8Array(2) }),
    /keyMask must have one entry per client \(3\), got 2/,
  );
  t.throws(
    () => multiHeadAttention(parameters, zeros(3, 4), { heads: 2 }),
    /query.weight must have shape \[4, 4\], got \[6, 6\]/,
  );
  const { cache } = multiHeadAttention(parameters, clients, { heads: 2 });
  t.throws(
    () => multiHeadAttentionBackward(parameters, clients, cache, zeros(3, 5)),
    /outputGradient must have shape \[3, 6\], got \[3, 5\]/,
  );
  t.end();
});

for (const name of referenceCases) {
  test(`${name}: attention agrees with torch, forward and backward`, needs(`reference/${name}.json`), (t) => {
    const { config, inputs, outputs } = readReference(name);
    const parameters = parametersOf(inputs);
    const clients = asMatrix(inputs.X);
    const { output, weights, cache } = multiHeadAttention(parameters, clients, {
      heads: config.heads,
      keyMask: Uint8Array.from(inputs.key_mask!.data),
      noSelf: config.no_self,
    });
    const flatWeights = weights.flatMap((head) => [...rowMajorData(head)]);
    closeTo(t, flatWeights, outputs.attention_weights!, 'weights');
    const allowed = inputs.allowed!.data;
    t.ok(
      flatWeights.every((weight, index) => allowed[index % allowed.length] === 1 || weight === 0),
      'forbidden weights are exactly 0',
    );
    closeTo(t, output, outputs.output!, 'output');
    closeTo(t, [weightedSum(output, asMatrix(inputs.G))], outputs.loss!, 'loss');
    const gradient = multiHeadAttentionBackward(parameters, clients, cache, asMatrix(inputs.G));
    closeTo(t, gradient.clients, outputs.grad_X!, 'X');
    for (const lens of ['query', 'key', 'value', 'output'] as const) {
      const letter = referenceNames[lens];
      closeTo(t, gradient.parameters[lens].weight, outputs[`grad_W${letter}`]!, `W${letter}`);
      closeTo(t, gradient.parameters[lens].bias.data, outputs[`grad_b${letter}`]!, `b${letter}`);
    }
    t.end();
  });
}

function parametersOf(inputs: Reference['inputs']): AttentionParameters {
  const layer = (letter: string) => ({
    weight: asMatrix(inputs[`W${letter}`]),
    bias: vector(inputs[`b${letter}`]!.data),
  });
  return { query: layer('q'), key: layer('k'), value: layer('v'), output: layer('o') };
}
