// Very large and very small numbers: what is squared is scaled first. The oracle is the same problem at size 1, because
// powers of two change no digit, and because lengths scale with the numbers.
import fc from 'fast-check';
import test from 'tape';
import { kmeans, kmeansPlusPlus, lloyd, nearestClusters } from '../../lib/model/kmeans.ts';
import { logSumExp, logSumExpBackward } from '../../lib/model/log-sum-exp.ts';
import { compress, expand, frobeniusNorm, truncatedSvd } from '../../lib/model/lora.ts';
import { softmaxRows } from '../../lib/model/softmax.ts';
import { fromRows, type Matrix, matrix, toArray, toRows, vector } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { squaringScale } from '../../lib/numeric/squares.ts';

const scales = [1, 1e-150, 1e-162, 1e-170, 1e-300, 1e150, 1e160, 1e200, 1e300];

test('ordinary numbers are left as they are; others are scaled by a power of two', (t) => {
  for (const ordinary of [
    [0],
    [1, -3],
    [1e-100, 5],
    [1e100, 0],
    [1e120, 1e-300],
    [Infinity, 1e-200],
    [Number.NaN],
  ]) {
    t.equal(squaringScale(ordinary), 1, `${ordinary}`);
  }
  for (const extreme of [5e-324, 1e-200, 1e-121, 1e121, 1e200, Number.MAX_VALUE]) {
    const scale = squaringScale([0, 1e-310], [-extreme]);
    t.ok(Number.isInteger(Math.log2(scale)), `${extreme}: a power of two`);
    t.ok(scale * extreme > 2 ** -100 && scale * extreme < 2 ** 100, 'after which squares are safe');
  }
  t.end();
});

test('singular values and norms have the size of the matrix', (t) => {
  for (const scale of scales) {
    const values = fromRows([[3 * scale, 0], [0, 2 * scale]]); // biome-ignore format: as it looks
    const { singularValues } = truncatedSvd(values, 2);
    t.ok(isNear(singularValues[0]!, 3 * scale) && isNear(singularValues[1]!, 2 * scale), `svd ${scale}`);
    t.ok(isNear(frobeniusNorm(values), Math.sqrt(13) * scale), `norm ${scale}`);
    const there = toRows(expand(compress(values, 2)));
    t.ok(isNear(there[0]![0]!, 3 * scale) && isNear(there[1]![1]!, 2 * scale), `and back ${scale}`);
  }
  t.equal(frobeniusNorm(fromRows([[Infinity, 1]])), Infinity);
  t.ok(Number.isNaN(frobeniusNorm(fromRows([[Number.NaN, 1]]))));
  t.end();
});

test('what no element type can hold is refused with its range', (t) => {
  const large = fromRows([[1.7e308, 1.7e308], [1.7e308, 1.7e308]]); // biome-ignore format: as it looks
  t.throws(
    () => truncatedSvd(large, 2),
    /^RangeError: truncatedSvd: the largest singular value \(up to 1.8e308\)/,
  );
  const single = fromRows([[3e38, 3e38], [3e38, 3e38]], 'float32'); // biome-ignore format: as it looks
  t.throws(() => compress(single, 1), /^RangeError: compress: B in float32 \(up to 3.4e38\) must be finite/);
  t.end();
});

test('a power of two changes no digit of the singular vectors', (t) => {
  const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
  const property = fc.property(numbers, fc.integer({ min: -900, max: 900 }), (data, power) => {
    const rounded = Float64Array.from(data, (value) => Math.round(value * 2 ** 20) / 2 ** 20);
    const one = truncatedSvd(matrix(rounded, 4, 3), 3);
    const scaled = truncatedSvd(
      matrix(
        rounded.map((value) => value * 2 ** power),
        4,
        3,
      ),
      3,
    );
    return (
      `${scaled.left.data}` === `${one.left.data}` &&
      `${scaled.right.data}` === `${one.right.data}` &&
      `${scaled.singularValues}` === `${one.singularValues.map((value) => value * 2 ** power)}`
    );
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 60 }));
  t.end();
});

