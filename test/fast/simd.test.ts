// The SIMD backend: its result is specified to the bit (float32 sums over k in order), so it is compared with exactly
// that, worked out with Math.fround; also its bounded memory, its size, and what happens where there is no SIMD.
import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { createSimd } from '../../lib/fast/simd.ts';
import { simdKernel } from '../../lib/fast/simd-kernel.generated.ts';
import { matmul } from '../../lib/numeric/matmul.ts';
import { type Matrix, transpose, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { fill, isSame, layouts, randomMatrix, shapes } from '../numeric/products.ts';

test('every number is the float32 sum over k in its order, to the last bit', (t) => {
  const backend = chooseLoops('simd').matmul;
  const failures: string[] = [];
  for (const [rows, inner, columns] of shapes) {
    for (const [forA, layA] of Object.entries(layouts)) {
      for (const [forB, layB] of Object.entries(layouts)) {
        const rng = randomStream(1, 'bits', rows, inner, columns);
        const a = fill(layA(rows, inner, 'float32'), rng);
        const b = fill(layB(inner, columns, 'float32'), rng);
        if (!isSame(matmul(a, b, { backend }), float32Product(a, b))) {
          failures.push(`${[rows, inner, columns]} A ${forA}, B ${forB}`);
        }
      }
    }
  }
  t.deepEqual(failures, []);
  t.end();
});

test('products larger than a block, on each axis, are put together seamlessly', (t) => {
  const backend = chooseLoops('simd').matmul;
  for (const [rows, inner, columns] of [
    [1030, 3, 5],
    [3, 5, 1030],
    [5, 4100, 9],
    [1027, 2, 1029],
  ] as const) {
    const rng = randomStream(2, 'blocks', rows, inner, columns);
    const a = randomMatrix(rows, inner, 'float32', rng);
    const b = randomMatrix(inner, columns, 'float32', rng);
    const expected = float32Product(a, b);
    t.ok(isSame(matmul(a, b, { backend }), expected), `${rows} × ${inner} × ${columns}`);
    const turned = transpose(matmul(transpose(b), transpose(a), { backend }));
    t.ok(isSame(turned, expected), `${columns} × ${inner} × ${rows}, transposed`);
  }
  t.end();
});

test('a row of the product does not depend on the other rows, so work may be cut anywhere', (t) => {
  const backend = chooseLoops('simd').matmul;
  const rng = randomStream(3, 'cuts');
  const a = randomMatrix(37, 300, 'float32', rng);
  const b = randomMatrix(300, 21, 'float32', rng);
  const whole = matmul(a, b, { backend });
  for (const [from, count] of [
    [0, 1],
    [1, 2],
    [3, 30],
    [36, 1],
  ] as const) {
    const part = matmul(a.lo(from, 0).hi(count, 300), b, { backend });
    t.ok(isSame(part, whole.lo(from, 0).hi(count, 21)), `rows ${from} to ${from + count - 1}`);
  }
  t.end();
});

test('two backends share nothing, and a product leaves no trace in the next', (t) => {
  const one = chooseLoops('simd').matmul;
  const other = chooseLoops('simd').matmul;
  const rng = randomStream(4, 'traces');
  const small = randomMatrix(5, 6, 'float32', rng);
  const before = matmul(small, transpose(small), { backend: one });
  const large = fill(zeros(90, 91, 'float32'), rng);
  large.set(0, 0, Number.NaN);
  matmul(large, transpose(large), { backend: one });
  t.ok(isSame(matmul(small, transpose(small), { backend: one }), before), 'after a larger product with NaN');
  t.ok(isSame(matmul(small, transpose(small), { backend: other }), before), 'in another backend');
  t.end();
});

test('the module is small enough to be compiled at once in every browser, and holds no relaxed instruction', (t) => {
  const bytes = Buffer.from(simdKernel, 'base64');
  t.ok(bytes.length > 1000 && bytes.length <= 4096, `${bytes.length} bytes`);
  t.ok(WebAssembly.validate(bytes), 'valid');
  // Relaxed SIMD opcodes are 0x100 to 0x113, in LEB128 behind the prefix 0xfd: fd 80 02 to fd 93 02.
  const relaxed = [...bytes.keys()].filter(
    (at) => bytes[at] === 0xfd && bytes[at + 1]! >= 0x80 && bytes[at + 1]! <= 0x93 && bytes[at + 2] === 0x02,
  );
  t.deepEqual(relaxed, []);
  t.end();
});

test('the module’s memory stays bounded whatever the shapes', (t) => {
  const created: WebAssembly.Memory[] = [];
  const backend = withInstance(
    (instance) => created.push(instance.exports.memory as WebAssembly.Memory),
    createSimd,
  );
  const rng = randomStream(5, 'memory');
  for (const [rows, inner, columns] of [
    [1100, 2100, 4],
    [4, 2100, 1100],
    [1100, 4, 1100],
    [1, 5000, 1],
  ] as const) {
    matmul(randomMatrix(rows, inner, 'float32', rng), randomMatrix(inner, columns, 'float32', rng), {
      backend: backend!,
    });
  }
  t.equal(created.length, 1, 'one module');
  const megabytes = created[0]!.buffer.byteLength / 2 ** 20;
  t.ok(megabytes > 8 && megabytes <= 22, `${megabytes.toFixed(1)} MB`);
  t.end();
});

test('without SIMD there is no simd backend, and the default is the tiled loop', (t) => {
  const original = WebAssembly.Module;
  const refusing = new Proxy(original, {
    construct() {
      throw new WebAssembly.CompileError('invalid value type 0x7b');
    },
  });
  WebAssembly.Module = refusing;
  try {
    t.equal(createSimd(), null);
    t.equal(chooseLoops().matmul.name, 'tiled');
    t.throws(() => chooseLoops('simd').matmul, /^RangeError: chooseLoops: simd needs .*; use tiled here$/);
  } finally {
    WebAssembly.Module = original;
  }
  t.end();
});

/** The specification: float32 products and sums, one after the other. */
function float32Product(a: Matrix, b: Matrix): Matrix {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const out = zeros(rows, columns, 'float32');
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum = Math.fround(sum + Math.fround(a.get(row, k) * b.get(k, column)));
      }
      out.set(row, column, sum);
    }
  }
  return out;
}

/** Shows each WebAssembly instance that `action` makes to `look`. */
function withInstance<T>(look: (instance: WebAssembly.Instance) => void, action: () => T): T {
  const original = WebAssembly.Instance;
  WebAssembly.Instance = new Proxy(original, {
    construct(target, [module]) {
      const instance = new target(module);
      look(instance);
      return instance;
    },
  });
  try {
    return action();
  } finally {
    WebAssembly.Instance = original;
  }
}
