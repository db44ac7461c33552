import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { namedParameters } from '../../lib/model/parameters.ts';
import {
  type EncoderBlockParameters,
  encoderBlock,
  encoderBlockBackward,
} from '../../lib/model/transformer.ts';
import { matrix } from '../../lib/numeric/matrix.ts';
import { plainMatmul } from '../../lib/numeric/product.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { shuffle } from '../../lib/numeric/sampling.ts';
import { fedtlrecReleased } from '../../lib/peers/fedtlrec-released.ts';
import { releasedServer } from '../../lib/peers/released/adapter-server.ts';
import { reconstructBetweenClients } from '../../lib/peers/released/between-clients.ts';
import {
  encoderBlockLength,
  initializeEncoderBlock,
  viewEncoderBlock,
} from '../../lib/peers/released/encoder-memory.ts';
import { LoneRowBlock } from '../../lib/peers/released/lone-row-block.ts';
import {
  blocksFor,
  descend,
  reconstructLoneRows,
  trainedParameters,
  weightedSquaredError,
} from '../../lib/peers/released/server-encoder.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { centralDifferences, normalMatrix, weightedSum } from '../gradient.ts';
import { closeTo, encoderBlockNames, needs, type Reference, readReference } from '../reference.ts';

function randomBlock(dim: number, seed: number): EncoderBlockParameters {
  const block = viewEncoderBlock(new Float64Array(encoderBlockLength(dim)), dim);
  initializeEncoderBlock(block, randomStream(seed, 'block'));
  return block;
}

function blocksOf({ config, inputs }: Reference): EncoderBlockParameters[] {
  return Array.from({ length: config.blocks }, (_, index) => {
    const block = viewEncoderBlock(new Float32Array(encoderBlockLength(config.dim)), config.dim);
    for (const { name, data } of namedParameters(block)) {
      data.set(inputs[`block${index}_${encoderBlockNames[name]}`]!.data);
    }
    return block;
  });
}

test('a block fills its flat array exactly, and a fresh one ends in rows of mean 0 and variance 1', (t) => {
  const block = randomBlock(8, 1);
  const numbers = namedParameters(block).reduce((sum, { data }) => sum + data.length, 0);
  t.equal(numbers, encoderBlockLength(8));
  const output = new LoneRowBlock(8, plainMatmul, 'float64').forward(
    block,
    normalMatrix(3, 8, randomStream(2)),
  );
  for (let row = 0; row < 3; row++) {
    const values = [...output.data.subarray(row * 8, row * 8 + 8)];
    t.ok(Math.abs(values.reduce((sum, value) => sum + value, 0)) < 1e-9);
    t.ok(Math.abs(values.reduce((sum, value) => sum + value * value, 0) / 8 - 1) < 1e-3);
  }
  t.end();
});

test('lone rows: the same output and gradients as the whole encoder block on one client at a time', (t) => {
  const rng = randomStream(3, 'lone');
  const block = randomBlock(8, 3);
  const rows = normalMatrix(4, 8, rng);
  const slope = normalMatrix(4, 8, rng);
  const lone = new LoneRowBlock(8, plainMatmul, 'float64');
  const output = lone.forward(block, rows);
  lone.backward(block, rows, matrix(slope.data.slice(), 4, 8));
  const gradient = namedParameters(lone.gradient);
  const sums = new Map(namedParameters(block).map(({ name, data }) => [name, new Float64Array(data.length)]));
  for (let row = 0; row < 4; row++) {
    const one = (values: typeof rows) => matrix(values.data.slice(row * 8, row * 8 + 8), 1, 8);
    const alone = encoderBlock(block, one(rows), { heads: 2 });
    closeTo(t, alone.output, output.data.subarray(row * 8, row * 8 + 8), `output of row ${row}`, 1e-12);
    t.ok(
      alone.weights.every((head) => head.get(0, 0) === 1),
      'a softmax over one element is 1',
    );
    const back = encoderBlockBackward(block, one(rows), alone.cache, one(slope));
    for (const { name, data } of namedParameters(back.parameters)) {
      data.forEach((value, at) => {
        sums.get(name)![at]! += value;
      });
    }
  }
  for (const { name, data } of gradient) closeTo(t, data, sums.get(name)!, name, 1e-12);
  for (const name of ['query.weight', 'query.bias', 'key.weight', 'key.bias']) {
    t.ok(
      sums.get(`attention.${name}`)!.every((value) => value === 0),
      `${name} has gradient exactly 0`,
    );
  }
  t.equal(trainedParameters(block).length, 12);
  t.end();
});

