import test from 'tape';
import { centralDifferences } from './gradient.ts';

test('central differences find the slopes 3x² of a sum of cubes and leave x as it was', (t) => {
  const x = Float64Array.of(2, -1, 0);
  const slopes = centralDifferences((at) => [...at].reduce((sum, value) => sum + value ** 3, 0), x);
  t.ok(Math.abs(slopes[0]! - 12) < 1e-8);
  t.ok(Math.abs(slopes[1]! - 3) < 1e-8);
  t.ok(Math.abs(slopes[2]!) < 1e-8);
  t.deepEqual([...x], [2, -1, 0]);
  t.throws(() => centralDifferences(() => 0, new Float32Array(1)), /TypeError: .*float64/);
  t.end();
});
