import fc from 'fast-check';
import test from 'tape';
import {
  decode,
  type Expected,
  encode,
  expandUpdate,
  type Update,
  WireError,
} from '../../lib/federated/wire.ts';

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

function reasonFor(message: Uint8Array, holds: Partial<Expected> = {}): string {
  try {
    decode(message, { ...expected, ...holds });
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
  return 'accepted';
}

/** Changes one 32-bit word and mends the checksum, as a hostile client would. */
function forge(message: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const forged = message.slice();
  const view = new DataView(forged.buffer);
  change(view);
  let hash = 0x811c9dc5;
  for (let word = 0; word < forged.length / 4; word++) {
    if (word !== 7) hash = Math.imul(hash ^ view.getInt32(4 * word, true), 0x01000193);
  }
  view.setUint32(28, hash >>> 0, true);
  return forged;
}

test('a rank-one update has 32 bytes of header, 4 per number of A and B, and 2 per item number', (t) => {
  // 32 + 3·4 (A) + 3·4 (B) + 3·2 (rows), the last part padded to 8.
  t.equal(encode(update, 12).length, 32 + 12 + 12 + 8);
  t.equal(encode(update, 12, 'int8').length, 32 + 12 + (4 + 4) + 8, 'int8: one scale, one byte a number');
  t.equal(encode(update, 70_000).length, 32 + 12 + 12 + 12, 'item numbers of large catalogues take 4 bytes');
  t.end();
});

test('decoding gives back what was encoded', (t) => {
  t.deepEqual(decode(encode(update, 12), expected), update);
  t.deepEqual(decode(encode(update, 70_000), { ...expected, items: 70_000 }), update);
  const dense = expandUpdate(update);
  t.deepEqual(decode(encode(dense, 12), expected), dense, 'rank 0: the rows themselves');
  t.deepEqual(
    Array.from(dense.left.subarray(0, 3)),
    Array.from(Float32Array.of(-0.05, 0.1, -0.5)),
    'row 0 of B A',
  );
  t.end();
});

test('a message that names every item carries no item numbers', (t) => {
  const everyItem = { ...update, rows: Uint32Array.of(0, 1, 2) };
  const message = encode(everyItem, 3);
  t.equal(message.length, 32 + 12 + 12);
  t.deepEqual(decode(message, { ...expected, items: 3 }), everyItem);
  t.end();
});

test('any update survives the wire, and int8 rounds B by at most half of 1/127 of its largest value', (t) => {
  const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  const updates = fc
    .record({ rows: fc.uniqueArray(fc.nat(299), { maxLength: 40 }), rank: fc.integer({ min: 0, max: 3 }) })
    .chain(({ rows, rank }) => {
      const count = rows.length * (rank || 4);
      return fc.record({
        rows: fc.constant(Uint32Array.from(rows.sort((a, b) => a - b))),
        rank: fc.constant(rank),
        left: fc.array(numbers, { minLength: count, maxLength: count }).map((v) => Float32Array.from(v)),
        right: fc
          .array(numbers, { minLength: rank * 4, maxLength: rank * 4 })
          .map((v) => Float32Array.from(v)),
        extra: fc.array(numbers, { minLength: 2, maxLength: 2 }).map((v) => Float32Array.from(v)),
      });
    })
    .map((parts): Update => ({ client: 7, round: 3, dims: 4, ...parts }));
  const holds = { ...expected, items: 300, dims: 4, extra: 2 };
  let worst = 0;
  fc.assert(
    fc.property(updates, (sent) => {
      t.deepEqual(decode(encode(sent, 300), holds), sent);
      const rounded = decode(encode(sent, 300, 'int8'), holds);
      const largest = Math.max(1e-30, ...Array.from(sent.left, Math.abs));
      rounded.left.forEach((value, at) => {
        worst = Math.max(worst, Math.abs(value - sent.left[at]!) / (largest / 127));
      });
    }),
    { seed: 1, numRuns: 60 },
  );
  t.ok(worst <= 0.51, `worst int8 error in steps: ${worst.toFixed(3)}`);
  t.end();
});

test('every cut message is rejected', (t) => {
  const message = encode(update, 12);
  for (let length = 0; length < message.length; length++) {
    t.notEqual(reasonFor(message.slice(0, length)), 'accepted', `cut to ${length} bytes`);
  }
  t.end();
});

test('every flipped bit is noticed', (t) => {
  const message = encode(update, 12);
  const accepted = [];
  for (let bit = 0; bit < 8 * message.length; bit++) {
    const flipped = message.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    if (reasonFor(flipped) === 'accepted') accepted.push(bit);
  }
  t.deepEqual(accepted, [], `${8 * message.length} flips`);
  t.end();
});

test('a message with a good checksum and a bad content is rejected with the reason', (t) => {
  const message = encode(update, 12);
  const rowsAt = 32 + 12 + 12;
  const cases: [(view: DataView) => void, RegExp][] = [
    [(view) => view.setUint16(rowsAt + 4, 12, true), /item 12 is not below 12/],
    [(view) => view.setUint16(rowsAt + 2, 2, true), /item 2 comes after item 2/],
    [(view) => view.setUint16(rowsAt, 8, true), /item 5 comes after item 8/],
    [(view) => view.setFloat32(32 + 12, Number.NaN, true), /B holds NaN/],
    [(view) => view.setFloat32(32 + 4, Number.POSITIVE_INFINITY, true), /A holds Infinity/],
    [(view) => view.setUint8(4, 9), /version 9/],
    [(view) => view.setUint8(5, 9), /codec 9/],
    [(view) => view.setUint16(6, 2, true), /bytes, but its header says/],
    [(view) => view.setUint32(16, 0xffffffff, true), /rows are more than the 12 items/],
    [(view) => view.setUint32(20, 4, true), /rows have 4 dims, not 3/],
    [(view) => view.setUint32(24, 1, true), /1 extra weights, not 0/],
  ];
  for (const [change, reason] of cases) t.match(reasonFor(forge(message, change)), reason);
  t.match(reasonFor(message, { client: 8 }), /it says client 7, but client 8 sent it/);
  t.match(reasonFor(message, { round: 4 }), /it belongs to round 3, not 4/, 'a replayed message');
  t.match(reasonFor(new Uint8Array(64)), /does not begin with FTLR/);
  t.match(
    reasonFor(forge(encode(update, 12, 'int8'), (view) => view.setFloat32(44, 0, true))),
    /scale of B is 0/,
  );
  t.end();
});