test('the gradients of lone rows pass central differences', (t) => {
  const rng = randomStream(4, 'lone');
  const block = randomBlock(4, 4);
  const rows = normalMatrix(3, 4, rng);
  const slope = normalMatrix(3, 4, rng);
  const lone = new LoneRowBlock(4, plainMatmul, 'float64');
  const loss = () => weightedSum(lone.forward(block, rows), slope);
  loss();
  lone.backward(block, rows, matrix(slope.data.slice(), 3, 4));
  const gradient = trainedParameters(lone.gradient);
  trainedParameters(block).forEach(({ name, data }, index) => {
    closeTo(t, gradient[index]!.data, centralDifferences(loss, data), name, 1e-7);
  });
  t.end();
});

test('perturbing one client changes no other client with lone rows, and every other one with the clients as sequence', (t) => {
  const training = { learningRate: 0, steps: 1, rowsPerBlock: 8, backend: plainMatmul };
  const rows = normalMatrix(5, 8, randomStream(5));
  const moved = matrix(rows.data.slice(), 5, 8);
  moved.data[2 * 8 + 3]! += 0.5;
  const changedRows = (before: ArrayLike<number>, after: ArrayLike<number>) =>
    [0, 1, 2, 3, 4].filter((row) =>
      [0, 1, 2, 3, 4, 5, 6, 7].some((k) => before[row * 8 + k] !== after[row * 8 + k]),
    );
  const lone = (input: typeof rows) => reconstructLoneRows([randomBlock(8, 5)], input, training).output.data;
  t.deepEqual(changedRows(lone(rows), lone(moved)), [2]);
  const everyone = new Uint8Array(5).fill(1);
  const between = (input: typeof rows, present: Uint8Array) =>
    reconstructBetweenClients(randomBlock(8, 5), input, present, 2, training).output.data;
  t.deepEqual(changedRows(between(rows, everyone), between(moved, everyone)), [0, 1, 2, 3, 4]);
  const without2 = Uint8Array.of(1, 1, 0, 1, 1);
  t.deepEqual(
    changedRows(between(rows, without2), between(moved, without2)),
    [2],
    'absent: seen by itself only',
  );
  t.end();
});

test('each block takes rows of its own, the first ones included, and gives what it gives alone', (t) => {
  const training = { learningRate: 0.1, steps: 1, rowsPerBlock: 2, backend: plainMatmul };
  const rows = normalMatrix(5, 8, randomStream(7));
  const blocks = () => [randomBlock(8, 1), randomBlock(8, 2), randomBlock(8, 3)];
  const together = reconstructLoneRows(blocks(), rows, training);
  let squares = 0;
  for (const [block, [from, to]] of [
    [0, 2],
    [2, 4],
    [4, 5],
  ].entries()) {
    const part = matrix(rows.data.slice(from! * 8, to! * 8), to! - from!, 8);
    const alone = reconstructLoneRows([blocks()[block]!], part, training);
    t.deepEqual(together.output.data.slice(from! * 8, to! * 8), alone.output.data, `block ${block}`);
    squares += alone.losses[0]! * part.size;
  }
  t.ok(Math.abs(together.losses[0]! - squares / rows.size) < 1e-12, 'the loss is the mean over all rows');
  const trained = blocks();
  const [before, after] = [blocks(), trained];
  reconstructLoneRows(trained, rows, training);
  for (const [block, parts] of after.entries())
    t.notDeepEqual(namedParameters(parts), namedParameters(before[block]!), `block ${block} has learned`);
  t.end();
});

test('reconstruction gets better with every step, between clients too, and absent rows do not count', (t) => {
  const training = { learningRate: 0.2, steps: 6, rowsPerBlock: 4, backend: plainMatmul };
  const rows = normalMatrix(6, 8, randomStream(6));
  const lone = reconstructLoneRows([randomBlock(8, 6), randomBlock(8, 7)], rows, training).losses;
  const present = Uint8Array.of(1, 1, 0, 1, 1, 1);
  const between = reconstructBetweenClients(randomBlock(8, 6), rows, present, 2, training).losses;
  for (const losses of [lone, between]) {
    for (let step = 1; step < 6; step++) t.ok(losses[step]! < losses[step - 1]!, `step ${step}`);
  }
  const moved = matrix(rows.data.slice(), 6, 8);
  moved.data[2 * 8]! += 3;
  const again = reconstructBetweenClients(randomBlock(8, 6), moved, present, 2, training).losses;
  t.deepEqual(again, between);
  t.end();
});

