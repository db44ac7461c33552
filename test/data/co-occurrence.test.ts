import test from 'tape';
import { CoOccurrence } from '../../lib/peers/co-occurrence.ts';

test('a row counts the users that an item shares with every item', (t) => {
  // user 0: items 0 1 3; user 1: items 3 0; user 2: nothing; user 3: item 2
  const common = new CoOccurrence({
    users: 4,
    items: 5,
    offsets: Uint32Array.of(0, 3, 5, 5, 6),
    itemOf: Uint32Array.of(0, 1, 3, 3, 0, 2),
  });
  const row = new Float32Array(5).fill(9);
  const rows = [0, 1, 2, 3, 4].map((item) => {
    common.row(item, row);
    return Array.from(row);
  });
  t.deepEqual(rows, [
    [2, 1, 0, 2, 0],
    [1, 1, 0, 1, 0],
    [0, 0, 1, 0, 0],
    [2, 1, 0, 2, 0],
    [0, 0, 0, 0, 0],
  ]);
  t.deepEqual(
    [0, 1, 2, 3, 4].map((item) => common.count(item)),
    [2, 1, 1, 2, 0],
    'the diagonal is the number of users',
  );
  t.end();
});
