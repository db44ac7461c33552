import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import test from 'tape';
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type Tensor,
} from '../../lib/numeric/safetensors.ts';

const example = {
  tensors: {
    table: { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 4, 5, -0) },
    labels: { shape: [3], data: Int32Array.of(-1, 0, 7) },
    flags: { shape: [3], data: Uint8Array.of(1, 0, 255) },
    times: { shape: [2], data: Float64Array.of(Math.PI, -1e300) },
    rows: { shape: [2, 1], data: Uint32Array.of(4294967295, 3) },
    nothing: { shape: [0], data: new Uint32Array(0) },
  },
  metadata: { recipe: 'fedtlrec', note: 'naïve' },
};

test('a file of two numbers is the bytes that the layout prescribes', (t) => {
  const bytes = encodeSafetensors({
    tensors: { a: { shape: [2], data: Uint8Array.of(7, 9) } },
    metadata: {},
  });
  const header = '{"__metadata__":{},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}';
  t.equal(new DataView(bytes.buffer).getBigUint64(0, true), BigInt(72), 'header length, padded to 8 bytes');
  t.equal(new TextDecoder().decode(bytes.subarray(8, 80)), header.padEnd(72), 'header');
  t.deepEqual([...bytes.subarray(80)], [7, 9], 'payload');
  t.end();
});

test('decoding gives back what was encoded', (t) => {
  t.deepEqual(decodeSafetensors(encodeSafetensors(example)), example, 'an example with every element type');
  const buffer = Buffer.from([0, ...encodeSafetensors(example)]).subarray(1);
  t.deepEqual(
    decodeSafetensors(buffer),
    example,
    'also from an unaligned part of a Buffer, as files are read',
  );
  const arrays = fc.oneof(
    fc.float32Array().map((data): Tensor => ({ shape: [data.length], data })),
    fc.float64Array().map((data): Tensor => ({ shape: [1, data.length], data })),
    fc.uint8Array().map((data): Tensor => ({ shape: [data.length, 1, 1], data })),
    fc.int32Array().map((data): Tensor => ({ shape: [data.length], data })),
    fc.uint32Array().map((data): Tensor => ({ shape: [data.length], data })),
  );
  const names = fc.string().filter((name) => name !== '__metadata__');
  fc.assert(
    fc.property(fc.dictionary(names, arrays), (tensors) => {
      const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata: {} })).tensors;
      t.deepEqual(Object.keys(decoded).sort(), Object.keys(tensors).sort());
      for (const [name, tensor] of Object.entries(tensors)) t.deepEqual(decoded[name], tensor);
    }),
    { seed: 1, numRuns: 20 },
  );
  t.end();
});

test('a file that is cut anywhere is rejected', (t) => {
  const bytes = encodeSafetensors(example);
  const accepted = Array.from(bytes.keys()).filter((length) => accepts(bytes.subarray(0, length)));
  t.deepEqual(accepted, [], 'no prefix decodes');
  t.throws(
    () => decodeSafetensors(Uint8Array.of(...bytes, 0)),
    /the arrays end at byte \d+, the file at/,
    'a byte too many',
  );
  t.end();
});

test('a broken header is rejected with the reason', (t) => {
  const cases: [header: string, reason: RegExp][] = [
    ['nonsense', /the header must be a JSON object/],
    ['[]', /the header must be a JSON object/],
    ['{"a":1}', /array a must be described by an object/],
    ['{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', /must have one of the types .* got BF16/],
    ['{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,2]}}', /must have one of the types/],
    ['{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', /must have a shape of whole numbers/],
    ['{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}', /must have two data_offsets/],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', /array a of shape \[2\] needs 8 bytes, got 4/],
    [
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}',
      /array a must begin at byte 0 of the data, got 4/,
    ],
    ['{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}', /it is cut off/],
    ['{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}', /an object of strings/],
  ];
  for (const [header, reason] of cases) {
    t.throws(() => decodeSafetensors(withHeader(header, 8)), reason, header);
    t.throws(() => decodeSafetensors(withHeader(header, 8)), SafetensorsError, 'as a SafetensorsError');
  }
  t.throws(
    () => decodeSafetensors(new Uint8Array(8).fill(255)),
    /the header must have at most/,
    'a giant header',
  );
  t.end();
});

test('arrays that cannot be written are refused', (t) => {
  const data = Uint8Array.of(1, 2);
  const encode = (name: string, shape: number[]) =>
    encodeSafetensors({ tensors: { [name]: { shape, data } }, metadata: {} });
  t.throws(() => encode('a', [3]), /a must have the shape of its data, got \[3\] for 2 elements/);
  t.throws(() => encode('__metadata__', [2]), /must not be called __metadata__/);
  t.end();
});

