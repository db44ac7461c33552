import test from 'tape';
import { type LogisticLoss, logisticLoss, PlainLogisticLoss } from '../../lib/fast/logistic.ts';
import { createLogisticSimd } from '../../lib/fast/logistic-simd.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const items = 50;

function problem(factors: number, count: number, scale: number) {
  const rng = randomStream(factors, 'logistic', count);
  return {
    table: Float32Array.from({ length: items * (factors + 1) }, () => scale * rng.normal()),
    rows: Uint32Array.from({ length: count }, (_, row) => (row * 7) % items),
    weights: Float64Array.from({ length: count }, () => 1 + rng.integer(3)),
    labels: Uint8Array.from({ length: count }, () => rng.integer(2)),
    vector: Float32Array.from({ length: factors }, () => rng.normal()),
  };
}

type Problem = Omit<ReturnType<typeof problem>, 'vector'> & { vector: ArrayLike<number> };

function solve(loss: LogisticLoss, factors: number, { table, rows, weights, labels, vector }: Problem) {
  loss.setTable(table);
  loss.setSample(rows, weights, labels);
  const [gradient, errors, hessian] = [
    new Float64Array(factors),
    new Float32Array(rows.length),
    new Float64Array(factors ** 2),
  ];
  loss.differentiate(vector, gradient, errors);
  loss.curve(hessian);
  return { gradient, errors, hessian };
}

test('gradient and Hessian of the plain loop equal central differences', (t) => {
  const factors = 5;
  const data = problem(factors, 23, 1);
  const lossAt = (vector: ArrayLike<number>) => {
    let sum = 0;
    data.rows.forEach((item, row) => {
      let score = data.table[item * (factors + 1) + factors]!;
      for (let k = 0; k < factors; k++) score += vector[k]! * data.table[item * (factors + 1) + k]!;
      sum += data.weights[row]! * binaryCrossEntropy(score, data.labels[row]!);
    });
    return sum;
  };
  const { gradient, hessian } = solve(new PlainLogisticLoss(items, factors), factors, data);
  closeTo(t, gradient, centralDifferences(lossAt, Float64Array.from(data.vector)), 'gradient', 1e-7);
  const slope = (k: number) => (vector: ArrayLike<number>) =>
    solve(new PlainLogisticLoss(items, factors), factors, { ...data, vector }).gradient[k]!;
  for (let k = 0; k < factors; k++) {
    const wanted = centralDifferences(slope(k), Float64Array.from(data.vector)).subarray(0, k + 1);
    closeTo(t, hessian.subarray(k * factors, k * factors + k + 1), wanted, `row ${k} of the Hessian`, 1e-6);
  }
  t.end();
});

test('the SIMD loop equals the plain one for odd sizes and for scores far out', (t) => {
  for (const [factors, count] of [
    [1, 1],
    [2, 3],
    [3, 4],
    [4, 9],
    [7, 50],
    [16, 17],
    [17, 33],
  ] as const) {
    for (const scale of [0.1, 1, 40]) {
      const data = problem(factors, count, scale);
      const simd = createLogisticSimd(items, factors);
      if (!simd) throw new Error('this engine has no WebAssembly SIMD');
      const [plain, fast] = [
        solve(new PlainLogisticLoss(items, factors), factors, data),
        solve(simd, factors, data),
      ];
      const name = `${factors} factors, ${count} rows, scale ${scale}`;
      closeTo(t, fast.errors, plain.errors, `errors, ${name}`, 1e-5);
      closeTo(t, fast.gradient, plain.gradient, `gradient, ${name}`, 1e-5);
      // Where σ is 0 or 1 to the last digit, float32 has no digits left for σ (1 − σ).
      if (scale < 40) closeTo(t, fast.hessian, plain.hessian, `Hessian, ${name}`, 1e-4);
      else t.ok(fast.hessian.every(Number.isFinite), `Hessian is finite, ${name}`);
    }
  }
  t.end();
});

test('a sample does not see the one before it', (t) => {
  const simd = logisticLoss('simd', items, 3);
  solve(simd, 3, problem(3, 50, 1));
  const small = problem(3, 5, 1);
  t.deepEqual(solve(simd, 3, small), solve(logisticLoss('simd', items, 3), 3, small));
  t.end();
});
