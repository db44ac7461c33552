// The memory of a run: every array once, by its name.
import test from 'tape';
import { Memory, restore, snapshotOf } from '../../lib/federated/memory.ts';

test('an array is made once, and asked for again only as what it is', (t) => {
  const memory = new Memory();
  const first = memory.float32('a', 3);
  t.equal(memory.float32('a', 3), first);
  t.throws(
    () => memory.float32('a', 4),
    /^RangeError: Memory: array a must be float32 \[4\], got Float32Array \[3\]$/,
  );
  t.throws(
    () => memory.uint32('a', 3),
    /^RangeError: Memory: array a must be uint32 \[3\], got Float32Array \[3\]$/,
  );
  t.equal(memory.int32('b', 2).constructor, Int32Array);
  t.equal(memory.uint8('c', 2).length, 2);
  t.equal(memory.rows('uint32', 'd', 3, 2).length, 6, 'a row for each client');
  t.ok(new Memory(true).float32('a', 1).buffer instanceof SharedArrayBuffer, 'where threads share it');
  t.notOk(first.buffer instanceof SharedArrayBuffer);
  t.end();
});

test('a snapshot stays what it was, and is written back', (t) => {
  const memory = new Memory();
  const values = memory.float32('a', 2);
  values.set([1, 2]);
  const snapshot = snapshotOf(memory.arrays);
  values.fill(9);
  t.deepEqual(snapshot, { a: Float32Array.of(1, 2) });
  restore(memory.arrays, snapshot);
  t.deepEqual(values, Float32Array.of(1, 2));
  t.equal(memory.float32('a', 2), values, 'in place');
  t.end();
});
