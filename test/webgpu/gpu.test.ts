import test from 'tape';
import { fromRows, matrix, rowMajorData, toRows, transpose, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { add } from '../../lib/webgpu/elementwise.ts';
import { GpuMatrix, readAll } from '../../lib/webgpu/gpu-matrix.ts';
import { compileKernel, type Kernel } from '../../lib/webgpu/kernel.ts';
import { matmul } from '../../lib/webgpu/matmul.ts';
import { openGpu } from '../../lib/webgpu/open-gpu.ts';
import { deviceOf, needsGpu, testGpu } from './adapter.ts';
import { randomMatrix } from './compare.ts';
import { openSoftwareGpu, wantsRealGpu } from './software-gpu.ts';

test('what is uploaded comes back, as float32, for views too', needsGpu, async (t) => {
  const rng = randomStream(1, 'gpu-matrix');
  const { gpu: split } = await openSoftwareGpu({ blockBytes: 256 });
  for (const gpu of [testGpu(), split!]) {
    const values = randomMatrix(23, 11, rng);
    const whole = GpuMatrix.from(gpu, transpose(transpose(values)));
    const window = whole.rowsBetween(3, 20).columnsBetween(2, 9);
    const [a, b, c] = (await readAll([whole, window, window.transpose().rowsBetween(1, 3)])) as [
      never,
      never,
      never,
    ];
    t.deepEqual(toRows(a), toRows(values), 'whole');
    t.deepEqual(toRows(b), toRows(values.lo(3, 2).hi(17, 7)), 'a window');
    t.deepEqual(toRows(c), toRows(transpose(values.lo(3, 3).hi(17, 2))), 'a window of a transpose');
  }
  split!.close();
});

test('an upload waits for the operations that were recorded before it', needsGpu, async (t) => {
  const gpu = testGpu();
  const x = GpuMatrix.from(gpu, fromRows([[1, 2]]));
  const doubled = add(x, x);
  x.write(fromRows([[10, 20]]));
  const [first, second] = await readAll([doubled, add(x, x)]);
  t.deepEqual([toRows(first!), toRows(second!)], [[[2, 4]], [[20, 40]]]);
  t.throws(() => x.write(zeros(2, 2)), /GpuMatrix.write: values must have shape \[1, 2\]/);
});

test('a scope gives back what is made inside, except its result', needsGpu, async (t) => {
  const gpu = testGpu();
  const x = GpuMatrix.from(gpu, fromRows([[1, 2]]));
  let inside: GpuMatrix | undefined;
  const { kept } = gpu.scope(() => {
    inside = add(x, x);
    return { kept: add(inside, x) };
  });
  t.throws(() => inside!.place(0, 0), /the matrix was released/);
  t.deepEqual(toRows(await kept.read()), [[3, 6]]);
});

test('a recording runs again with other inputs', needsGpu, async (t) => {
  const gpu = testGpu();
  const x = GpuMatrix.from(gpu, matrix(Float64Array.of(1, 2, 3, 4), 2, 2));
  const square = gpu.record(() => matmul(x, x));
  square.run();
  t.deepEqual([...rowMajorData(await square.result.read())], [7, 10, 15, 22]);
  x.write(matrix(Float64Array.of(2, 0, 0, 2), 2, 2));
  square.run();
  t.deepEqual([...rowMajorData(await square.result.read())], [4, 0, 0, 4]);
  t.throws(() => gpu.record(() => x.write(zeros(2, 2))), /nothing can be uploaded while a recording is made/);
  t.throws(() => gpu.record(() => gpu.record(() => 0)), /cannot be made inside a recording/);
  square.release();
});

test('a kernel that does not compile says where', needsGpu, async (t) => {
  const wrong: Kernel = {
    name: 'wrong',
    storage: ['write'],
    code: '@group(0) @binding(1) var<storage, read_write> out: array<f32>;\n@compute @workgroup_size(1)\nfn main() { out[0] = 1u; }',
  };
  const message = await compileKernel(deviceOf(testGpu()), wrong).then(() => '', String);
  t.match(message, /GpuError: webgpu: kernel wrong does not compile: line 3:\d+: /, message);
});

test('mistakes and a lost device come back as errors, not as zeros', needsGpu, async (t) => {
  const { gpu } = await openSoftwareGpu();
  const x = GpuMatrix.from(gpu!, fromRows([[1, 2]]));
  const compiled = gpu!.kernel('add-scaled');
  gpu!.dispatch({ compiled, buffers: [x.place(0, 0).buffer], whole: [], real: [], groups: [1, 1] });
  const mistake = await x.read().then(() => '', String);
  t.match(mistake, /GpuError: webgpu: .*bind/i, mistake);
  t.throws(() => add(x, x), /GpuError/, 'and stay: what follows cannot be trusted');
  gpu!.close();
  const { gpu: other } = await openSoftwareGpu();
  const y = GpuMatrix.from(other!, fromRows([[1, 2]]));
  deviceOf(other!).destroy();
  const lost = await y
    .read()
    .then(() => y.read())
    .then(() => '', String);
  t.match(lost, /GpuError: webgpu: /, lost);
  other!.close();
  t.throws(() => GpuMatrix.from(other!, fromRows([[1]])), /webgpu: /);
});

test('without an adapter openGpu says so instead of throwing', async (t) => {
  const nothing = { create: () => ({ requestAdapter: async () => null }) };
  t.deepEqual(await openGpu({ webgpu: nothing }), {
    gpu: null,
    reason: 'WebGPU finds no adapter on this machine',
  });
  const broken = {
    create: () => {
      throw new Error('libvulkan is missing');
    },
  };
  t.equal((await openGpu({ webgpu: broken, flags: ['broken'] })).reason, 'libvulkan is missing');
});

const needsSoftware = wantsRealGpu ? { skip: 'the GPU is real' } : needsGpu;

test('a GPU that the processor plays is refused unless it is allowed', needsSoftware, async (t) => {
  const { gpu, reason } = await openSoftwareGpu({ allowsSoftware: false });
  t.equal(gpu, null);
  t.match(reason!, /there is only a GPU that the processor simulates \(.*(llvmpipe|swiftshader)/i);
});
