import fc from 'fast-check';
import test from 'tape';
import { ticksBetween } from '../../viewer/classroom/line-plot.ts';

test('ticks are round numbers around the values', (t) => {
  const near = (ticks: number[]) => ticks.map((tick) => Number(tick.toPrecision(9)));
  t.deepEqual(near(ticksBetween(0.61, 0.69)), [0.6, 0.62, 0.64, 0.66, 0.68, 0.7]);
  t.deepEqual(near(ticksBetween(0, 1)), [0, 0.5, 1]);
  t.deepEqual(near(ticksBetween(3, 3)), [3, 4], 'one value alone');
  t.deepEqual(near(ticksBetween(0, 0)), [0, 0.5], 'nothing but zeros');
  t.end();
});

test('there are two to six, evenly spaced, and none of the values lies outside', (t) => {
  const value = fc
    .double({ min: -1000, max: 1000, noNaN: true })
    .filter((x) => x === 0 || Math.abs(x) > 1e-6);
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      if (high > low && high - low < 1e-6 * Math.max(Math.abs(low), Math.abs(high))) return true;
      const ticks = ticksBetween(low, high);
      const slack = 1e-6 * Math.max(1e-3, high - low);
      return (
        ticks.length >= 2 && ticks.length <= 6 && ticks[0]! <= low + slack && ticks.at(-1)! >= high - slack
      );
    }),
    { seed: 4, numRuns: 300 },
  );
  t.pass('all that were drawn');
  t.end();
});
