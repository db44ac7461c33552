import test from 'tape';
import { matmul as reference } from '../../lib/numeric/matmul.ts';
import { fromRows, matrix, rowMajorData, toRows, transpose, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { GpuMatrix } from '../../lib/webgpu/gpu-matrix.ts';
import { matmul, matmulKernels } from '../../lib/webgpu/matmul.ts';
import { needsGpu, testGpu } from './adapter.ts';
import { oddShapes, randomMatrix, relativeError } from './compare.ts';
import { openSoftwareGpu } from './software-gpu.ts';

test('a product of two by two on the GPU is what a hand computes', needsGpu, async (t) => {
  const gpu = testGpu();
  const a = GpuMatrix.from(gpu, matrix(Float64Array.of(1, 2, 3, 4), 2, 2));
  const b = GpuMatrix.from(gpu, matrix(Float64Array.of(5, 6, 7, 8), 2, 2));
  for (const kernel of matmulKernels) {
    const product = matmul(a, b, { kernel });
    t.deepEqual([...rowMajorData(await product.read())], [19, 22, 43, 50], kernel);
    product.release();
  }
  a.release();
  b.release();
});

test('each product kernel agrees with float64 on odd shapes, for transposes too', needsGpu, async (t) => {
  const gpu = testGpu();
  const rng = randomStream(1, 'gpu-matmul');
  for (const kernel of matmulKernels) {
    let worst = 0;
    for (const [rows, inner, columns] of oddShapes) {
      const left = randomMatrix(rows, inner, rng);
      const right = randomMatrix(inner, columns, rng);
      const [a, b] = [GpuMatrix.from(gpu, left), GpuMatrix.from(gpu, right)];
      const [at, bt] = [GpuMatrix.from(gpu, transpose(left)), GpuMatrix.from(gpu, transpose(right))];
      const want = reference(left, right);
      for (const x of [a, at.transpose()]) {
        for (const y of [b, bt.transpose()]) {
          const product = matmul(x, y, { kernel });
          worst = Math.max(worst, relativeError(await product.read(), want));
          product.release();
        }
      }
      for (const matrix of [a, b, at, bt]) matrix.release();
    }
    t.ok(worst <= 1e-5, `${kernel}: worst relative error ${worst.toExponential(1)}`);
  }
});

test('a product over an empty inner dimension is zero, and empty results are empty', needsGpu, async (t) => {
  const gpu = testGpu();
  const dirty = GpuMatrix.from(gpu, fromRows([[9, 9, 9]]));
  dirty.release(); // the next matrix of this size finds these numbers in its memory
  const empty = [
    [1, 0, 3],
    [0, 2, 3],
    [2, 3, 0],
  ] as const;
  for (const [rows, inner, columns] of empty) {
    const product = matmul(
      GpuMatrix.from(gpu, zeros(rows, inner)),
      GpuMatrix.from(gpu, zeros(inner, columns)),
    );
    t.deepEqual(
      toRows(await product.read()),
      toRows(zeros(rows, columns)),
      `[${rows}, ${inner}, ${columns}]`,
    );
  }
  t.throws(
    () => matmul(GpuMatrix.from(gpu, zeros(2, 3)), GpuMatrix.from(gpu, zeros(2, 3))),
    /matmul: b must have as many rows as a has columns \(3\), got 2/,
  );
});

test('matrices larger than a binding are split, and products do not notice', needsGpu, async (t) => {
  const { gpu } = await openSoftwareGpu({ blockBytes: 1024 });
  const rng = randomStream(2, 'gpu-matmul');
  const left = randomMatrix(37, 53, rng);
  const right = randomMatrix(53, 41, rng);
  const want = reference(left, right);
  const a = GpuMatrix.from(gpu!, left);
  const b = GpuMatrix.from(gpu!, right);
  const bt = GpuMatrix.from(gpu!, transpose(right));
  const at = GpuMatrix.from(gpu!, transpose(left));
  for (const kernel of matmulKernels) {
    for (const x of [a, at.transpose()]) {
      for (const y of [b, bt.transpose()]) {
        const error = relativeError(await matmul(x, y, { kernel }).read(), want);
        t.ok(error <= 1e-5, `${kernel}: ${error.toExponential(1)}`);
      }
    }
  }
  const inside = matmul(a.rowsBetween(5, 30), b.columnsBetween(3, 40)).columnsBetween(1, 9);
  const wanted = want.lo(5, 4).hi(25, 8);
  t.ok(relativeError(await inside.read(), wanted) <= 1e-5, 'windows across the splits');
  t.throws(() => GpuMatrix.from(gpu!, zeros(1, 300)), /a row must fit in a binding of 1024 bytes/);
  gpu!.close();
});
