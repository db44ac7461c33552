import test from 'tape';
import type { ClientTask } from '../../lib/federated/local-model.ts';
import { decode, encode, expandUpdate, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { byLiars, isLiar, promote, randomUpdate, scaling, signFlip } from '../../lib/robust/attacks.ts';
import { randomLowRank, rowsUpdate } from './updates.ts';

const task = { client: 3, round: 2 } as ClientTask;
const honest = rowsUpdate(3, { 1: [1, -1], 4: [0, 2] }, [5]);
const norm = (values: Float32Array) => Math.hypot(...values);

test('a sign flip and a scaling by hand', (t) => {
  t.deepEqual(Array.from(signFlip(10)(honest, task).left), [-10, 10, -0, -20]);
  t.deepEqual(Array.from(signFlip(10)(honest, task).extra), [-50]);
  t.deepEqual(Array.from(scaling(3)(honest, task).left), [3, -3, 0, 6]);
  t.deepEqual(Array.from(honest.left), [1, -1, 0, 2], 'the true update stays');
  t.end();
});

test('promotion copies the row of what the client wants most to the promoted item, louder', (t) => {
  const beside = promote(2, 10)(honest, task);
  t.deepEqual(
    [Array.from(beside.rows), Array.from(beside.left)],
    [
      [1, 2, 4],
      [1, -1, 0, 20, 0, 2],
    ],
  );
  const replaced = promote(1, 10)(honest, task);
  t.deepEqual(
    [Array.from(replaced.rows), Array.from(replaced.left)],
    [
      [1, 4],
      [0, 20, 0, 2],
    ],
  );
  const behind = promote(9, 2)(honest, task);
  t.deepEqual(
    [Array.from(behind.rows), Array.from(behind.left)],
    [
      [1, 4, 9],
      [1, -1, 0, 2, 0, 4],
    ],
  );
  const nothing = { ...honest, rows: new Uint32Array(0), left: new Float32Array(0) };
  t.equal(promote(1, 10)(nothing, task), nothing, 'who touched nothing has nothing to copy');
  t.end();
});

test('with factors, the promoted item gets the row of B whose change of the bias is largest', (t) => {
  const factors: Update = {
    ...honest,
    rank: 1,
    left: Float32Array.of(-3, 2),
    right: Float32Array.of(1, -1),
  };
  const lie = promote(6, 10)(factors, task);
  t.deepEqual(
    [Array.from(lie.rows), Array.from(lie.left)],
    [
      [1, 4, 6],
      [-3, 2, -30],
    ],
  );
  t.ok(expandUpdate(lie).left.at(-1)! > 0, 'the bias goes up');
  t.end();
});

test('noise is as long as asked for, and its own for each client and round', (t) => {
  const lie = randomUpdate(4, 1);
  t.ok(Math.abs(norm(lie(honest, task).left) / norm(honest.left) - 4) < 1e-5);
  t.deepEqual(lie(honest, task), lie(honest, task));
  t.notDeepEqual(lie(honest, task).left, lie(honest, { ...task, round: 3 }).left);
  t.notDeepEqual(lie(honest, task).left, lie(honest, { ...task, client: 4 }).left);
  t.end();
});

test('the same clients lie in every round, in the share that was asked for', (t) => {
  const liars = Array.from({ length: 5000 }, (_, client) => isLiar(client, 7, 0.1));
  const share = liars.filter(Boolean).length / liars.length;
  t.ok(Math.abs(share - 0.1) < 0.02, `${share} of 5000`);
  const lie = byLiars(signFlip(1), 7, 0.1);
  for (const client of [liars.indexOf(true), liars.indexOf(false)]) {
    const sent = lie(honest, { ...task, client });
    t.equal(sent === honest, !liars[client], `client ${client}`);
  }
  t.equal(isLiar(0, 7, 0), false);
  t.equal(isLiar(0, 7, 1), true);
  t.end();
});

test('no rule of the wire tells a lie from the truth', (t) => {
  const rng = randomStream(2, 'lies');
  const truth = randomLowRank(3, 1, 5, 20, rng);
  for (const lie of [signFlip(10), scaling(10), randomUpdate(10, 1), promote(7, 10)]) {
    const sent = lie({ ...truth, round: 2 }, task);
    const expected = { client: 3, items: 20, dims: 5, extra: 2, round: 2 };
    t.deepEqual(decode(encode(sent, 20), expected).rows, sent.rows);
  }
  t.end();
});
