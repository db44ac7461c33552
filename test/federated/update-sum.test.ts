import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { addSum, addUpdate, emptySum } from '../../lib/federated/update-sum.ts';
import { expandUpdate, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';
import { closeTo } from '../reference.ts';

const items = 40;

function updateOf(client: number, rank: number, dims: number): Update {
  const rng = randomStream(1, 'update sum', client);
  const rows = sampleWithoutReplacement(1 + rng.integer(20), items, rng);
  const normals = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const factors = { left: normals(rows.length * rank), right: normals(rank * dims) };
  return { client, round: 1, rows, rank, dims, ...factors, extra: normals(2) };
}

test('two updates by hand', (t) => {
  const sum = emptySum(3, 2, 0);
  const update = { client: 0, round: 1, rank: 1, dims: 2, extra: new Float32Array(0) };
  addUpdate(sum, {
    ...update,
    rows: Uint32Array.of(0, 2),
    left: Float32Array.of(1, -2),
    right: Float32Array.of(3, 1),
  });
  addUpdate(sum, {
    ...update,
    rows: Uint32Array.of(2),
    left: Float32Array.of(10),
    right: Float32Array.of(0, 1),
  });
  t.deepEqual(Array.from(sum.items), [3, 1, 0, 0, -6, 8]);
  t.deepEqual([Array.from(sum.senders), sum.clients], [[1, 0, 2], 2]);
  t.end();
});

test('SIMD, plain and expanded sums agree on odd widths, chunk by chunk', (t) => {
  for (const dims of [1, 3, 4, 7, 17, 32]) {
    const updates = Array.from({ length: 9 }, (_, client) => updateOf(client, client === 4 ? 3 : 1, dims));
    const plain = emptySum(items, dims, 2);
    const dense = emptySum(items, dims, 2);
    const merged = emptySum(items, dims, 2);
    const adder = chooseLoops('simd').updateAdder(items, dims, 2);
    updates.forEach((update, at) => {
      if (at % 4 === 0) adder.start();
      adder.add(update);
      if (at % 4 === 3 || at === 8) addSum(merged, adder.finish());
      addUpdate(plain, update);
      addUpdate(dense, expandUpdate(update));
    });
    closeTo(t, merged.items, plain.items, `SIMD, ${dims} dims`, 1e-5);
    closeTo(t, dense.items, plain.items, `expanded, ${dims} dims`, 1e-5);
    t.deepEqual([merged.senders, merged.clients], [plain.senders, plain.clients]);
    closeTo(t, merged.extra, plain.extra, 'extra weights', 1e-5);
  }
  t.end();
});
