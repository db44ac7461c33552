// Bits as they are packed, against a text of zeros and ones: lowest bit first, byte by byte.
import fc from 'fast-check';
import test from 'tape';
import { denseDownlink } from '../../lib/federated/dense-server.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { BitReader, BitWriter } from '../../lib/federated/wire/bits.ts';

/** A number of so many bits, the lowest first. */
const bitsOf = (value: number, width: number) =>
  Array.from({ length: width }, (_, at) => Math.floor(value / 2 ** at) % 2).join('');
const bytesOf = (bits: string) =>
  Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) =>
    Number.parseInt([...bits.slice(8 * at, 8 * at + 8).padEnd(8, '0')].reverse().join(''), 2),
  );
/** A reader of bytes, with the two that must follow. */
const readerOf = (...bytes: number[]) => new BitReader(Uint8Array.from([...bytes, 255, 255]), bytes.length);
const refusal = (read: () => unknown) => {
  try {
    return read();
  } catch (error) {
    return (error as Error).message.replace('wire: message rejected: ', '');
  }
};

test('numbers of any width are packed one after the other, whatever room was made before', (t) => {
  const number = fc.integer({ min: 1, max: 32 }).chain((width) => fc.tuple(fc.nat().map((value) => (value * 4 + 3) % 2 ** width), fc.constant(width))); // biome-ignore format: one line
  fc.assert(
    fc.property(fc.array(number, { maxLength: 40 }), fc.nat(20), (numbers, capacity) => {
      const writer = new BitWriter(capacity);
      for (const [value, width] of numbers) writer.write(value, width);
      const bytes = [...writer.finish()];
      const wanted = bytesOf(numbers.map(([value, width]) => bitsOf(value, width)).join(''));
      const reader = readerOf(...bytes);
      const read = numbers.map(([, width]) => reader.read(width));
      reader.finish();
      return String(bytes) === String(wanted) && String(read) === String(numbers.map(([value]) => value));
    }),
    { seed: 5, numRuns: 300 },
  );
  t.equal(readerOf(255, 255, 255, 255).read(32), 2 ** 32 - 1);
  t.equal(
    refusal(() => readerOf(1).read(9)),
    'it ends too early',
  );
  t.equal(readerOf(1, 2).read(16), 513);
  t.end();
});

test('whole bytes begin at a byte, and what fills up the one before is 0', (t) => {
  const writer = new BitWriter(0);
  writer.write(5, 3);
  writer.writeBytes(Uint8Array.of(7, 8, 9));
  writer.write(1, 1);
  t.deepEqual([...writer.finish()], [5, 7, 8, 9, 1]);
  const into = new Uint8Array(3);
  const reader = readerOf(5, 7, 8, 9, 1);
  t.equal(reader.read(3), 5);
  reader.readBytes(into, 'three bytes');
  t.deepEqual([...into], [7, 8, 9]);
  t.equal(
    refusal(() => readerOf(5, 7, 8, 9).finish()),
    '4 bytes are left over',
  );
  const dirty = readerOf(13, 7);
  dirty.read(3);
  t.equal(refusal(() => dirty.align()), 'bits that fill up a byte are not 0'); // biome-ignore format: one line
  const short = readerOf(1, 2);
  short.read(8);
  t.equal(
    refusal(() => short.readBytes(into, 'three bytes')),
    '8 bits are left, too few for three bytes',
  );
  short.expectBits(8, 'a byte');
  t.equal(refusal(() => short.expectBits(9, 'more')), '8 bits are left, too few for more'); // biome-ignore format: one line
  const float = readerOf(1, ...new Uint8Array(Float64Array.of(-1.5, 2.25).buffer));
  float.read(1);
  t.deepEqual([float.readFloat64('a'), float.readFloat64('b')], [-1.5, 2.25]);
  t.equal(
    refusal(() => float.readFloat64('c')),
    '0 bits are left, too few for c',
  );
  t.end();
});

test('ones in a row are counted up to the zero behind them', (t) => {
  for (const ones of [0, 1, 7, 15, 16, 17, 31, 32, 33, 100]) {
    const writer = new BitWriter(1);
    for (let at = 0; at < ones; at++) writer.write(1, 1);
    writer.write(0, 1);
    writer.write(5, 3);
    const bytes = [...writer.finish()];
    const reader = readerOf(...bytes);
    t.deepEqual([reader.readOnes(ones), reader.read(3)], [ones, 5], `${ones} ones`);
    if (ones > 0)
      t.match(String(refusal(() => readerOf(...bytes).readOnes(ones - 1))), /ones in a row are more than/);
  }
  t.equal(
    refusal(() => readerOf(255).readOnes(100)),
    'it ends too early',
  );
  t.equal(readerOf(127).readOnes(7), 7);
  t.end();
});

test('a whole number takes as few bytes as it needs, and no other way of writing it is taken', (t) => {
  for (const [value, ...bytes] of [
    [0, 0],
    [127, 127],
    [128, 128, 1],
    [300, 0xac, 2],
    [2 ** 28, 128, 128, 128, 128, 1],
    [2 ** 32 - 1, 255, 255, 255, 255, 15],
  ] as const) {
    // biome-ignore format: one line
    const writer = new BitWriter(0);
    writer.writeVarint(value);
    t.deepEqual([...writer.finish()], bytes);
    t.equal(readerOf(...bytes).readVarint('it'), value);
  }
  t.equal(
    refusal(() => readerOf(128, 128, 128, 128, 16).readVarint('it')),
    'it is not below 2³²',
  );
  t.equal(
    refusal(() => readerOf(128, 128, 128, 128, 128, 1).readVarint('it')),
    'it is not below 2³²',
  );
  t.equal(
    refusal(() => readerOf(128, 0).readVarint('it')),
    'it takes more bytes than it needs',
  );
  t.equal(
    refusal(() => readerOf(128).readVarint('it')),
    'it ends too early',
  );
  t.end();
});

test('what a whole step loses by rounding is told as a share of it, and carried on', (t) => {
  const [items, dims] = [3, 2];
  const step = Float32Array.of(1, -0.3, 0.55, 0.2, -0.7, 1);
  const send = (codec: 'float32' | 'int8', given = step) => {
    const memory = new Memory();
    const shared = { itemTable: new Float32Array(items * dims), extra: new Float32Array(0) };
    const downlink = denseDownlink(items, dims, memory, { codec, codecDown: 'same' } as never);
    const first = downlink.send(given, shared.extra, shared, 1);
    return { first, shared, carried: memory.arrays.downlinkError };
  };
  const exact = send('float32');
  t.equal(exact.first.cutOff, 0);
  t.deepEqual([...exact.shared.itemTable], [...step]);
  t.equal(exact.carried, undefined);
  const rounded = send('int8');
  const lost = step.map((value, at) => value - rounded.shared.itemTable[at]!);
  const share = Math.hypot(...lost) / Math.hypot(...step);
  t.ok(share > 1e-4, `something is lost: ${share}`);
  t.ok(Math.abs(rounded.first.cutOff - share) < 1e-6);
  t.ok(lost.every((value, at) => Math.abs(value - rounded.carried![at]!) < 1e-6), 'and carried'); // biome-ignore format: one line
  t.equal(send('int8', new Float32Array(6)).first.cutOff, 0, 'nothing was to be sent');
  t.end();
});
