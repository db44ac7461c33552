import fc from 'fast-check';
import test from 'tape';
import {
  type Codec,
  codecNames,
  decode,
  type Expected,
  encode,
  expandUpdate,
  type Update,
  type UpdateKind,
  WireError,
} from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

const update: Update = {
  client: 7,
  round: 3,
  rows: Uint32Array.of(2, 5, 9),
  rank: 1,
  dims: 3,
  left: Float32Array.of(-0.5, 0.25, 1),
  right: Float32Array.of(0.1, -0.2, 1),
  extra: new Float32Array(0),
};
const expected: Expected = { client: 7, items: 12, dims: 3, extra: 0, round: 3 };
/** version and kind, client, round · codec and A's last entry · rank, dims, extra, rows. */
const FRAME = 3 + 1 + 4 + 2; // and two bytes of checksum

function reasonFor(message: Uint8Array, holds: Partial<Expected> = {}): string {
  try {
    decode(message, { ...expected, ...holds });
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
  return 'accepted';
}

/** The message with its last two bytes as they should be: Fletcher's sums modulo 251, as a hostile client would mend them. */
function mended(message: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(message);
  let [sum, sums] = [1n, 0n];
  for (const byte of copy.subarray(0, -2)) {
    sum += BigInt(byte);
    sums += sum;
  }
  copy.set([Number(sum % 251n), Number(sums % 251n)], copy.length - 2);
  return copy;
}

/** A message whose content is changed and whose checksum is right. */
function forge(message: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const forged = message.slice();
  change(forged);
  return mended(forged);
}

test('the lengths of messages are those of their parts', (t) => {
  t.equal(encode(update, 12).length, FRAME + 2 * 4 + 3 * 2 + 3 * 4, 'A without its 1, items, B');
  t.equal(encode(update, 70_000).length, FRAME + 2 * 4 + 3 * 4 + 3 * 4, 'items of large catalogues: 4 bytes');
  t.equal(encode({ ...update, right: Float32Array.of(1, 2, 3) }, 12).length, FRAME + 3 * 4 + 3 * 2 + 3 * 4);
  // k = 1 in 5 bits; the gaps 2, 2, 3 take (1 + 1 + 1) bits each; then a scale and 3 levels.
  const rows = 2; // 5 + 3 · 3 = 14 bits
  t.equal(encode(update, 12, 'int8').length, FRAME + (2 + 2) + rows + (2 + 3));
  t.equal(encode(update, 12, 'int4').length, FRAME + (2 + 2) + rows + (2 + 2));
  t.equal(encode(update, 12, 'int3').length, FRAME + (2 + 2) + rows + (2 + 2), '9 bits of B in 2 bytes');
  t.equal(encode({ ...update, client: 200, round: 300 }, 12).length, FRAME + 2 + 8 + 6 + 12, 'varints');
  t.end();
});

test('a message byte by byte, packed by hand', (t) => {
  // B = [−.5, .25, 1] in 4 bits: levels −3.5 → −3 (halves go up), 1.75 → 2, 7; codes 4, 9, 14. The scale 1.0 is 0x3f80.
  // A = [.1, −.2] in 8 bits: the scale .2 is 0x3e4d (.2002); levels 63, −127; codes 190, 0.
  // Items 2, 5, 9: gaps 2, 2, 3 with k = 1 (5 bits: 1): 01 00, 01 00, 01 01 …
  const bits = [
    ...[1, 0, 0, 0, 0], // k = 1, lowest bit first
    ...[1, 0, 0], // gap 2: one 1, a 0, lowest bit 0
    ...[1, 0, 0],
    ...[1, 0, 1], // gap 3
    ...[0, 0], // up to the next byte
  ];
  const byte = (from: number) => bits.slice(from, from + 8).reduce((sum, bit, at) => sum + bit * 2 ** at, 0);
  const wanted = [
    ...[2, 7, 3], // version 2 and kind 0; client; round
    ...[2 + 128, 1, 3, 0, 3], // int4, A ends with 1; rank, dims, extra, rows
    ...[0x4d, 0x3e, 190, 0], // A
    ...[byte(0), byte(8)], // items
    ...[0x80, 0x3f, 4 + 16 * 9, 14], // B
    ...[0, 0],
  ];
  t.deepEqual(Array.from(encode(update, 12, 'int4')), Array.from(mended(Uint8Array.from(wanted))));
  const { left, right, rows } = decode(encode(update, 12, 'int4'), expected);
  t.deepEqual(Array.from(left), [-3 / 7, 2 / 7, 1].map(Math.fround));
  t.deepEqual(Array.from(right), [(0.2001953125 * 63) / 127, -0.2001953125, 1].map(Math.fround));
  t.deepEqual(Array.from(rows), [2, 5, 9]);
  t.end();
});

test('decoding gives back what was encoded in float32', (t) => {
  t.deepEqual(decode(encode(update, 12), expected), update);
  t.deepEqual(decode(encode(update, 70_000), { ...expected, items: 70_000 }), update);
  const dense = expandUpdate(update);
  t.deepEqual(decode(encode(dense, 12), expected), dense, 'rank 0: the rows themselves');
  t.deepEqual(
    Array.from(dense.left.subarray(0, 3)),
    Array.from(Float32Array.of(-0.05, 0.1, -0.5)),
    'row 0 of B A',
  );
  const aligned = new Uint8Array(100).fill(9);
  aligned.set(encode(update, 12), 3);
  t.deepEqual(decode(aligned.subarray(3, 3 + encode(update, 12).length), expected), update, 'from anywhere');
  t.end();
});

test('a message that names every item carries no item numbers and drops no rows', (t) => {
  const everyItem = { ...update, rows: Uint32Array.of(0, 1, 2), left: Float32Array.of(0, 0, 1) };
  const holds = { ...expected, items: 3 };
  t.equal(encode(everyItem, 3).length, FRAME + 2 * 4 + 3 * 4);
  t.deepEqual(decode(encode(everyItem, 3), holds), everyItem);
  t.deepEqual(Array.from(decode(encode(everyItem, 3, 'int2'), holds).left), [0, 0, 1]);
  t.end();
});

test('rows that became 0 are not sent', (t) => {
  const faint = { ...update, left: Float32Array.of(-0.06, 0.4, 1) };
  const received = decode(encode(faint, 12, 'int4'), expected);
  t.deepEqual([Array.from(received.rows), received.left.length], [[5, 9], 2], 'less than half of 1/7');
  const none = decode(encode({ ...update, left: new Float32Array(3) }, 12, 'int4'), expected);
  t.deepEqual([none.rows.length, none.left.length], [0, 0]);
  const exact = { ...update, left: new Float32Array(3) };
  t.deepEqual(decode(encode(exact, 12), expected), exact, 'float32 keeps them');
  t.end();
});

const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const floats = (count: number) =>
  fc.array(numbers, { minLength: count, maxLength: count }).map((values) => Float32Array.from(values));
const updates = fc
  .record({ rows: fc.uniqueArray(fc.nat(299), { maxLength: 40 }), rank: fc.integer({ min: 0, max: 3 }) })
  .chain(({ rows, rank }) =>
    fc.record({
      rows: fc.constant(Uint32Array.from(rows.sort((a, b) => a - b))),
      rank: fc.constant(rank),
      left: floats(rows.length * (rank || 4)),
      right: floats(rank * 4),
      extra: floats(2),
    }),
  )
  .map((parts): Update => ({ client: 7, round: 3, dims: 4, ...parts }));
const holdsAny = { ...expected, items: 300, dims: 4, extra: 2 };

test('any update survives the wire: exactly, or within half a level of its column', (t) => {
  const tops: Record<Exclude<Codec, 'float32'>, number> = { int8: 127, int4: 7, int3: 3, int2: 1 };
  const worst = { int8: 0, int4: 0, int3: 0, int2: 0 };
  fc.assert(
    fc.property(updates, (sent) => {
      t.deepEqual(decode(encode(sent, 300), holdsAny), sent);
      for (const codec of ['int8', 'int4', 'int3', 'int2'] as const) {
        const { rows, left } = decode(encode(sent, 300, codec), holdsAny);
        const columns = sent.rank || 4;
        const largest = Float64Array.from({ length: columns }, (_, column) =>
          Math.max(1e-30, ...sent.left.filter((_v, at) => at % columns === column).map(Math.abs)),
        );
        sent.left.forEach((value, at) => {
          const row = rows.indexOf(sent.rows[Math.floor(at / columns)]!);
          const got = row < 0 ? 0 : left[row * columns + (at % columns)]!;
          const steps = (Math.abs(value - got) / largest[at % columns]!) * tops[codec];
          worst[codec] = Math.max(worst[codec], steps);
        });
      }
    }),
    { seed: 1, numRuns: 60 },
  );
  // A scale is within 1/256 of the largest size, so the largest level may be n/256 of a level off.
  for (const [codec, steps] of Object.entries(worst)) {
    const most = 0.5 * (1 + 1 / 256) + (codec === 'int8' ? 1e-3 : tops[codec as 'int4'] / 256);
    t.ok(steps <= most && steps > 0.3, `${codec}: ${steps.toFixed(3)} of a level at worst`);
  }
  t.end();
});

test('there is one message for an update: what is accepted is encoded to the same bytes', (t) => {
  const same = (message: Uint8Array, codec: Codec, kind: UpdateKind, items: number, holds: Expected) =>
    Buffer.from(encode(decode(message, { ...holds, kind }), items, codec, kind)).equals(Buffer.from(message));
  fc.assert(
    fc.property(updates, fc.constantFrom(...codecNames), (sent, codec) =>
      same(encode(sent, 300, codec), codec, 'update', 300, holdsAny),
    ),
    { seed: 2, numRuns: 200 },
  );
  const part = {
    ...update,
    rank: 0,
    dims: 1,
    right: new Float32Array(0),
    rows: Uint32Array.from({ length: 150 }, (_, i) => i),
  };
  const wide = { ...part, left: Float32Array.from(part.rows, (i) => Math.sin(i) ** 5 * (i > 100 ? 10 : 1)) };
  for (const codec of codecNames) {
    const holds = { ...expected, items: 150, dims: 1 };
    t.ok(same(encode(wide, 150, codec, 'part'), codec, 'part', 150, holds), `a personal part in ${codec}`);
  }
  t.end();
});

test('rounded by chance, B is right in the mean, never off by a level, and the largest stays the largest', (t) => {
  const left = Float32Array.from([0.93, -0.31, 0.02, 0, -0.004, 0.5, -0.929, 0.0664]); // scale .93, a level .133
  const update: Update = {
    client: 0,
    round: 1,
    rank: 1,
    dims: 3,
    rows: Uint32Array.from(left, (_, at) => at),
    left,
    right: Float32Array.of(1, 2, 3),
    extra: new Float32Array(0),
  };
  const draws = 4000;
  for (const [codec, top] of [
    ['int4', 7],
    ['int3', 3],
    ['int2', 1],
    ['int8', 127],
  ] as const) {
    const sums = new Float64Array(left.length);
    const chance = randomStream(1, 'chance', codec);
    const level = 0.9297 / top; // 0.93 as a bfloat16
    for (let draw = 0; draw < draws; draw++) {
      const message = encode(update, 20, codec, 'update', chance);
      const received = decode(message, { client: 0, round: 1, items: 20, dims: 3, extra: 0 });
      received.rows.forEach((item, row) => {
        sums[item]! += received.left[row]!;
        if (Math.abs(received.left[row]! - left[item]!) > level * 1.01) t.fail(`${codec}: item ${item}`);
      });
      t.ok(draw > 0 || received.left[0]! > 0.92, `${codec}: the largest`);
    }
    left.forEach((value, item) => {
      const error = Math.abs(sums[item]! / draws - value);
      t.ok(error < 4 * (level / 2 / Math.sqrt(draws)) + 0.0021, `${codec}, ${value}: off by ${error}`);
    });
  }
  t.end();
});

test('the few levels of a personal part are squares, each block with its own scale', (t) => {
  const rows = Uint32Array.from({ length: 128 }, (_, item) => item);
  const left = Float32Array.from(rows, (item) => (item < 64 ? 49 : 0.49) * (((item % 15) - 7) / 7) ** 2);
  const part = { ...update, rows, rank: 0, dims: 1, left, right: new Float32Array(0) };
  const message = encode(part, 128, 'int3', 'part');
  t.equal(message.length, FRAME + 1 + 2 * (2 + 64 / 2), 'the number of rows takes two bytes');
  const received = decode(message, { ...expected, items: 128, dims: 1, kind: 'part' });
  const gaps = received.left.map((value, at) => Math.abs(value - left[at]!) / (at < 64 ? 49 : 0.49));
  t.ok(Math.max(...gaps) < 1 / 256, 'squares of sevenths come back as well as their scale does');
  t.end();
});

test('every cut message is rejected, and every flipped bit is noticed', (t) => {
  for (const codec of ['float32', 'int4'] as const) {
    const message = encode(update, 12, codec);
    const accepted = [];
    for (let length = 0; length < message.length; length++) {
      if (reasonFor(message.slice(0, length)) === 'accepted') accepted.push(length);
      if (length > 2 && reasonFor(mended(message.slice(0, length))) === 'accepted') accepted.push(-length);
    }
    for (let bit = 0; bit < 8 * message.length; bit++) {
      const flipped = message.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (reasonFor(flipped) === 'accepted') accepted.push(bit);
    }
    t.deepEqual(accepted, [], `${codec}: ${message.length} cuts and ${8 * message.length} flips`);
  }
  t.end();
});

test('a message with a good checksum and a bad content is rejected with the reason', (t) => {
  const exact = encode(update, 12);
  const [rowsAt, rightAt] = [8 + 2 * 4, 8];
  const float = (bytes: Uint8Array, at: number, value: number) =>
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(at, value, true);
  const short = encode(update, 12, 'int4'); // A at 8, items at 12, B at 14
  const cases: [Uint8Array, (bytes: Uint8Array) => void, RegExp][] = [
    [exact, (b) => b.set([12, 0], rowsAt + 4), /item 12 is not below 12/],
    [exact, (b) => b.set([2, 0], rowsAt + 2), /item 2 comes after item 2/],
    [exact, (b) => b.set([8, 0], rowsAt), /item 5 comes after item 8/],
    [exact, (b) => float(b, rowsAt + 6, Number.NaN), /B holds NaN/],
    [exact, (b) => float(b, rightAt + 4, Number.POSITIVE_INFINITY), /A holds Infinity/],
    [exact, (b) => b.set([3], 0), /version 3 is not 2/],
    [exact, (b) => b.set([2 + 16], 0), /it is of kind step, not update/],
    [exact, (b) => b.set([2 + 16 * 15], 0), /kind 15 is unknown/],
    [exact, (b) => b.set([9], 3), /codec 9 is unknown/],
    [exact, (b) => b.set([2], 4), /is not below 12/],
    [short, (b) => b.set([0], 4), /there is no A that could end with 1/],
    [exact, (b) => b.set([13], 7), /13 rows are more than the 12 items/],
    [exact, (b) => b.set([4], 5), /rows have 4 dims, not 3/],
    [exact, (b) => b.set([1], 6), /1 extra weights, not 0/],
    [exact, (b) => b.set([2], 7), /6 bytes are left over/],
    [short, (b) => b.set([0, 0], 14), /B has scale 0, but levels up to 7/],
    [short, (b) => b.set([0x80, 0xbf], 14), /the scale of B is -1/],
    [short, (b) => b.set([0x80, 0x7f], 14), /the scale of B is Infinity/],
    [short, (b) => b.set([0xc0, 0x7f], 14), /the scale of B is NaN/],
    [short, (b) => b.set([0x01, 0x00], 14), /the scale of B is 9\.18/],
    [short, (b) => b.set([13], 17), /B has scale 1, but levels up to 6/],
    [short, (b) => b.set([15], 17), /B holds level 8, above 7/],
    [short, (b) => b.set([14 + 16], 17), /bits that fill up a byte are not 0/],
    [short, (b) => b.set([7 + 16 * 9], 16), /a row of B is 0 and need not be sent/],
    [short, (b) => b.set([255], 11), /A holds level 128, above 127/],
    [short, (b) => b.set([0b00100010, 0b000100], 12), /written with k = 2, not with the k of their mean, 1/],
  ];
  for (const [message, change, reason] of cases) t.match(reasonFor(forge(message, change)), reason);
  t.match(reasonFor(exact, { client: 8 }), /it says client 7, but client 8 sent it/);
  t.match(reasonFor(exact, { round: 4 }), /it belongs to round 3, not 4/, 'a replayed message');
  t.match(reasonFor(mended(new Uint8Array(64))), /version 0 is not 2/);
  const long = mended(Uint8Array.of(2, 0x87, 0x00, 3, ...exact.subarray(3)));
  t.match(reasonFor(long), /the client takes more bytes than it needs/);
  const longer = mended(Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, 0x7f, ...exact.subarray(2)));
  t.match(reasonFor(longer), /the client is not below 2³²/);
  const unflagged = encode({ ...update, right: Float32Array.of(0.1, -0.2, 2) }, 12);
  t.match(reasonFor(forge(unflagged, (b) => float(b, 16, 1))), /A ends with 1, which need not be sent/);
  t.end();
});

