// Random streams: the published outputs of the generator, the independence of keys, and the shape of every distribution.
import test from 'tape';
import { type KeyPart, type RandomStream, randomStream, xoshiro128 } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement, shuffle } from '../../lib/numeric/sampling.ts';

test('xoshiro128** gives the outputs of its authors’ C program', (t) => {
  t.deepEqual(
    take(10, xoshiro128([1, 2, 3, 4])),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
    'from the state (1, 2, 3, 4)',
  );
  t.deepEqual(
    take(6, xoshiro128([0xdeadbeef, 0x80000000, 0xffffffff, 0x12345678])),
    [576, 3132614827, 2263960055, 3306064138, 3071822689, 1879777386],
    'from a state with high bits',
  );
  t.equal(take(1_000_000, xoshiro128([1, 2, 3, 4])).at(-1), 3457443141, 'the millionth output');
  t.end();
});

test('a uniform number is made of the 27 high bits of one output and the 26 of the next', (t) => {
  const [first, second] = take(2, xoshiro128([5, 6, 7, 8])) as [number, number];
  const expected = (Number(BigInt(first) >> 5n) * 2 ** 26 + Number(BigInt(second) >> 6n)) / 2 ** 53;
  t.equal(xoshiro128([5, 6, 7, 8]).uniform(), expected);
  t.end();
});

test('the same seed and key always open the same stream', (t) => {
  t.deepEqual(
    take(20, randomStream(7, 'negatives', 3, 11)),
    take(20, randomStream(7, 'negatives', 3, 11)),
    'twice the same draws',
  );
  const other = randomStream(7, 'negatives', 3, 12);
  const stream = randomStream(7, 'negatives', 3, 11);
  const interleaved = Array.from({ length: 20 }, () => {
    other.nextUint32();
    return stream.nextUint32();
  });
  t.deepEqual(interleaved, take(20, randomStream(7, 'negatives', 3, 11)), 'draws of others change nothing');
  t.end();
});

test('different keys open different streams', (t) => {
  const keys: [number, ...KeyPart[]][] = [
    [0],
    [1],
    [2 ** 32],
    [2 ** 32 + 1],
    [2 ** 53 - 1],
    [0, 0],
    [0, 1],
    [1, 0],
    [0, 0, 0],
    [0, ''],
    [0, '', ''],
    [0, 'a'],
    [0, 'ab'],
    [0, 'a', 'b'],
    [0, 'b', 'a'],
    [0, '0'],
    [0, 'é'],
    [0, 'a', 1],
    [0, 1, 'a'],
  ];
  for (let client = 2; client < 2000; client++) keys.push([0, 'negatives', client]);
  const starts = new Set(keys.map(([seed, ...key]) => take(4, randomStream(seed, ...key)).join()));
  t.equal(starts.size, keys.length);
  t.end();
});

test('one changed bit of a key changes about half the bits of the stream', (t) => {
  const trials = 60;
  const changes = new Float64Array(128);
  let fewest = 128;
  for (let client = 0; client < trials; client++) {
    const before = take(4, randomStream(1, 'dropout', client));
    for (let bit = 0; bit < 32; bit++) {
      const flipped = Number(BigInt(client) ^ (1n << BigInt(bit)));
      const after = take(4, randomStream(1, 'dropout', flipped));
      let changed = 0;
      for (let place = 0; place < 128; place++) {
        const word = place >> 5;
        const isChanged = ((before[word]! ^ after[word]!) >>> (place & 31)) & 1;
        changes[place]! += isChanged;
        changed += isChanged;
      }
      fewest = Math.min(fewest, changed);
    }
  }
  const shares = Array.from(changes, (count) => count / (trials * 32));
  // A share of 1920 fair coins has standard deviation .0114; the number of changed bits of 128 has 5.66.
  t.ok(Math.min(...shares) > 0.45 && Math.max(...shares) < 0.55, 'every output bit changes half the time');
  t.ok(fewest > 64 - 6 * 5.66, `no key has a near twin: at least ${fewest} of 128 bits change`);
  t.end();
});

test('integers fall evenly on their range, also where 2³² is no multiple of it', (t) => {
  for (const bound of [1, 2, 3, 10, 1000]) {
    const counts = new Float64Array(bound);
    const rng = randomStream(3, 'integers', bound);
    const draws = 200 * bound + 2000;
    for (let draw = 0; draw < draws; draw++) counts[rng.integer(bound)]!++;
    const expected = draws / bound;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    const freedom = bound - 1;
    t.ok(
      chiSquare <= freedom + 4 * Math.sqrt(2 * freedom),
      `below ${bound}: chi-square ${chiSquare.toFixed(1)} with ${freedom} degrees of freedom`,
    );
  }
  t.end();
});

test('integers follow Lemire’s rule, rejections included', (t) => {
  // The bias of a plain remainder is too small to count, so the rule is worked again in BigInt.
  const bound = 2_000_003;
  const rng = randomStream(9, 'lemire');
  const raw = randomStream(9, 'lemire');
  const threshold = (1n << 32n) % BigInt(bound);
  let rejected = 0;
  let isEqual = true;
  for (let draw = 0; draw < 20_000; draw++) {
    let product = BigInt(raw.nextUint32()) * BigInt(bound);
    while ((product & 0xffffffffn) < threshold) {
      product = BigInt(raw.nextUint32()) * BigInt(bound);
      rejected++;
    }
    isEqual &&= rng.integer(bound) === Number(product >> 32n);
  }
  t.ok(isEqual, 'the same integers');
  t.ok(rejected > 0, `with rejections on the way (${rejected})`);
  t.end();
});

