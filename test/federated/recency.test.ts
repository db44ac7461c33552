import { lusolve } from 'mathjs';
import test from 'tape';
import { drawSample } from '../../lib/data/negatives.ts';
import { chooseLoops, loopNames } from '../../lib/fast/choose-loops.ts';
import { scoreItems } from '../../lib/federated/client.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { RecencyRefit } from '../../lib/federated/recency.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

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
  const refit = new RecencyRefit(items, settings, plainLoops);
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

/** The loss of the re-fit from its definition, without the pull towards the trained vector. */
function lossOfRefit(
  vector: ArrayLike<number>,
  itemTable: Float32Array,
  positives: Uint32Array,
  tau: number,
): number {
  const { negatives } = settings;
  const ageOf = (item: number) => positives.length - 1 - positives.indexOf(item);
  const total = Array.from(positives).reduce((sum, item) => sum + Math.exp(-ageOf(item) / tau), 0);
  let loss = 0;
  for (let item = 0; item < items; item++) {
    let score = itemTable[item * (factors + 1) + factors]!;
    for (let k = 0; k < factors; k++) score += vector[k]! * itemTable[item * (factors + 1) + k]!;
    const isPositive = positives.includes(item);
    const weight = isPositive
      ? Math.exp(-ageOf(item) / tau) / total / (1 + negatives)
      : negatives / (1 + negatives) / (items - positives.length);
    loss += weight * binaryCrossEntropy(score, isPositive ? 1 : 0);
  }
  return loss;
}

test('the re-fit is one Newton step, solved by mathjs, of the weighted loss with pulls towards 0 and the trained vector', (t) => {
  const { itemTable, extra } = world();
  const positives = Uint32Array.of(3, 7, 120, 8);
  const trained = Float32Array.of(0.9, -0.6, 0.4, 1.2);
  const [pullToZero, pullToTrained] = [0.02, 0.02];
  const loss = (x: ArrayLike<number>) =>
    lossOfRefit(x, itemTable, positives, 4) +
    Array.from(x).reduce(
      (sum, value, k) =>
        sum + (pullToZero / 2) * value ** 2 + (pullToTrained / 2) * (value - trained[k]!) ** 2,
      0,
    );
  const start = Float64Array.from(trained);
  const gradient = centralDifferences(loss, start.slice());
  const hessian = Array.from(start, (_, k) =>
    Array.from(
      centralDifferences(
        (x) => centralDifferences(loss, Float64Array.from(x), 1e-4)[k]!,
        start.slice(),
        1e-4,
      ),
    ),
  );
  const step = lusolve(hessian, Array.from(gradient)) as number[][];
  const expected = start.map((value, k) => value - step[k]![0]!);
  for (const name of loopNames) {
    const refit = new RecencyRefit(items, settings, chooseLoops(name));
    closeTo(t, refit.refit(5, positives, trained, { itemTable, extra }, 4), expected, name, 1e-4);
  }
  t.ok(Math.hypot(...step.flat()) > 0.3, 'a step worth the name');
  t.end();
});

test('two re-fits of one client give the same bits, with any loops', (t) => {
  const shared = world();
  const positives = Uint32Array.of(3, 7, 120, 8);
  const trained = Float32Array.of(0.3, -0.2, 0.1, 0);
  for (const name of loopNames) {
    const [first, second] = [1, 2].map(() =>
      new RecencyRefit(items, settings, chooseLoops(name)).refit(5, positives, trained, shared, 4),
    );
    t.deepEqual(first, second, name);
  }
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
  for (const name of loopNames) {
    const refit = new RecencyRefit(items, settings, chooseLoops(name));
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
    t.ok(worst < 1e-5, `${name}: off by ${worst.toExponential(1)} at most`);
  }
  t.end();
});

test('up to 5000 items every unseen one is a negative; of a larger catalogue, sixteen are drawn for each positive', (t) => {
  for (const count of [5000, 5001]) {
    const narrow = completeSettings({ factors: 1, negatives: 3, seed: 6 });
    const rng = randomStream(2, 'large');
    const itemTable = Float32Array.from({ length: 2 * count }, () => rng.normal()); // [items, factor and bias]
    const positives = Uint32Array.of(7, 4999, 30);
    const ages = new Map([[30, 0], [4999, 1], [7, 2]]); // biome-ignore format: one line
    const total = [0, 1, 2].reduce((sum, age) => sum + Math.exp(-age / 4), 0);
    const drawn = drawSample(count, positives, 48, randomStream(6, 'recency', 5));
    const timesDrawn = new Map(Array.from(drawn.rows, (item, row) => [item, drawn.counts[row]!]));
    const start = 0.5;
    let [gradient, curvature] = [0.02 * start, 0.02 + 0.02];
    for (let item = 0; item < count; item++) {
      const age = ages.get(item);
      const times = count === 5000 ? 1 : (timesDrawn.get(item) ?? 0);
      const negatives = count === 5000 ? count - 3 : 48;
      const weight = age === undefined ? (0.75 * times) / negatives : (0.25 * Math.exp(-age / 4)) / total;
      const [factor, bias] = [itemTable[2 * item]!, itemTable[2 * item + 1]!];
      const probability = 1 / (1 + Math.exp(-(start * factor + bias)));
      gradient += weight * (probability - (age === undefined ? 0 : 1)) * factor;
      curvature += weight * probability * (1 - probability) * factor ** 2;
    }
    const refit = new RecencyRefit(count, narrow, plainLoops);
    const [got] = refit.refit(
      5,
      positives,
      Float32Array.of(start),
      { itemTable, extra: new Float32Array(0) },
      4,
    );
    t.ok(Math.abs(got! - (start - gradient / curvature)) < 1e-5, `${count} items: ${got}`);
  }
  t.end();
});
