// Tables of text: aligned, and never wider than the terminal if that can be helped.
import fc from 'fast-check';
import test from 'tape';
import { textTable } from '../../lib/cli/table.ts';

test('a table is aligned; what does not fit goes on below with the first column once more', (t) => {
  const titles = ['recipe', 'HR@10', 'bytes'];
  const cells = [
    ['fedtlrec', '.617', '205'],
    ['popularity', '.403', '-'],
  ];
  const whole = ['recipe      HR@10  bytes', 'fedtlrec     .617    205', 'popularity   .403      -'];
  t.deepEqual(textTable(titles, cells, Infinity), whole);
  t.deepEqual(textTable(titles, cells, 24), whole, 'it just fits');
  const halves = ['recipe      HR@10', 'fedtlrec     .617', 'popularity   .403'];
  const others = ['recipe      bytes', 'fedtlrec      205', 'popularity      -'];
  t.deepEqual(textTable(titles, cells, 23), [...halves, ...others], 'one character less');
  const three = ['a', 'bbbb', 'cccc', 'dddd', 'eeee'];
  t.deepEqual(textTable(three, [], 13), ['a  bbbb  cccc', 'a  dddd  eeee'], 'as many as fit, in each part');
  t.deepEqual(textTable(titles, cells, 1), [...halves, ...others], 'a terminal of no width');
  t.end();
});

test('whatever the table and the terminal: every cell stands once, and only lone columns are too wide', (t) => {
  const word = fc.stringMatching(/^[a-z0-9]{1,9}$/);
  const table = fc.integer({ min: 1, max: 7 }).chain((columns) => {
    const row = fc.array(word, { minLength: columns, maxLength: columns });
    return fc.tuple(row, fc.array(row, { maxLength: 4 }), fc.integer({ min: 1, max: 60 }));
  });
  fc.assert(
    fc.property(table, ([titles, cells, width]) => {
      const lines = textTable(titles, cells, width);
      const blocks = lines.length / (1 + cells.length);
      const said = lines.flatMap((line) => line.split(/ +/));
      const firsts = [titles, ...cells].map((row) => row[0]!);
      const rest = [titles, ...cells].flatMap((row) => row.slice(1));
      const wanted = [...rest, ...Array.from({ length: blocks }, () => firsts).flat()];
      const fits = lines.every((line) => line.length <= width || line.trim().split(/ +/).length <= 2);
      return fits && said.sort().join() === wanted.sort().join();
    }),
  );
  t.end();
});
