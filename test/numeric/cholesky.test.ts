import * as math from 'mathjs';
import test from 'tape';
import { solvePositiveDefinite } from '../../lib/numeric/cholesky.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { closeTo } from '../reference.ts';

test('two equations by hand', (t) => {
  const x = Float64Array.of(10, 8);
  solvePositiveDefinite(Float64Array.of(4, 0, 2, 3), x); // 4a + 2b = 10, 2a + 3b = 8
  closeTo(t, x, [1.75, 1.5], 'a = 1.75, b = 1.5', 1e-15);
  t.end();
});

test('solutions equal those of mathjs', (t) => {
  const rng = randomStream(1, 'cholesky');
  for (const size of [1, 2, 5, 16]) {
    const root = Array.from({ length: size }, () => Array.from({ length: size }, () => rng.normal()));
    const h = math.add(
      math.multiply(root, math.transpose(root)),
      math.multiply(math.identity(size), 0.1),
    ) as math.Matrix;
    const g = Array.from({ length: size }, () => rng.normal());
    const x = Float64Array.from(g);
    solvePositiveDefinite(Float64Array.from(h.toArray().flat() as number[]), x);
    const wanted = (math.lusolve(h, g) as math.Matrix).toArray().flat() as number[];
    closeTo(t, x, wanted, `${size} unknowns`, 1e-9);
  }
  t.end();
});

test('a matrix that is not positive definite is refused', (t) => {
  t.throws(
    () => solvePositiveDefinite(Float64Array.of(1, 0, 2, 1), new Float64Array(2)),
    /positive definite, got pivot -3 in row 1/,
  );
  t.throws(() => solvePositiveDefinite(Float64Array.of(Number.NaN), new Float64Array(1)), /pivot NaN/);
  t.end();
});