test('K-means finds the same groups at every scale', (t) => {
  for (const scale of [...scales, 1e-310, 1.7e308]) {
    for (const type of ['float32', 'float64'] as const) {
      if (type === 'float32' && Math.fround(scale) !== scale && (scale > 1e38 || scale < 1e-38)) continue;
      const points = fromRows([[-scale], [-0.9 * scale], [0.9 * scale], [scale]], type);
      const { labels, stop, shift } = kmeans(points, { clusters: 2, rng: randomStream(1, 'k') });
      const [a, b, c, d] = labels;
      t.ok(a === b && c === d && a !== c && stop === 'labels-unchanged' && shift === 0, `${type} ${scale}`);
    }
  }
  t.end();
});

test('a power of two changes no digit of K-means', (t) => {
  const rng = randomStream(4, 'points');
  const data = Float64Array.from({ length: 120 }, () => rng.normal());
  const points = (factor: number) =>
    matrix(
      data.map((value) => value * factor),
      40,
      3,
    );
  const steps = (factor: number) => [
    ...lloyd(points(factor), kmeansPlusPlus(points(factor), 4, randomStream(2, 's')), {
      tolerance: 1e-3 * factor,
    }),
  ];
  const one = steps(1);
  for (const power of [-1000, -700, -450, 450, 700, 1000]) {
    const factor = 2 ** power;
    const scaled = steps(factor);
    t.equal(scaled.length, one.length, `2^${power}: as many steps`);
    t.deepEqual(
      scaled.map(({ labels }) => [...labels]),
      one.map(({ labels }) => [...labels]),
      'labels',
    );
    t.deepEqual(
      scaled.map(({ centroids }) => toRows(centroids)),
      one.map(({ centroids }) => toRows(centroids).map((row) => row.map((value) => value * factor))),
      'centroids',
    );
    t.deepEqual(
      scaled.map(({ shift }) => shift),
      one.map(({ shift }) => shift * factor),
      'shifts',
    );
    const inertia = one.at(-1)!.inertia * factor * factor;
    t.equal(scaled.at(-1)!.inertia, inertia, `inertia ${inertia}`);
    const centroids = one[0]!.centroids;
    t.deepEqual(
      nearestClusters(scaled[0]!.centroids, vector([factor, 0, factor]), 4),
      nearestClusters(centroids, vector([1, 0, 1]), 4),
      'nearest clusters',
    );
  }
  t.end();
});

test('softmax and logSumExp know infinite and extreme scores', (t) => {
  const cases: [scores: number[], sum: number, shares: number[]][] = [
    [[Infinity, 0], Infinity, [1, 0]],
    [[Infinity, Infinity, 5, -Infinity], Infinity, [0.5, 0.5, 0, 0]],
    [[-Infinity, -Infinity], -Infinity, [0, 0]],
    [[-Infinity, 3], 3, [0, 1]],
    [[1e160, -1e160], 1e160, [1, 0]],
    [[1.7e308, -1.7e308], 1.7e308, [1, 0]],
    [[-1e160, -1e160], -1e160, [0.5, 0.5]],
    [[1e-170, -1e-170], Math.LN2, [0.5, 0.5]],
    [[1000, 1000], 1000 + Math.LN2, [0.5, 0.5]],
  ];
  for (const [scores, sum, shares] of cases) {
    t.equal(toArray(logSumExp(fromRows([scores])))[0], sum, `logSumExp [${scores}]`);
    t.deepEqual(toRows(softmaxRows(fromRows([scores])))[0], shares, `softmax [${scores}]`);
    t.deepEqual(toRows(logSumExpBackward(fromRows([scores]), vector([1])))[0], shares, 'and the gradient');
  }
  const mixed: Matrix = fromRows([[Infinity, 1, Number.NaN]]);
  t.equal(toArray(logSumExp(mixed, Uint8Array.of(0, 1, 0)))[0], 1, 'a masked score has no say');
  t.ok(Number.isNaN(toArray(logSumExp(mixed))[0]), 'NaN stays NaN');
  t.end();
});

function isNear(value: number, expected: number): boolean {
  return Math.abs(value / expected - 1) < 1e-14;
}