for (const file of ['authors-server-model', 'authors-server-model-full-last-block']) {
  test(
    `${file}: outputs, losses and blocks are those of the released program`,
    needs(`reference/${file}.json`),
    (t) => {
      const reference = readReference(file);
      const { config, inputs, outputs } = reference;
      t.equal(blocksFor(config.user_num, config.max_line), config.blocks);
      for (const backend of [plainMatmul, chooseLoops().matmul]) {
        const training = { learningRate: config.learning_rate, rowsPerBlock: config.max_line, backend };
        const rows = matrix(Float32Array.from(inputs.X!.data), config.rows, config.dim);
        const blocks = blocksOf(reference);
        const { output, losses } = reconstructLoneRows(blocks, rows, { ...training, steps: config.steps });
        closeTo(t, output, outputs.output_used!, `${backend.name}: output used`, 1e-5);
        closeTo(t, losses, outputs.losses!, 'losses', 1e-5);
        blocks.forEach((block, index) => {
          for (const { name, data } of namedParameters(block)) {
            const wanted = outputs[`final_block${index}_${encoderBlockNames[name]}`]!;
            closeTo(t, data, wanted, `final block ${index} ${name}`, 1e-5);
          }
        });
        const untrained = reconstructLoneRows(blocksOf(reference), rows, { ...training, steps: 1 }).output;
        closeTo(t, untrained, outputs.output_before_training!, 'output before training', 1e-5);
        const after = reconstructLoneRows(blocks, rows, { ...training, steps: 1 }).output;
        closeTo(t, after, outputs.output_after_training!, 'output after training', 1e-5);
      }
      t.end();
    },
  );
}

test('the loss of a reconstruction and a step down its slope, by hand', (t) => {
  const [output, target] = [matrix(Float64Array.of(1, 2), 1, 2), matrix(Float64Array.of(0, 4), 1, 2)];
  const { loss, gradient } = weightedSquaredError(output, target, 0.25);
  t.equal(loss, 0.25 * (1 + 4));
  t.deepEqual([...gradient.data], [0.5, -1]);
  const parameter = (name: string, ...data: number[]) => ({
    ...{ name, data: Float64Array.from(data), shape: [data.length] },
  });
  const parameters = [parameter('a', 1, 2, 3), parameter('b', 4)];
  descend(parameters, [parameter('a', 2, -4, 0), parameter('b', 1)], 0.5);
  t.deepEqual(
    parameters.map(({ data }) => [...data]),
    [[0, 4, 3], [3.5]],
  );
  t.end();
});

test('the released server trains its blocks on one cluster after the other, each with the rows of its own clients', (t) => {
  const [dim, users] = [8, 12];
  const split = leaveOneOut(syntheticRatings({ users, items: 40, groups: 2, scenesPerGroup: 2, meanRatings: 8 }).ratings); // biome-ignore format: one line
  const { setup } = openRun(fedtlrecReleased, split, {
    settings: { factors: 4, rank: 2, serverLearningRate: 0.2 },
  });
  const fresh = () => {
    const memory = new Memory();
    const server = releasedServer({ ...setup, memory }, dim);
    server.initialize();
    return { server, encoder: memory.arrays.encoder as Float32Array };
  };
  const rng = randomStream(9);
  const rows = Float32Array.from(
    { length: users * dim },
    (_, at) => rng.normal() + 4 * (Math.floor(at / dim) % 3),
  );
  const clients = Uint32Array.from({ length: users }, (_, client) => client);
  const isPresent = new Uint8Array(users).fill(1);
  const out = new Float32Array(users * dim);
  const { server } = fresh();
  const [event] = [...server.answer(1, { clients, rows, isPresent } as never, out)];
  const { labels } = event as Extract<typeof event, { type: 'clients-clustered' }>;
  t.ok(new Set(labels).size > 1, `${labels}`);
  const blocks = [viewEncoderBlock(fresh().encoder, dim)]; // one: there are fewer than 128 clients
  const order = shuffle(clients.slice(), randomStream(setup.settings.seed, 'participants', 1));
  const training = { learningRate: 0.2, steps: 10, rowsPerBlock: 128, backend: setup.loops.matmul };
  for (const label of [...new Set(labels)].sort((a, b) => a - b)) {
    const members = [...order].filter((client) => labels[client] === label);
    const own = Float32Array.from(
      members.flatMap((client) => [...rows.subarray(client * dim, (client + 1) * dim)]),
    );
    const { output } = reconstructLoneRows(blocks, matrix(own, members.length, dim), training);
    members.forEach((client, row) => {
      const got = out.subarray(client * dim, (client + 1) * dim);
      t.deepEqual(got, output.data.slice(row * dim, (row + 1) * dim), `client ${client}`);
    });
  }
  t.end();
});

test('blocks are of 128 rows, and one more is made than are full', (t) => {
  const clients = [1, 127, 128, 943];
  t.deepEqual(
    clients.map((count) => blocksFor(count)),
    [1, 1, 2, 8],
  );
  t.equal(encoderBlocksOf(300).length, 3 * encoderBlockLength(4));
  t.end();
});

/** The memory that the released server asks for its blocks. */
function encoderBlocksOf(users: number): Float32Array {
  const { memory } = openRun(
    fedtlrecReleased,
    leaveOneOut(syntheticRatings({ users, items: 40, meanRatings: 8, seed: 2 }).ratings),
    { settings: { rounds: 1, factors: 2, rank: 2 } },
  );
  return memory.arrays.encoder as Float32Array;
}
