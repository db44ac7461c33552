import test from 'tape';
import { scoreItems } from '../../lib/federated/client.ts';
import { RecencyRefit } from '../../lib/federated/recency.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

const items = 200;
const factors = 4;
const settings = completeSettings({ factors });

/** Items 0–99 lie in one direction, 100–199 in the opposite one. */
function world() {
  const rng = randomStream(1, 'recency test');
  const itemTable = new Float32Array(items * (factors + 1));
  for (let item = 0; item < items; item++) {
    for (let k = 0; k < factors; k++) itemTable[item * (factors + 1) + k] = 0.2 * rng.normal();
    itemTable[item * (factors + 1)]! += item < 100 ? 1 : -1;
    itemTable[item * (factors + 1) + factors] = -1;
  }
  return { itemTable, extra: new Float32Array(0) };
}

test('a client whose taste moved is scored by its recent past', (t) => {
  const shared = world();
  const old = Uint32Array.from({ length: 30 }, (_, at) => at);
  const recent = Uint32Array.from({ length: 10 }, (_, at) => 100 + at);
  const positives = Uint32Array.from([...old, ...recent]);
  const trained = new Float32Array(factors);
  const refit = new RecencyRefit(items, settings);
  const meanScore = (vector: Float32Array, from: number) => {
    const scores = new Float32Array(items);
    scoreItems(vector, shared.itemTable, scores);
    return scores.subarray(from, from + 100).reduce((sum, score) => sum + score, 0) / 100;
  };
  const now = refit.refit(0, positives, trained, shared, 4);
  t.ok(meanScore(now, 100) > meanScore(now, 0), 'τ = 4: the new taste wins');
  const everything = refit.refit(0, positives, trained, shared, 1e6);
  t.ok(meanScore(everything, 0) > meanScore(everything, 100), 'τ = ∞: the longer past wins');
  t.deepEqual(trained, new Float32Array(factors), 'the trained vector is not changed');
  t.end();
});

test('the re-fit is a Newton step of a convex loss: the plain and the SIMD loop agree, and so do two runs', (t) => {
  const shared = world();
  const positives = Uint32Array.of(3, 7, 120, 8);
  const trained = Float32Array.of(0.3, -0.2, 0.1, 0);
  const vectors = ['tiled', 'simd', 'simd'].map((backend) =>
    new RecencyRefit(items, settings, backend).refit(5, positives, trained, shared, 4),
  );
  t.deepEqual(vectors[1], vectors[2]);
  const worst = vectors[0]!.reduce((most, value, k) => Math.max(most, Math.abs(value - vectors[1]![k]!)), 0);
  t.ok(worst < 1e-4, `plain against SIMD: ${worst.toExponential(1)}`);
  t.end();
});

test('an item that points where the last positives point gets a bonus, by the formula', (t) => {
  const shared = world();
  const positives = Uint32Array.of(3, 7, 120, 8);
  const trained = Float32Array.of(0.3, -0.2, 0.1, 0);
  const tau = 4;
  const direction = (item: number) => {
    const row = shared.itemTable.subarray(item * (factors + 1), item * (factors + 1) + factors);
    return row.map((value) => value / Math.hypot(...row));
  };
  const ages = [3, 2, 1, 0];
  const total = ages.reduce((sum, age) => sum + Math.exp(-age), 0);
  for (const backend of ['tiled', 'simd']) {
    const refit = new RecencyRefit(items, settings, backend);
    const scores = new Float32Array(items);
    const plain = new Float32Array(items);
    refit.score(5, positives, trained, shared, tau, scores);
    scoreItems(refit.refit(5, positives, trained, shared, tau), shared.itemTable, plain);
    let worst = 0;
    for (let item = 0; item < items; item++) {
      let bonus = 0;
      ages.forEach((age, at) => {
        const other = direction(positives[at]!);
        const cosine = direction(item).reduce((sum, value, k) => sum + value * other[k]!, 0);
        bonus += (Math.exp(-age) / total) * cosine * (4 / (4 + 10));
      });
      worst = Math.max(worst, Math.abs(scores[item]! - plain[item]! - bonus));
    }
    t.ok(worst < 1e-5, `${backend}: off by ${worst.toExponential(1)} at most`);
  }
  t.end();
});