test('many integers at once are those that come one by one', (t) => {
  for (const bound of [1, 7, 1682, 2_000_003, 3_000_017]) {
    const [one, many] = [randomStream(4, 'integers', bound), randomStream(4, 'integers', bound)];
    const out = new Uint32Array(3000);
    many.integers(bound, out);
    t.deepEqual(
      out,
      out.map(() => one.integer(bound)),
    );
    t.equal(many.nextUint32(), one.nextUint32(), 'and the stream goes on as it would');
  }
  t.end();
});

test('uniform, normal and Laplace numbers have the moments of their distributions', (t) => {
  const draws = 200_000;
  const rng = randomStream(11, 'moments');
  const uniform = moments(draws, () => rng.uniform());
  near(t, uniform.mean, 1 / 2, 0.003, 'uniform mean');
  near(t, uniform.variance, 1 / 12, 0.001, 'uniform variance');
  const normal = moments(draws, () => rng.normal());
  near(t, normal.mean, 0, 0.01, 'normal mean');
  near(t, normal.variance, 1, 0.015, 'normal variance');
  near(t, normal.skewness, 0, 0.025, 'normal skewness');
  near(t, normal.kurtosis, 3, 0.06, 'normal kurtosis');
  const scale = 2.5;
  const laplace = moments(draws, () => rng.laplace(scale));
  near(t, laplace.mean, 0, 0.04, 'Laplace mean');
  near(t, laplace.variance, 2 * scale ** 2, 0.3, 'Laplace variance 2b²');
  near(t, laplace.skewness, 0, 0.12, 'Laplace skewness');
  near(t, laplace.kurtosis, 6, 0.5, 'Laplace kurtosis');
  t.end();
});

test('normal numbers lie within one, two and three standard deviations as often as they should', (t) => {
  const draws = 100_000;
  const rng = randomStream(12, 'tails');
  const sizes = Array.from({ length: draws }, () => Math.abs(rng.normal()));
  const within = (limit: number) => sizes.filter((size) => size < limit).length / draws;
  near(t, within(1), 0.682689, 0.006, 'one');
  near(t, within(2), 0.9545, 0.003, 'two');
  near(t, within(3), 0.9973, 0.001, 'three');
  t.ok(sizes.every(Number.isFinite), 'all finite');
  t.end();
});

test('a shuffle keeps every element and reaches every order equally often', (t) => {
  const rng = randomStream(13, 'shuffle');
  const counts = new Map<string, number>();
  for (let trial = 0; trial < 24_000; trial++) {
    const order = shuffle(['a', 'b', 'c', 'd'], rng).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.equal(counts.size, 24, 'the 24 orders of four elements');
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  t.ok(chiSquare < 23 + 4 * Math.sqrt(46), `chi-square ${chiSquare.toFixed(1)} with 23 degrees of freedom`);
  const numbers = Uint16Array.from({ length: 500 }, (_, index) => index);
  t.equal(shuffle(numbers, rng), numbers, 'works in place');
  t.deepEqual(
    [...numbers].sort((a, b) => a - b),
    Array.from({ length: 500 }, (_, index) => index),
  );
  t.deepEqual([shuffle([], rng), shuffle([1], rng)], [[], [1]], 'nothing to do for none or one');
  t.end();
});

test('a sample without replacement is increasing, without repeats, and every element is as likely', (t) => {
  const rng = randomStream(14, 'sample');
  const counts = new Float64Array(30);
  for (let trial = 0; trial < 9000; trial++) {
    const sample = sampleWithoutReplacement(7, 30, rng);
    if (sample.length !== 7 || sample.some((value, index) => index > 0 && value <= sample[index - 1]!)) {
      t.fail(`not seven increasing numbers: ${sample.join()}`);
    }
    for (const value of sample) counts[value]!++;
  }
  // Each element is in 2100 of the 9000 samples, with standard deviation √(9000 · 7/30 · 23/30) = 40.
  t.ok(Math.min(...counts) > 2100 - 5 * 40 && Math.max(...counts) < 2100 + 5 * 40, 'even');
  t.deepEqual([...sampleWithoutReplacement(4, 4, rng)], [0, 1, 2, 3], 'everything');
  t.deepEqual([...sampleWithoutReplacement(0, 0, rng)], [], 'nothing');
  t.end();
});

test('wrong seeds, keys and counts are refused with what was received', (t) => {
  for (const part of [-1, 0.5, Number.NaN, 2 ** 53]) {
    const wanted = new RegExp(`^RangeError: randomStream: .*whole numbers of at least 0, got ${part}$`);
    t.throws(() => randomStream(part), wanted, `seed ${part}`);
    t.throws(() => randomStream(0, 'round', part), wanted, `key ${part}`);
  }
  const rng = randomStream(0);
  t.throws(() => sampleWithoutReplacement(5, 4, rng), /between 0 and the population \(4\), got 5/);
  t.throws(() => sampleWithoutReplacement(-1, 4, rng), /got -1/);
  t.throws(() => sampleWithoutReplacement(1.5, 4, rng), /got 1.5/);
  t.end();
});

function take(count: number, rng: RandomStream): number[] {
  return Array.from({ length: count }, () => rng.nextUint32());
}

function near(t: test.Test, got: number, want: number, tolerance: number, message: string): void {
  t.ok(Math.abs(got - want) <= tolerance, `${message}: ${got.toFixed(4)} is near ${want.toFixed(4)}`);
}

function moments(draws: number, draw: () => number) {
  const values = Float64Array.from({ length: draws }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const central = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / draws;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}