test('a small message cannot ask for a lot of memory', (t) => {
  const huge = { client: 7, round: 3, items: 2 ** 32 - 1, dims: 1024, extra: 2 ** 31 };
  const sizes = (...bytes: number[]) => mended(Uint8Array.of(2, 7, 3, 0, ...bytes, 0, 0));
  const lot = [0xff, 0xff, 0xff, 0xff, 0x0f];
  t.match(reasonFor(sizes(0, 0x80, 0x08, 0x80, 0x80, 0x80, 0x80, 0x08, ...lot), huge), /too few for/);
  t.match(reasonFor(sizes(0xff, 0xff, 0x03, 3, 0, 1)), /rank 65535 is above 1024/);
  const ofRank = (rank: number) =>
    encode(
      { ...update, rank, left: new Float32Array(3 * rank), right: new Float32Array(3 * rank) },
      12,
      'int4',
    );
  t.equal(decode(ofRank(1024), expected).rank, 1024);
  t.match(reasonFor(ofRank(1025)), /rank 1025 is above 1024/);
  t.end();
});

test('a message of version 1 gets a line of its own', (t) => {
  const first = new Uint8Array(64);
  first.set([0x46, 0x54, 0x4c, 0x52, 1]);
  t.match(
    reasonFor(first),
    /it is of version 1, which nobody reads any more; its sender must be updated to 2/,
  );
  t.end();
});
