import { add, transpose as mathTranspose, multiply } from 'mathjs';
import test from 'tape';
import {
  loraBackward,
  loraForward,
  loraLinear,
  mergeLora,
  unmergeLora,
} from '../../lib/model/lora-linear.ts';
import { adamState, adamStep } from '../../lib/model/optimizer.ts';
import { fromRows, matrix, toRows, zeros } from '../../lib/numeric/matrix.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';

const normal = (rows: number, columns: number, rng: RandomStream) =>
  matrix(
    Float64Array.from({ length: rows * columns }, () => rng.normal()),
    rows,
    columns,
  );
const farthest = (a: number[][], b: number[][]) =>
  Math.max(...a.flatMap((row, r) => row.map((value, c) => Math.abs(value - b[r]![c]!))));

/** A layer of odd shape whose adapter has learnt something. */
function someLayer(seed = 1) {
  const rng = randomStream(seed, 'test');
  const layer = loraLinear(normal(4, 7, rng), { rank: 3, alpha: 6, seed: 5 });
  layer.left.data.set(normal(4, 3, rng).data);
  return { layer, input: normal(5, 7, rng), rng };
}

test('a small layer is what a hand finds', (t) => {
  const layer = loraLinear(fromRows([[1, 2]]), { rank: 1, alpha: 3, seed: 1 });
  layer.left.data.set([2]);
  layer.right.data.set([1, -1]);
  t.deepEqual(toRows(loraForward(layer, fromRows([[10, 1]]))), [[10 + 2 + 3 * 2 * 9]]);
  t.deepEqual(toRows(mergeLora(layer)), [[7, -4]]);
  const gradient = loraBackward(layer, fromRows([[10, 1]]), fromRows([[0.5]]));
  t.deepEqual(toRows(gradient.left), [[3 * 0.5 * 9]]);
  t.deepEqual(toRows(gradient.right), [[3 * 0.5 * 2 * 10, 3]]);
  t.deepEqual(toRows(gradient.input), [[0.5 * 7, 0.5 * -4]]);
  t.end();
});

test('a fresh adapter changes nothing, is drawn from its seed, and leaves W alone', (t) => {
  const { layer, input } = someLayer();
  const weight = toRows(layer.weight);
  const fresh = loraLinear(layer.weight, { rank: 3, seed: 5 });
  t.deepEqual(toRows(mergeLora(fresh)), weight);
  t.equal(fresh.scale, 1, 'α is the rank');
  t.deepEqual(toRows(fresh.right), toRows(layer.right), 'the same seed');
  t.notDeepEqual(toRows(loraLinear(layer.weight, { rank: 3, seed: 6 }).right), toRows(layer.right));
  const plain = multiply(toRows(input), mathTranspose(weight)) as number[][];
  t.ok(farthest(toRows(loraForward(fresh, input)), plain) < 1e-13);
  loraBackward(layer, input, zeros(5, 4));
  mergeLora(layer);
  t.deepEqual(toRows(layer.weight), weight);
  const wide = loraLinear(zeros(400, 900), { rank: 100, seed: 1 });
  const variance =
    Array.from(wide.right.data).reduce((sum, value) => sum + value * value, 0) / wide.right.size;
  t.ok(Math.abs(variance * 900 - 1) < 0.03, `A has variance 1 / inputs: ${variance * 900}`);
  t.end();
});

test('forward is the product with the merged matrix, as mathjs finds it; unmerging gives W back to rounding', (t) => {
  for (let seed = 1; seed <= 5; seed++) {
    const { layer, input } = someLayer(seed);
    const adapter = multiply(multiply(toRows(layer.left), toRows(layer.right)), layer.scale);
    const merged = add(toRows(layer.weight), adapter) as number[][];
    t.equal(layer.scale, 2);
    t.ok(farthest(toRows(mergeLora(layer)), merged) < 1e-13, 'merged');
    const output = multiply(toRows(input), mathTranspose(merged)) as number[][];
    t.ok(farthest(toRows(loraForward(layer, input)), output) < 1e-12, 'forward');
    t.ok(farthest(toRows(unmergeLora(mergeLora(layer), layer)), toRows(layer.weight)) < 1e-14, 'unmerged');
  }
  t.end();
});

test('the gradients agree with central differences', (t) => {
  const { layer, input, rng } = someLayer();
  const direction = normal(5, 4, rng);
  const loss = () =>
    Array.from(loraForward(layer, input).data).reduce(
      (sum, value, at) => sum + value * direction.data[at]!,
      0,
    );
  const gradient = loraBackward(layer, input, direction);
  const pairs = [[input, gradient.input], [layer.left, gradient.left], [layer.right, gradient.right]] as const; // biome-ignore format: pairs
  for (const [values, slopes] of pairs) {
    for (let at = 0; at < values.size; at++) {
      const kept = values.data[at]!;
      values.data[at] = kept + 1e-5;
      const above = loss();
      values.data[at] = kept - 1e-5;
      const below = loss();
      values.data[at] = kept;
      const wanted = (above - below) / 2e-5;
      if (Math.abs(slopes.data[at]! - wanted) > 1e-7) t.fail(`${slopes.data[at]} is not ${wanted}`);
    }
  }
  t.pass('all of them');
  t.end();
});

test('an adapter of rank 2 learns a change of rank 2', (t) => {
  const rng = randomStream(1, 'test');
  const [weight, input] = [normal(6, 8, rng), normal(40, 8, rng)];
  const taught = loraLinear(weight, { rank: 2, seed: 9 });
  taught.left.data.set(normal(6, 2, rng).data);
  const target = loraForward(taught, input);
  const layer = loraLinear(weight, { rank: 2, seed: 2 });
  const states = [adamState(layer.left.size), adamState(layer.right.size)] as const;
  const errorOf = () => farthest(toRows(loraForward(layer, input)), toRows(target));
  const before = errorOf();
  for (let step = 0; step < 600; step++) {
    const output = loraForward(layer, input);
    for (let at = 0; at < output.size; at++) output.data[at] = (output.data[at]! - target.data[at]!) / 40;
    const gradient = loraBackward(layer, input, output);
    adamStep(layer.left.data, gradient.left.data, states[0], { learningRate: 0.03 });
    adamStep(layer.right.data, gradient.right.data, states[1], { learningRate: 0.03 });
  }
  t.ok(errorOf() < before / 500, `${before} → ${errorOf()}`);
  t.end();
});

test('wrong arguments are named', (t) => {
  const { layer, input } = someLayer();
  t.throws(
    () => loraLinear(zeros(3, 4), { rank: 4, seed: 1 }),
    /^RangeError: loraLinear: rank must be a whole number between 1 and 3, got 4/,
  );
  t.throws(
    () => loraLinear(zeros(3, 4), { rank: 1, alpha: 0, seed: 1 }),
    /loraLinear: alpha must be a finite number above 0, got 0/,
  );
  t.throws(
    () => loraForward(layer, zeros(5, 6)),
    /loraForward: input must have shape \[any, 7\], got \[5, 6\]/,
  );
  t.throws(
    () => loraBackward(layer, input, zeros(5, 5)),
    /loraBackward: outputGradient must have shape \[5, 4\]/,
  );
  t.throws(() => unmergeLora(zeros(4, 6), layer), /unmergeLora: merged must have shape \[4, 7\]/);
  t.throws(() => mergeLora({ ...layer, right: zeros(2, 7) }), /mergeLora: right must have shape \[3, 7\]/);
  t.end();
});
