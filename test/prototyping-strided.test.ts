// The view that stands in for ndarray answers as ndarray does.
import ndarray, { type NdArray } from 'ndarray';
import ops from 'ndarray-ops';
import test from 'tape';
import { stridedView } from '../lib/prototyping/strided.ts';

type View = NdArray<Float64Array>;
const both = (): [View, View] => {
  const data = () => Float64Array.from({ length: 12 }, (_, at) => at);
  return [ndarray(data(), [3, 4]), stridedView(data(), [3, 4]) as View];
};
const facts = (view: View) => {
  const [rows, columns] = view.shape as [number, number | undefined];
  const elements = Array.from({ length: rows }, (_, row) =>
    columns === undefined
      ? view.get(row)
      : Array.from({ length: columns }, (_, column) => view.get(row, column)),
  );
  const { shape, stride, offset, size, dimension, dtype, order } = view;
  return { elements, shape, stride, offset, size, dimension, dtype, order, index: view.index(1, 1) };
};

test('views of views are those of ndarray', (t) => {
  const ways: Record<string, (view: View) => NdArray<Float64Array>> = {
    itself: (view) => view,
    transposed: (view) => view.transpose(1, 0),
    'a row': (view) => view.pick(1, null),
    'a column': (view) => view.pick(null, 2),
    'a block': (view) => view.lo(1, 1).hi(2, 2),
    'a block of the transpose': (view) => view.transpose(1, 0).lo(1).hi(2, 3),
    'every second column': (view) => view.step(1, 2),
    backwards: (view) => view.step(-1, -1),
    'a row, backwards': (view) => view.pick(2, null).step(-2),
  };
  const [known, own] = both();
  for (const [name, way] of Object.entries(ways)) {
    t.deepEqual(facts(way(own) as View), facts(way(known) as View), name);
  }
  t.end();
});

test('what is set is where ndarray sets it, and ndarray-ops takes the view', (t) => {
  const [known, own] = both();
  for (const view of [known, own]) {
    view.transpose(1, 0).set(2, 1, 100);
    view.pick(0, null).set(3, 7);
    ops.muls(view.lo(1, 0), view.lo(1, 0), 2);
  }
  t.deepEqual([...own.data], [...known.data]);
  t.equal(stridedView(new Float32Array(2), [2]).dtype, 'float32');
  t.end();
});
