import test from 'tape';
import { namedParameters } from '../../lib/model/parameters.ts';
import { fromRows, transpose, vector } from '../../lib/numeric/matrix.ts';

test('parameters are listed by name in one order, however the tree was built', (t) => {
  const tree = { second: { weight: fromRows([[1, 2]]), bias: vector([3]) }, first: vector([4, 5]) };
  const gradient = { first: vector([0, 0]), second: { bias: vector([0]), weight: fromRows([[0, 0]]) } };
  t.deepEqual(
    namedParameters(tree).map(({ name, shape, data }) => ({ name, shape, data: [...data] })),
    [
      { name: 'first', shape: [2], data: [4, 5] },
      { name: 'second.bias', shape: [1], data: [3] },
      { name: 'second.weight', shape: [1, 2], data: [1, 2] },
    ],
  );
  t.deepEqual(
    namedParameters(gradient).map(({ name }) => name),
    namedParameters(tree).map(({ name }) => name),
  );
  t.end();
});

test('what is written into a listed parameter is written into the model', (t) => {
  const rows = fromRows([[1, 2], [3, 4]]); // biome-ignore format: one matrix, one line
  const tree = { row: rows.pick(1, null) };
  namedParameters(tree)[0]!.data[0] = 9;
  t.equal(rows.get(1, 0), 9);
  t.end();
});

test('a parameter that does not lie row by row is refused, because a copy would not be trained', (t) => {
  const weight = transpose(fromRows([[1, 2], [3, 4]])); // biome-ignore format: one matrix, one line
  t.throws(
    () => namedParameters({ layer: { weight } }),
    /RangeError: namedParameters: layer.weight must lie row by row .* got strides \[1, 2\]/,
  );
  t.throws(() => namedParameters({ column: weight.pick(0, null) }), /column must lie/);
  t.end();
});
