import test from 'tape';
import { FusedLogisticLoss } from '../../lib/fast/logistic-fused.ts';
import { createLogisticSimd } from '../../lib/fast/logistic-simd.ts';
import { type LogisticLoss, PlainLogisticLoss } from '../../lib/federated/logistic-loss.ts';
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

type Problem = Omit<ReturnType<typeof problem>, 'vector'> & { vector: Float32Array | Float64Array };

function solve(loss: LogisticLoss, { table, rows, weights, labels, vector }: Problem) {
  loss.setTable(table);
  loss.setSample(rows, weights, labels);
  const scoreGradient = loss.scoreGradient(vector).slice();
  const scores = new Float32Array(items);
  loss.scoreAll(vector, scores);
  const [gradient, hessian] = [loss.userGradient(), loss.userHessian()];
  const { left, right } = loss.rankOneUpdate(Float32Array.from(vector));
  return { scoreGradient, gradient, hessian, loss: loss.loss(), scores, left, right };
}

function simdLoss(factors: number): LogisticLoss {
  const simd = createLogisticSimd(items, factors);
  if (!simd) throw new Error('this engine has no WebAssembly SIMD');
  return simd;
}

test('loss, gradients and Hessian of the plain loops are those of the definition', (t) => {
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
  const { loss, gradient, hessian } = solve(new PlainLogisticLoss(factors), data);
  closeTo(t, [loss], [lossAt(data.vector)], 'loss', 1e-10);
  closeTo(t, gradient, centralDifferences(lossAt, Float64Array.from(data.vector)), 'gradient', 1e-7);
  const slope = (k: number) => (vector: ArrayLike<number>) =>
    solve(new PlainLogisticLoss(factors), { ...data, vector: Float64Array.from(vector) }).gradient[k]!;
  for (let k = 0; k < factors; k++) {
    const wanted = centralDifferences(slope(k), Float64Array.from(data.vector)).subarray(0, k + 1);
    closeTo(t, hessian.subarray(k * factors, k * factors + k + 1), wanted, `row ${k} of the Hessian`, 1e-6);
  }
  t.end();
});

test('the fused and the SIMD loop equal the plain functions for odd sizes and for scores far out', (t) => {
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
      const plain = solve(new PlainLogisticLoss(factors), data);
      for (const [name, loops, tolerance] of [
        ['fused', new FusedLogisticLoss(items, factors), 1e-6],
        ['SIMD', simdLoss(factors), 1e-5],
      ] as const) {
        const fast = solve(loops, data);
        const title = `${name}, ${factors} factors, ${count} rows, scale ${scale}`;
        t.equal(fast.scoreGradient.length, count);
        closeTo(t, fast.scoreGradient, plain.scoreGradient, `g, ${title}`, tolerance);
        closeTo(t, fast.gradient, plain.gradient, `gradient, ${title}`, tolerance);
        closeTo(t, fast.left, plain.left, `B, ${title}`, tolerance);
        t.deepEqual(fast.right, plain.right, `A, ${title}`);
        closeTo(t, fast.scores, plain.scores, `scores, ${title}`, scale * 1e-5);
        // Where σ is 0 or 1 to the last digit, float32 has no digits left for σ (1 − σ) or for log σ.
        if (scale < 1) closeTo(t, [fast.loss], [plain.loss], `loss, ${title}`, 1e-5);
        if (scale < 40) closeTo(t, fast.hessian, plain.hessian, `Hessian, ${title}`, 1e-4);
        else t.ok(fast.hessian.every(Number.isFinite), `Hessian is finite, ${title}`);
      }
    }
  }
  t.end();
});

test('a sample does not see the one before it', (t) => {
  const used = [new PlainLogisticLoss(3), new FusedLogisticLoss(items, 3), simdLoss(3)];
  const fresh = [new PlainLogisticLoss(3), new FusedLogisticLoss(items, 3), simdLoss(3)];
  const small = problem(3, 5, 1);
  used.forEach((loops, at) => {
    solve(loops, problem(3, 50, 1));
    t.deepEqual(solve(loops, small), solve(fresh[at]!, small));
  });
  t.end();
});
