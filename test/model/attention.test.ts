import test from 'tape';
import { attentionMask, scaledDotProductAttention } from '../../lib/model/attention.ts';
import { scaledDotProductAttentionBackward } from '../../lib/model/attention-backward.ts';
import { fromRows, toRows, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { closeTo } from '../reference.ts';

test('a query that answers one key three times as well takes 3/4 of its value', (t) => {
  const { weights, output } = scaledDotProductAttention({
    queries: fromRows([[2, 0]]),
    keys: fromRows([[Math.log(3), 9], [0, 9]]), // biome-ignore format: one matrix, one line
    values: fromRows([[4, 0, 8], [0, 4, 8]]), // biome-ignore format: one matrix, one line
    scale: 0.5,
  });
  closeTo(t, weights, [0.75, 0.25], 'weights', 1e-15);
  closeTo(t, output, [3, 1, 8], 'output', 1e-15);
  t.end();
});

test('a query that may look at no key gets weights 0 and output 0, and passes no gradient on', (t) => {
  const inputs = {
    queries: fromRows([[1], [1]]),
    keys: fromRows([[1], [2]]),
    values: fromRows([[5], [7]]),
    scale: 1,
    mask: Uint8Array.of(0, 0, 0, 1),
  };
  const { weights, output } = scaledDotProductAttention(inputs);
  t.deepEqual(toRows(weights), [[0, 0], [0, 1]]); // biome-ignore format: one matrix, one line
  t.deepEqual(toRows(output), [[0], [7]]);
  const gradient = scaledDotProductAttentionBackward(inputs, weights, fromRows([[1], [1]]));
  t.deepEqual(toRows(gradient.values), [[0], [1]]);
  t.deepEqual(toRows(gradient.queries), [[0], [0]]);
  t.deepEqual(toRows(gradient.keys), [[0], [0]]);
  t.end();
});

test('the gradients by queries, keys and values pass central differences, masked and not', (t) => {
  const rng = randomStream(1, 'attention');
  const inputs = {
    queries: normalMatrix(3, 2, rng),
    keys: normalMatrix(4, 2, rng),
    values: normalMatrix(4, 5, rng),
    scale: 0.8,
  };
  const slope = normalMatrix(3, 5, rng);
  for (const mask of [undefined, Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1)]) {
    const masked = { ...inputs, mask };
    const loss = () => weightedSum(scaledDotProductAttention(masked).output, slope);
    const { weights } = scaledDotProductAttention(masked);
    const gradient = scaledDotProductAttentionBackward(masked, weights, slope);
    for (const name of ['queries', 'keys', 'values'] as const) {
      const numeric = centralDifferences(loss, inputs[name].data);
      closeTo(t, gradient[name], numeric, `${name}, ${mask ? 'masked' : 'unmasked'}`, 1e-8);
    }
  }
  t.end();
});

test('the mask of clients forbids the absent ones as keys and, if asked, everyone to itself', (t) => {
  t.equal(attentionMask(2, {}), undefined);
  t.deepEqual(attentionMask(2, { noSelf: true }), Uint8Array.of(0, 1, 1, 0));
  t.deepEqual(attentionMask(2, { keyMask: Uint8Array.of(1, 0) }), Uint8Array.of(1, 0, 1, 0));
  t.deepEqual(attentionMask(2, { keyMask: Uint8Array.of(1, 0), noSelf: true }), Uint8Array.of(0, 0, 1, 0));
  t.throws(
    () => attentionMask(3, { keyMask: Uint8Array.of(1) }),
    /RangeError: attentionMask: keyMask must have one entry per client \(3\), got 1/,
  );
  t.end();
});

test('queries, keys, values and masks that do not fit each other are refused by name', (t) => {
  const inputs = { queries: zeros(2, 3), keys: zeros(4, 3), values: zeros(4, 5), scale: 1 };
  t.throws(
    () => scaledDotProductAttention({ ...inputs, keys: zeros(4, 2) }),
    /RangeError: scaledDotProductAttention: keys must have shape \[any, 3\], got \[4, 2\]/,
  );
  t.throws(
    () => scaledDotProductAttention({ ...inputs, values: zeros(3, 5) }),
    /values must have shape \[4, any\], got \[3, 5\]/,
  );
  t.throws(
    () => scaledDotProductAttention({ ...inputs, scale: Number.NaN }),
    /scale must be finite, got NaN/,
  );
  t.throws(
    () => scaledDotProductAttention({ ...inputs, mask: new Uint8Array(4) }),
    /mask must have queries × keys \(2 × 4 = 8\) entries, got 4/,
  );
  t.throws(
    () => scaledDotProductAttentionBackward(inputs, zeros(2, 3), zeros(2, 5)),
    /weights must have shape \[2, 4\]/,
  );
  t.throws(
    () => scaledDotProductAttentionBackward(inputs, zeros(2, 4), zeros(2, 4)),
    /outputGradient must have shape \[2, 5\]/,
  );
  t.end();
});
