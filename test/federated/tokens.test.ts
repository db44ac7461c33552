import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { Tokens } from '../../lib/federated/tokens.ts';
import type { Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';
import { closeTo } from '../reference.ts';

function update(client: number, rows: number[], last: number[]): Update {
  const [left, right] = [Float32Array.from(last), Float32Array.of(0.3, 1)]; // A = [p, 1]: the last column is B
  return {
    client,
    round: 1,
    rows: Uint32Array.from(rows),
    rank: 1,
    dims: 2,
    left,
    right,
    extra: new Float32Array(0),
  };
}

function read(tokens: Tokens, client: number, items: number): number[] {
  const out = new Float32Array(items);
  tokens.read(client, out);
  return Array.from(out);
}

test('a token is the running mean of the last column of the updates', (t) => {
  const tokens = new Tokens(2, 4, new Memory(), 0.75);
  tokens.receive(update(1, [0, 2], [1, -1]));
  t.deepEqual(read(tokens, 1, 4), [1, 0, -1, 0], 'the first message counts in full');
  tokens.receive(update(1, [2, 3], [1, 2]));
  t.deepEqual(read(tokens, 1, 4), [0.75, 0, -0.5, 0.5]);
  t.deepEqual(Array.from(tokens.known), [0, 1], 'nothing was heard from client 0');
  t.end();
});

test('the running mean in SIMD has the same bits as the plain one, whatever the sizes', (t) => {
  for (const items of [1, 4, 7, 130]) {
    const rng = randomStream(items, 'running mean');
    const [plain, simd] = ['plain', 'simd'].map((name) => {
      const runningMean = chooseLoops(name).runningMean(items);
      return new Tokens(2, items, new Memory(), 0.9, { runningMean });
    }) as [Tokens, Tokens];
    for (let round = 0; round < 20; round++) {
      const rows = Array.from(sampleWithoutReplacement(rng.integer(items + 1), items, rng));
      const message = update(
        round % 2,
        rows,
        rows.map(() => rng.normal()),
      );
      for (const tokens of [plain, simd]) tokens.receive(message);
    }
    for (const client of [0, 1]) t.deepEqual(read(simd, client, items), read(plain, client, items));
  }
  t.end();
});

test('an update that was expanded gives the same token', (t) => {
  const tokens = new Tokens(1, 3, new Memory(), 0.9);
  const rows = {
    rows: Uint32Array.of(1),
    rank: 0,
    left: Float32Array.of(0.6, 2),
    right: new Float32Array(0),
  };
  tokens.receive({ ...update(0, [], []), ...rows });
  t.deepEqual(read(tokens, 0, 3), [0, 2, 0]);
  t.end();
});

test('the last column is that of B A, whatever the rank and whatever A ends with', (t) => {
  const cases: readonly [rank: number, left: number[], right: number[], last: number[]][] = [
    [1, [2, -3], [0.3, 1], [2, -3]],
    [1, [2, -3], [0.3, 0.5], [1, -1.5]],
    [2, [1, 2, 3, 4], [0.3, 1, 0.7, 1], [3, 7]],
    [2, [1, 2, 3, 4], [0.3, 0, 0.7, 1], [2, 4]],
  ];
  for (const [rank, left, right, last] of cases) {
    const tokens = new Tokens(1, 3, new Memory(), 0.9);
    const message = { ...update(0, [0, 2], []), rank, left: Float32Array.from(left) };
    tokens.receive({ ...message, right: Float32Array.from(right) });
    t.deepEqual(read(tokens, 0, 3), [last[0], 0, last[1]], `B [${left}], A [${right}]`);
  }
  t.end();
});

test('sparse tokens equal dense ones while they fit, and keep the largest entries when they do not', (t) => {
  const items = 200;
  const rng = randomStream(1, 'tokens');
  const dense = new Tokens(1, items, new Memory(), 0.9);
  const roomy = new Tokens(1, items, new Memory(), 0.9, { budgetBytes: 99 * 8 });
  const tight = new Tokens(1, items, new Memory(), 0.9, { budgetBytes: 30 * 8 });
  t.deepEqual([dense.isDense, roomy.isDense, tight.isDense], [true, false, false]);
  t.equal(tight.capacity, 30);
  for (let round = 0; round < 12; round++) {
    const rows = Array.from(sampleWithoutReplacement(20, 70, rng));
    const message = update(
      0,
      rows,
      rows.map(() => rng.normal()),
    );
    for (const tokens of [dense, roomy, tight]) tokens.receive(message);
  }
  const exact = read(dense, 0, items);
  closeTo(t, read(roomy, 0, items), exact, 'the same to rounding', 1e-6);
  const kept = read(tight, 0, items);
  t.ok(kept.filter((value) => value !== 0).length <= 30);
  const share =
    kept.reduce((sum, value) => sum + value * value, 0) /
    exact.reduce((sum, value) => sum + value * value, 0);
  t.ok(share > 0.5 && share < 1, `the 30 kept entries carry ${(100 * share).toFixed(0)} % of the square`);
  t.end();
});
