import test from 'tape';
import { softmaxRowsBackward as softmaxBackwardReference } from '../../lib/model/attention-backward.ts';
import {
  layerNorm as layerNormReference,
  layerNormBackward as normBackwardReference,
} from '../../lib/model/layer-norm.ts';
import { columnSums as columnSumsReference } from '../../lib/model/layers-backward.ts';
import { adamStep as adamReference, adamState, sgdStep as sgdReference } from '../../lib/model/optimizer.ts';
import { reluBackward as reluBackwardReference, relu as reluReference } from '../../lib/model/relu.ts';
import { softmaxRows as softmaxReference } from '../../lib/model/softmax.ts';
import {
  copyOf,
  fromRows,
  type Matrix,
  matrix,
  rowMajorData,
  toArray,
  zeros,
} from '../../lib/numeric/matrix.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import { add, addRow, multiply, relu, reluBackward, subtract } from '../../lib/webgpu/elementwise.ts';
import type { Gpu } from '../../lib/webgpu/gpu.ts';
import { GpuMatrix, readAll } from '../../lib/webgpu/gpu-matrix.ts';
import { layerNorm, layerNormBackward } from '../../lib/webgpu/layer-norm.ts';
import { adamStep, sgdStep } from '../../lib/webgpu/optimizer.ts';
import { centerRows, columnSums, normalizeRows, rowDots } from '../../lib/webgpu/rows.ts';
import { softmaxRows, softmaxRowsBackward } from '../../lib/webgpu/softmax.ts';
import { needsGpu, testGpu } from './adapter.ts';
import { oddShapes, randomMatrix, relativeError } from './compare.ts';
import { openSoftwareGpu } from './software-gpu.ts';

/** A kernel on random inputs: what the GPU makes of them, and what float64 does. */
type Case = (gpu: Gpu, rows: number, columns: number, rng: RandomStream) => [GpuMatrix, Matrix][];

const cases: Record<string, Case> = {
  add(gpu, rows, columns, rng) {
    const [x, y] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    const row = randomMatrix(1, columns, rng);
    return [
      [add(up(gpu, x), up(gpu, y), 2), map(x, (value, index) => value + 2 * y.data[index]!)],
      [addRow(up(gpu, x), up(gpu, row), -1), map(x, (value, index) => value - row.data[index % columns]!)],
    ];
  },
  'subtract and multiply'(gpu, rows, columns, rng) {
    const [x, y] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    return [
      [subtract(up(gpu, x), up(gpu, y), 0.5), map(x, (value, index) => 0.5 * (value - y.data[index]!))],
      [multiply(up(gpu, x), up(gpu, y)), map(x, (value, index) => value * y.data[index]!)],
    ];
  },
  'relu, forward and backward'(gpu, rows, columns, rng) {
    const [x, g] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    x.data[0] = 0; // the kink
    return [
      [relu(up(gpu, x)), reluReference(x)],
      [reluBackward(up(gpu, x), up(gpu, g)), reluBackwardReference(x, g)],
    ];
  },
  'row normalisation'(gpu, rows, columns, rng) {
    const x = randomMatrix(rows, columns, rng);
    return [[normalizeRows(up(gpu, x), { scale: 3 }), normalized(x, 3)]];
  },
  'sums of rows and columns'(gpu, rows, columns, rng) {
    const [x, y] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    const products = map(x, (value, index) => Math.abs(value * y.data[index]!));
    const [absoluteX, absoluteY] = [map(x, Math.abs), map(y, Math.abs)]; // sums that do not cancel
    const sums = columnSumsReference(absoluteX);
    const rowSums = Array.from({ length: rows }, (_, row) =>
      toArray(products.pick(row, null)).reduce((sum, value) => sum + value, 0),
    );
    return [
      [
        columnSums(up(gpu, absoluteX), 2),
        matrix(
          sums.data.map((sum) => 2 * sum),
          1,
          columns,
        ),
      ],
      [rowDots(up(gpu, absoluteX), up(gpu, absoluteY)), matrix(Float64Array.from(rowSums), rows, 1)],
    ];
  },
  centring(gpu, rows, columns, rng) {
    const x = randomMatrix(rows, columns, rng);
    const means = columnSumsReference(x).data.map((sum) => sum / rows);
    // A single row is its own mean; its reference of zeros would leave nothing to be relative to.
    const centre = rows > 1 ? undefined : up(gpu, zeros(1, columns));
    const want = rows > 1 ? map(x, (value, index) => value - means[index % columns]!) : x;
    return [[centerRows(up(gpu, x), centre), want]];
  },
  'masked softmax, forward and backward'(gpu, rows, columns, rng) {
    const [x, g] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    const keys = map(zeros(1, columns), () => (rng.uniform() < 0.8 ? 1 : 0));
    const own = map(zeros(rows, 1), (_, row) => (row % 3 === 0 ? -1 : row % columns));
    const allowed = Uint8Array.from(x.data, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return keys.data[column] === 1 && own.data[row] !== column ? 1 : 0;
    });
    const scaled = map(x, (value) => 3 * value);
    const weights = softmaxReference(scaled, allowed);
    const options = { keyMask: up(gpu, keys), ownColumn: up(gpu, own), scale: 3 };
    const backward = map(softmaxBackwardReference(softmaxReference(scaled), g), (value) => 3 * value);
    const open = softmaxRows(up(gpu, x), { scale: 3 });
    return [
      [softmaxRows(up(gpu, x), options), weights],
      ...(columns > 1 ? [[softmaxRowsBackward(open, up(gpu, g), 3), backward] as [GpuMatrix, Matrix]] : []),
    ];
  },
  'layer norm, forward and backward'(gpu, rows, columns, rng) {
    const [x, g] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    const [gain, shift] = [randomMatrix(1, columns, rng), randomMatrix(1, columns, rng)];
    const parameters = { gain: gain.pick(0, null), shift: shift.pick(0, null) };
    const onGpu = { gain: up(gpu, gain), shift: up(gpu, shift) };
    const want = normBackwardReference(parameters, x, g);
    const got = layerNormBackward(onGpu, up(gpu, x), up(gpu, g));
    const forward: [GpuMatrix, Matrix] = [layerNorm(onGpu, up(gpu, x)), layerNormReference(parameters, x)];
    if (columns < 3) return [forward]; // of one or two numbers nothing is left but rounding errors
    return [
      forward,
      [got.input, want.input],
      [got.parameters.gain, matrix(want.parameters.gain.data, 1, columns)],
      [got.parameters.shift, matrix(want.parameters.shift.data, 1, columns)],
    ];
  },
  'optimiser steps'(gpu, rows, columns, rng) {
    const [start, g] = [randomMatrix(rows, columns, rng), randomMatrix(rows, columns, rng)];
    const [bySgd, byAdam] = [up(gpu, start), up(gpu, start)];
    const [wantSgd, wantAdam] = [copyOf(start), copyOf(start)];
    const moments = {
      firstMoment: up(gpu, zeros(rows, columns)),
      secondMoment: up(gpu, zeros(rows, columns)),
      step: 0,
    };
    const wantMoments = adamState(start.size);
    for (let step = 0; step < 3; step++) {
      sgdStep(bySgd, up(gpu, g), { learningRate: 0.1 });
      sgdReference(wantSgd.data, g.data, { learningRate: 0.1 });
      adamStep(byAdam, up(gpu, g), moments, { learningRate: 0.1 });
      adamReference(wantAdam.data, g.data, wantMoments, { learningRate: 0.1 });
    }
    return [
      [bySgd, wantSgd],
      [byAdam, wantAdam],
    ];
  },
};

