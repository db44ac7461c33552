import test from 'tape';
import type { Sample } from '../../lib/data/negatives.ts';
import { FactorizationClient, scoreItems } from '../../lib/federated/client.ts';
import type { ClientTask } from '../../lib/federated/local-model.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const items = 9;
const factors = 3;
const settings = completeSettings({ factors, localSteps: 0 });

const sample: Sample = {
  rows: Uint32Array.of(0, 2, 5, 8),
  counts: Float64Array.of(1, 3, 1, 2),
  labels: Uint8Array.of(1, 0, 1, 0),
  size: 7,
};

function newTask(): { task: ClientTask; state: Float32Array; model: FactorizationClient } {
  const model = new FactorizationClient(items, settings, plainLoops);
  const rng = randomStream(3, 'client test');
  const itemTable = Float32Array.from({ length: items * (factors + 1) }, () => rng.normal());
  const state = new Float32Array(model.stateLength);
  model.initialize(state, rng);
  return {
    task: { client: 4, round: 1, sample, shared: { itemTable, extra: new Float32Array(0) } },
    state,
    model,
  };
}

/** The sample's summed loss, written down from the definition. */
function lossOf(userVector: ArrayLike<number>, itemTable: ArrayLike<number>): number {
  let sum = 0;
  sample.rows.forEach((item, row) => {
    let score = itemTable[item * (factors + 1) + factors]!;
    for (let k = 0; k < factors; k++) score += userVector[k]! * itemTable[item * (factors + 1) + k]!;
    sum += sample.counts[row]! * binaryCrossEntropy(score, sample.labels[row]!);
  });
  return sum;
}

test('B A is minus the gradient of the summed loss by the item table, rank one and exact', (t) => {
  const { task, state, model } = newTask();
  const userVector = Float64Array.from(model.userVector(state));
  const { update, loss } = model.train(task, state);
  const table = Float64Array.from(task.shared.itemTable);
  const wanted = centralDifferences((changed) => lossOf(userVector, changed), table);
  const got = new Float64Array(table.length);
  update.rows.forEach((item, row) => {
    for (let k = 0; k <= factors; k++) got[item * (factors + 1) + k] = -update.left[row]! * update.right[k]!;
  });
  closeTo(t, got, wanted, 'ΔQ against central differences', 1e-5);
  t.ok(Math.abs(loss - lossOf(userVector, table) / sample.size) < 1e-5, 'the reported loss is the mean loss');
  t.end();
});

test("the user vector's first Adam step moves every factor by the learning rate against the gradient", (t) => {
  const { task, state, model } = newTask();
  const before = Float64Array.from(model.userVector(state));
  const gradient = centralDifferences((changed) => {
    const penalty = Array.from(changed).reduce((sum, value) => sum + value * value, 0);
    return lossOf(changed, task.shared.itemTable) / sample.size + (settings.regularization / 2) * penalty;
  }, before.slice());
  model.train(task, state);
  const wanted = before.map((value, k) => value - settings.clientLearningRate * Math.sign(gradient[k]!));
  closeTo(t, model.userVector(state), wanted, 'p after one step', 1e-4);
  t.equal(state[3 * factors], 1, 'one step counted');
  t.end();
});

test('training lowers the loss', (t) => {
  const { task, state, model } = newTask();
  const first = model.train(task, state).loss;
  for (let step = 0; step < 30; step++) model.train(task, state);
  t.ok(model.train(task, state).loss < first, 'after 30 steps on p alone');
  t.end();
});

test('scores are [p, 1]·q, by hand', (t) => {
  const scores = new Float32Array(2);
  scoreItems(Float32Array.of(2, -1), Float32Array.of(1, 3, 0.5, 0, 1, 10), scores);
  t.deepEqual(Array.from(scores), [2 - 3 + 0.5, 0 - 1 + 10]);
  t.end();
});
