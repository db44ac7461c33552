import test from 'tape';
import { Memory } from '../../lib/federated/memory.ts';
import { forget, remember, undo, undoBytes } from '../../lib/simulator/task.ts';

/** Four clients with two kinds of rows, and an array that belongs to nobody alone. */
function filled() {
  const memory = new Memory(true);
  memory.float32('shared', 3).fill(5);
  const vectors = memory.rows('float32', 'vectors', 4, 3);
  const marks = memory.rows('uint8', 'marks', 4, 1);
  vectors.forEach((_, at) => {
    vectors[at] = at + 0.5;
  });
  marks.set([1, 2, 3, 4]);
  const buffer = new SharedArrayBuffer(undoBytes(memory, 2));
  const all = () => [...vectors, ...marks, ...memory.arrays.shared!];
  return { memory, vectors, marks, buffer, all, before: all() };
}

test('the rows of a chunk are put back once, those of others and what is shared are left', (t) => {
  const { memory, vectors, marks, buffer, all, before } = filled();
  t.equal(buffer.byteLength, 8 + 2 * (3 * 4 + 1), 'a flag, and the rows of two clients');
  remember(memory, 1, 3, buffer);
  t.deepEqual(all(), before, 'remembering changes nothing');
  vectors.fill(-1);
  marks.fill(9);
  memory.arrays.shared!.fill(7);
  undo(memory, 1, 3, buffer);
  const back = [3, 4, 5, 6, 7, 8].map((at) => at + 0.5); // of clients 1 and 2
  t.deepEqual([...vectors], [-1, -1, -1, ...back, -1, -1, -1]);
  t.deepEqual([...marks], [9, 2, 3, 9]);
  t.deepEqual([...memory.arrays.shared!], [7, 7, 7]);
  vectors.fill(-2);
  undo(memory, 1, 3, buffer);
  t.ok(
    vectors.every((value) => value === -2),
    'a second time, there is nothing to put back',
  );
  t.end();
});

test('what was never remembered, or is forgotten, is not put back', (t) => {
  const { memory, vectors, buffer, all, before } = filled();
  undo(memory, 1, 3, buffer);
  t.deepEqual(all(), before, 'an empty buffer');
  remember(memory, 1, 3, buffer);
  forget(buffer);
  vectors.fill(-1);
  undo(memory, 1, 3, buffer);
  t.ok(
    vectors.every((value) => value === -1),
    'a chunk that has ended well',
  );
  t.end();
});
