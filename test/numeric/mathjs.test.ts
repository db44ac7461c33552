// The entry `fedtlrec/mathjs`: conversions, its eigen-solver in every function that takes one, gradients from formulas.
import { bignumber, fraction, matrix as mathMatrix, multiply, sparse } from 'mathjs';
import test from 'tape';
import { compress, compressWithFeedback, expand } from '../../lib/model/lora.ts';
import { binaryCrossEntropyGradient, sigmoid } from '../../lib/model/loss.ts';
import {
  checkGradient,
  fromMathjs,
  mathjsEigen,
  toMathjs,
  vectorToMathjs,
} from '../../lib/numeric/mathjs.ts';
import { fromRows, toRows, transpose, vector, zeros } from '../../lib/numeric/matrix.ts';
import { truncatedSvd } from '../../lib/numeric/svd.ts';
import { importsOf, libraryFiles } from '../source-modules.ts';

const some = () => fromRows([[1, 2, 3], [4, 5, 6.5]]); // biome-ignore format: two rows

test('matrices go to mathjs and back, also views, dense and sparse', (t) => {
  const across = toMathjs(transpose(some()));
  t.deepEqual(across.toArray(), [[1, 4], [2, 5], [3, 6.5]]); // biome-ignore format: rows
  t.deepEqual(toRows(fromMathjs(across)), toRows(transpose(some())));
  t.deepEqual(toRows(fromMathjs(sparse([[0, 2], [0, 0]]))), [[0, 2], [0, 0]]); // biome-ignore format: rows
  t.deepEqual(multiply(toMathjs(some()), vectorToMathjs(vector([1, 0, 2]))).toArray(), [7, 17]);
  t.throws(
    () => fromMathjs(mathMatrix([1, 2])),
    /^RangeError: fromMathjs: values must have two dimensions, got size \[2\]/,
  );
  t.throws(() => fromMathjs([[1]] as never), /^TypeError: fromMathjs: values must be a mathjs matrix/);
  for (const wrong of [bignumber(1), fraction(1, 2)])
    t.throws(
      () => fromMathjs(mathMatrix([[1, wrong]] as never)),
      /fromMathjs: values must be numbers, got .* at \[0, 1\]/,
    );
  t.end();
});

test('mathjsEigen serves every function that takes an eigen-solver', (t) => {
  const values = fromRows([[3, 1, 0], [1, 2, 5], [0, 4, 1], [2, 2, 2]]); // biome-ignore format: rows
  const near = (a: number[][], b: number[][]) =>
    a.every((row, r) => row.every((value, c) => Math.abs(value - b[r]![c]!) < 1e-9));
  const [own, other] = [truncatedSvd(values, 2), truncatedSvd(values, 2, { eigen: mathjsEigen })];
  t.ok(near([[...own.singularValues]], [[...other.singularValues]]), 'truncatedSvd');
  t.ok(near(toRows(own.right), toRows(other.right)));
  const pair = [compress(values, 2), compress(values, 2, { eigen: mathjsEigen })].map((low) =>
    toRows(expand(low)),
  );
  t.ok(near(pair[0]!, pair[1]!), 'compress');
  const sent = [{}, { eigen: mathjsEigen }].map((options) =>
    toRows(expand(compressWithFeedback(values, zeros(4, 3), 1, options).sent)),
  );
  t.ok(near(sent[0]!, sent[1]!), 'compressWithFeedback');
  t.end();
});

test('a gradient is checked against the derivative of a formula', (t) => {
  const gradient = ({ y, s }: Readonly<Record<string, number>>) => -y! * sigmoid(-y! * s!);
  const right = checkGradient('log(1 + exp(-y * s))', { by: 's', gradient, among: { y: [-1, 1] } });
  t.ok(right.largestError < 1e-14, `${right.largestError}`);
  t.match(right.derivative, /y/);
  t.ok(Math.abs(right.worst.y!) === 1, 'y is one of those named');
  const wrong = checkGradient('log(1 + exp(-y * s))', { by: 's', gradient: (at) => -gradient(at) });
  t.ok(wrong.largestError > 0.5, 'a wrong sign is seen');
  const ours = checkGradient('-(y * log(1 / (1 + exp(-s))) + (1 - y) * log(1 - 1 / (1 + exp(-s))))', {
    ...{ by: 's', among: { y: [0, 1, 0.5] } },
    gradient: ({ s, y }) => binaryCrossEntropyGradient(s!, y!),
  });
  t.ok(ours.largestError < 1e-12, `ours: ${ours.largestError}`);
  t.deepEqual(
    checkGradient('x^2 * pi', { by: 'x', gradient: ({ x }) => 2 * Math.PI * x! }).derivative,
    '2 * pi * x',
  );
  t.end();
});

test('the checker names wrong arguments', (t) => {
  const gradient = () => 0;
  t.throws(
    () => checkGradient('x ^', { by: 'x', gradient }),
    /^RangeError: checkGradient: loss must be a formula, got 'x \^'/,
  );
  t.throws(
    () => checkGradient('x^2', { by: 'y', gradient }),
    /checkGradient: by must be a variable of the loss \(x\), got y/,
  );
  t.throws(
    () => checkGradient('x^2', { by: 'x', gradient, points: 0 }),
    /checkGradient: points must be a whole number of at least 1/,
  );
  t.throws(
    () => checkGradient('x^2', { by: 'x', gradient: () => Number.NaN }),
    /checkGradient: the gradient must be finite, got NaN/,
  );
  t.end();
});

test('nothing but its entry leads to mathjs', (t) => {
  const arrows = libraryFiles().flatMap((file) => importsOf(file).map((found) => ({ file, ...found })));
  const inside = ['mathjs', 'eigen-mathjs', 'check-gradient'].map((name) => `lib/numeric/${name}.ts`);
  const users = arrows.filter(({ target }) => target === 'mathjs').map(({ file }) => file);
  t.deepEqual([...new Set(users)].sort(), [...inside].sort(), 'three files import it');
  const ways = arrows.filter(({ file, target }) => inside.includes(target) && !inside.includes(file));
  t.deepEqual(ways, [], 'and nobody else imports them');
  t.end();
});