for (const [name, make] of Object.entries(cases)) {
  test(`${name}: the GPU agrees with float64 on odd shapes, whole and split`, needsGpu, async (t) => {
    const { gpu: split } = await openSoftwareGpu({ blockBytes: 8192 });
    for (const [gpu, label] of [
      [testGpu(), 'whole'],
      [split!, 'in blocks of 8 kB'],
    ] as const) {
      const rng = randomStream(1, 'gpu-kernels', name);
      let worst = 0;
      for (const [rows, columns] of oddShapes) {
        const pairs = gpu.scope(() => make(gpu, rows, columns, rng));
        const read = await readAll(pairs.map(([got]) => got));
        pairs.forEach(([got, want], index) => {
          worst = Math.max(worst, relativeError(read[index]!, want));
          got.release();
        });
      }
      t.ok(worst <= 1e-5, `${label}: worst relative error ${worst.toExponential(1)}`);
    }
    split!.close();
  });
}

test(
  'softmax by hand: nobody looks at itself, and who may look at nobody gets zeros',
  needsGpu,
  async (t) => {
    const gpu = testGpu();
    const scores = up(
      gpu,
      fromRows(
        [
          [5, 0, 0],
          [1, 1, 9],
          [7, 7, 7],
        ].map((row) => row.map(Math.fround)),
      ),
    );
    const ownColumn = up(gpu, matrix(Float64Array.of(0, 2, -1), 3, 1));
    const weights = await softmaxRows(scores, { ownColumn }).read();
    const want = [0, 0.5, 0.5, 0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3];
    t.ok(relativeError(weights, matrix(Float64Array.from(want), 3, 3)) < 1e-6, 'equal scores share equally');
    const nobody = up(gpu, zeros(1, 3));
    t.deepEqual([...rowMajorData(await softmaxRows(scores, { keyMask: nobody }).read())], Array(9).fill(0));
  },
);

test('shapes that do not fit are refused before anything runs', needsGpu, (t) => {
  const gpu = testGpu();
  const [a, b] = [up(gpu, zeros(2, 3)), up(gpu, zeros(3, 2))];
  t.throws(() => add(a, b), /add: all matrices must have shape \[2, 3\], got \[3, 2\]/);
  t.throws(() => addRow(a, b), /addRow: row must have shape \[1, 3\], got \[3, 2\]/);
  t.throws(() => softmaxRows(a, { ownColumn: b }), /softmaxRows: ownColumn must have shape \[2, 1\]/);
  t.end();
});

function up(gpu: Gpu, values: Matrix): GpuMatrix {
  return GpuMatrix.from(gpu, values);
}

function map(values: Matrix, change: (value: number, index: number) => number): Matrix {
  return matrix(Float64Array.from(values.data, change), values.shape[0]!, values.shape[1]!);
}

function normalized(values: Matrix, scale: number): Matrix {
  const columns = values.shape[1]!;
  return map(values, (value, index) => {
    const row = values.data.subarray(index - (index % columns), index - (index % columns) + columns);
    return (scale * value) / Math.hypot(...row);
  });
}
