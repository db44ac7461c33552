// What is said of the spread over clients, held against a count of the clients.
import test from 'tape';
import { randomStream } from '../../lib/numeric/rng.ts';
import { quartiles, spreadInWords, spreadText } from '../../viewer/spread.ts';

/** The share of values for which something holds. */
const shareOf = (values: Float32Array, holds: (value: number) => boolean) =>
  values.filter(holds).length / values.length;

test('a quarter, a half and a quarter of the clients are where the sentence says', (t) => {
  const rng = randomStream(1, 'spread');
  for (let draw = 0; draw < 200; draw++) {
    const length = 1 + Math.floor(rng.uniform() * 40);
    const steps = 1 + Math.floor(rng.uniform() * 5); // few steps: many clients have the same figure
    const values = Float32Array.from({ length }, () => Math.round(rng.uniform() * steps) / steps);
    const [low, middle, high] = quartiles(values);
    t.ok(shareOf(values, (value) => value <= low) >= 0.25, `low of ${values}`);
    t.ok(shareOf(values, (value) => value <= middle) >= 0.5, `middle of ${values}`);
    t.ok(shareOf(values, (value) => value >= high) >= 0.25, `high of ${values}`);
    if (low === high) t.ok(shareOf(values, (value) => value === low) >= 0.5, `exactly, of ${values}`);
  }
  t.end();
});

test('nobody has less than nothing or more than all: hits of single clients are told as they are', (t) => {
  const hits = Float32Array.of(0, 1, 0, 1, 1, 0);
  t.equal(spreadText(quartiles(hits)), '.000 to 1.000');
  t.match(
    spreadInWords(quartiles(hits)),
    /a quarter have \.000 or less, half 1\.000 or less, and a quarter 1\.000 or more/,
  );
  t.doesNotMatch(spreadInWords(quartiles(hits)), /below \.000|above 1\.000/);
  t.match(spreadInWords(quartiles(new Float32Array(9))), /at least half .* exactly \.000$/);
  t.equal(spreadText(quartiles(Float32Array.of(1, 1, 0, 0))), '.000 to 1.000');
  t.equal(spreadText(quartiles(Float32Array.of(1, 1, 1, 0))), 'mostly 1.000');
  t.equal(spreadText(quartiles(new Float32Array(0))), '–');
  t.match(spreadInWords(quartiles(new Float32Array(0))), /no followed client/);
  t.end();
});