test('whatever can be written is read back the same; the rest is refused before a byte is made', (t) => {
  const text = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toJSON', '', '\ud800'),
    fc.string({ unit: 'binary' }),
  );
  const own = (entries: [string, unknown][]) => Object.fromEntries(entries);
  const data = fc.constantFrom<unknown>(
    Float32Array.of(1, 2),
    Float64Array.of(1, 2),
    Int32Array.of(1, 2),
    Uint32Array.of(1, 2),
    Uint8Array.of(1, 2),
    new Uint8Array(0),
    Int8Array.of(1, 2),
    Int16Array.of(1, 2),
    Uint16Array.of(1, 2),
    Uint8ClampedArray.of(1, 2),
    BigInt64Array.of(1n, 2n),
    new DataView(new ArrayBuffer(2)),
    [1, 2],
    '12',
    null,
    undefined,
  );
  const size = fc.constantFrom<unknown>(0, 1, 2, -1, -2, 1.5, Number.NaN, Infinity, '2', null, 2 ** 53);
  const shape = fc.oneof(
    fc.array(size, { maxLength: 3 }),
    fc.constantFrom<unknown>([2], [2], [2], [1, 2], '2', null),
  );
  const tensor = fc.oneof({ weight: 9, arbitrary: fc.record({ shape, data }) }, fc.constantFrom(null, 1, []));
  const words = fc.oneof(
    { weight: 5, arbitrary: text },
    fc.constantFrom<unknown>(3, null, undefined, {}, ['a']),
  );
  const tensors = fc.array(fc.tuple(text, tensor), { maxLength: 2 }).map(own);
  const metadata = fc.oneof(
    { weight: 9, arbitrary: fc.array(fc.tuple(text, words), { maxLength: 2 }).map(own) },
    fc.constantFrom<unknown>(undefined, null, [], 'text', new Map([['a', 'b']])),
  );
  let written = 0;
  const property = fc.property(tensors, metadata, (arrays, texts) => {
    const file = { tensors: arrays, metadata: texts } as unknown as Parameters<typeof encodeSafetensors>[0];
    let bytes: Uint8Array;
    try {
      bytes = encodeSafetensors(file);
    } catch (error) {
      return /^RangeError: encodeSafetensors: /.test(String(error));
    }
    written++;
    const read = decodeSafetensors(bytes);
    const plain = (value: typeof read) =>
      JSON.stringify([
        Object.entries(value.tensors)
          .map(([name, { shape, data }]) => [name, shape, data.constructor.name, [...data]])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
        Object.entries(value.metadata),
      ]);
    return plain(read) === plain(file);
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 3000 }));
  t.ok(written > 200, `${written} of 3000 could be written`);
  t.end();
});

test('each kind of thing that no reader could take is refused by its name', (t) => {
  const a = { shape: [1], data: Float32Array.of(1) };
  const encode = (tensors: unknown, metadata: unknown = {}) =>
    encodeSafetensors({ tensors, metadata } as Parameters<typeof encodeSafetensors>[0]);
  t.throws(() => encode({ a }, { round: 3 }), /metadata must be well-formed text, got number for round/);
  t.throws(
    () => encode({ a: { shape: [2], data: Int16Array.of(1, 2) } }),
    /a must lie in one of .*, got Int16Array/,
  );
  t.throws(
    () => encode({ a: { shape: [-1, -2], data: Float32Array.of(1, 2) } }),
    /a must have a shape of whole numbers/,
  );
  t.throws(
    () => encode({ a: { shape: new Array(1), data: Float32Array.of(1) } }),
    /a must have a shape of whole numbers/,
    'a hole',
  );
  t.throws(() => encode(new Map([['a', a]])), /tensors must be a plain object, got Map/);
  t.throws(() => encode({ a }, { note: 'x'.repeat(100_000_000) }), /must take at most 100000000 bytes/);
  t.end();
});

test('a file that names one thing twice is rejected', (t) => {
  const entry = '{"dtype":"U8","shape":[8],"data_offsets":[0,8]}';
  for (const header of [
    `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}`,
    `{"a":${entry},"\\u0061":${entry}}`,
    `{"__metadata__":{},"a":${entry},"__metadata__":{}}`,
    `{"__metadata__":{"x":"1","x" : "2"},"a":${entry}}`,
    `{"a":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}}`,
    `{"__proto__":${entry},"__proto__":${entry}}`,
  ]) {
    t.throws(
      () => decodeSafetensors(withHeader(header, 8)),
      /every name must stand once in the header/,
      header,
    );
  }
  const innocent = `{"__metadata__":{"a":"\\"a\\":1,\\"a\\":\\\\","b":"a"},"a":${entry}}`;
  t.equal(decodeSafetensors(withHeader(innocent, 8)).metadata.a, '"a":1,"a":\\', 'not so in texts');
  t.throws(
    () => decodeSafetensors(withHeader(` {"a":${entry}}`, 8)),
    /must be a JSON object/,
    'a header begins with {',
  );
  t.throws(() => decodeSafetensors(withHeader(`{"\\ud800":${entry}}`, 8)), /well-formed text/);
  t.end();
});

const python = spawnSync('python3', ['-c', 'import numpy']).status === 0;

test('Python reads the same numbers with nothing but numpy', {
  skip: !python && 'python3 with numpy is not here',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-safetensors-'));
  const file = join(folder, 'model.safetensors');
  writeFileSync(file, encodeSafetensors(example));
  const script = `
import json, sys, numpy
bytes = open(sys.argv[1], 'rb').read()
length = int.from_bytes(bytes[:8], 'little')
header = json.loads(bytes[8:8 + length])
types = {'F32': '<f4', 'F64': '<f8', 'U32': '<u4', 'I32': '<i4', 'U8': 'u1'}
result = {'__metadata__': header.pop('__metadata__')}
for name, entry in header.items():
    begin, end = entry['data_offsets']
    data = numpy.frombuffer(bytes[8 + length + begin:8 + length + end], types[entry['dtype']])
    result[name] = data.reshape(entry['shape']).tolist()
print(json.dumps(result))
`;
  const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  t.equal(stderr, '', 'no error');
  t.deepEqual(JSON.parse(stdout), {
    __metadata__: example.metadata,
    table: [
      [1, -2, 0.5],
      [4, 5, -0],
    ],
    labels: [-1, 0, 7],
    flags: [1, 0, 255],
    times: [Math.PI, -1e300],
    rows: [[4294967295], [3]],
    nothing: [],
  });
  t.end();
});

function withHeader(header: string, payload: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + payload);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function accepts(bytes: Uint8Array): boolean {
  try {
    decodeSafetensors(bytes);
    return true;
  } catch (error) {
    if (error instanceof SafetensorsError) return false;
    throw error;
  }
}
