import test from 'tape';
import { adagradState, adagradStep, adamState, adamStep, sgdStep } from '../../lib/model/optimizer.ts';
import { closeTo, needs, readReference } from '../reference.ts';

test('SGD moves each parameter by the learning rate times its gradient', (t) => {
  const parameters = Float64Array.of(1, 2);
  sgdStep(parameters, Float64Array.of(4, -8), { learningRate: 0.25 });
  t.deepEqual([...parameters], [0, 4]);
  t.end();
});

test('AdaGrad divides by the root of all squares so far, by hand', (t) => {
  const parameters = Float64Array.of(1, 0, 7);
  const state = adagradState(3);
  const settings = { learningRate: 0.5, epsilon: 1e-300 };
  adagradStep(parameters, Float64Array.of(3, -5, 0), state, settings);
  t.deepEqual([...parameters], [0.5, 0.5, 7], 'one learning rate against the gradient; no gradient, no step');
  t.deepEqual([...state.squares], [9, 25, 0]);
  adagradStep(parameters, Float64Array.of(4, -12, 0), state, settings);
  closeTo(
    t,
    parameters,
    [0.5 - (0.5 * 4) / 5, 0.5 + (0.5 * 12) / 13, 7],
    '3² + 4² = 5², 5² + 12² = 13²',
    1e-15,
  );
  adagradStep(parameters, Float64Array.of(0, 0, 1e-3), state, { learningRate: 0.5, epsilon: 1e-3 });
  closeTo(t, [parameters[2]!], [6.75], 'ε as large as the gradient halves the step', 1e-12);
  t.ok(adagradState(2, 'float32').squares instanceof Float32Array && state.squares instanceof Float64Array);
  t.end();
});

test('AdaGrad changes nothing of what it refuses, and reads a gradient that lies in its own memory', (t) => {
  const [two, state] = [() => Float64Array.of(1, 2), adagradState(2)];
  const settings = { learningRate: 0.1 };
  t.throws(
    () => adagradStep(two(), new Float64Array(3), state, settings),
    /adagradStep: gradient must have one entry per parameter \(2\), got 3/,
  );
  t.throws(
    () => adagradStep(two(), two(), adagradState(1), settings),
    /adagradStep: squares must have one entry per parameter \(2\), got 1/,
  );
  t.throws(
    () => adagradStep(two(), two(), state, { learningRate: -1 }),
    /adagradStep: learningRate must be .* got -1/,
  );
  t.throws(
    () => adagradStep(two(), two(), state, { ...settings, epsilon: 0 }),
    /adagradStep: epsilon must be above 0, got 0/,
  );
  const own = two();
  t.throws(() => adagradStep(own, two(), { squares: own }, settings), /must not share memory/);
  t.deepEqual([...state.squares, ...own], [0, 0, 1, 2]);
  const memory = Float64Array.of(1, 2, 0, 0);
  const [overlapping, apart] = [memory.subarray(0, 2), two()];
  adagradStep(overlapping, memory.subarray(1, 3), adagradState(2), settings);
  adagradStep(apart, Float64Array.of(2, 0), adagradState(2), settings);
  t.deepEqual(overlapping, apart);
  t.end();
});

test("Adam's first step is one learning rate against the gradient, however large the gradient is", (t) => {
  const parameters = Float64Array.of(0, 0, 0);
  const state = adamState(3);
  adamStep(parameters, Float64Array.of(1e6, -1e-3, 0), state, { learningRate: 0.5 });
  closeTo(t, parameters, [-0.5, 0.5, 0], 'parameters', 2e-5);
  t.equal(parameters[2], 0, 'no gradient, no step');
  t.equal(state.step, 1);
  t.end();
});

test('clients whose states lie in one flat array train as if each had its own', (t) => {
  const settings = { learningRate: 0.1, beta2: 0.99 };
  const gradients = [[1, -2], [0.5, 0.25], [-3, 1]]; // biome-ignore format: one matrix, one line
  const flat = { parameters: new Float64Array(6), first: new Float64Array(6), second: new Float64Array(6) };
  const steps = new Uint32Array(3);
  const trainings = [0, 1, 0, 2, 0]; // client 0 trains three times, the others once
  for (const client of trainings) {
    const slice = (all: Float64Array) => all.subarray(2 * client, 2 * client + 2);
    const state = { firstMoment: slice(flat.first), secondMoment: slice(flat.second), step: steps[client]! };
    adamStep(slice(flat.parameters), Float64Array.from(gradients[client]!), state, settings);
    steps[client] = state.step;
  }
  t.deepEqual([...steps], [3, 1, 1]);
  for (const client of [0, 1, 2]) {
    const alone = new Float64Array(2);
    const state = adamState(2);
    for (let step = 0; step < steps[client]!; step++)
      adamStep(alone, Float64Array.from(gradients[client]!), state, settings);
    t.deepEqual(flat.parameters.subarray(2 * client, 2 * client + 2), alone, `client ${client}`);
  }
  t.end();
});

test('Adam in float32 stays within rounding of Adam in float64', (t) => {
  const gradient = [0.3, -2, 1e-4];
  const [single, double] = [new Float32Array(3), new Float64Array(3)];
  const [singleState, doubleState] = [adamState(3, 'float32'), adamState(3)];
  t.ok(singleState.firstMoment instanceof Float32Array && doubleState.firstMoment instanceof Float64Array);
  for (let step = 1; step <= 20; step++) {
    const now = gradient.map((value) => value * Math.cos(step));
    adamStep(single, Float32Array.from(now), singleState, { learningRate: 0.01 });
    adamStep(double, Float64Array.from(now), doubleState, { learningRate: 0.01 });
  }
  closeTo(t, single, double, 'parameters', 1e-5);
  t.end();
});

test('arrays of other lengths and settings out of range are refused before anything changes', (t) => {
  const two = () => new Float64Array(2);
  const settings = { learningRate: 0.1 };
  t.throws(
    () => sgdStep(two(), new Float64Array(3), settings),
    /RangeError: sgdStep: gradient must have one entry per parameter \(2\), got 3/,
  );
  t.throws(
    () => sgdStep(two(), two(), { learningRate: Number.NaN }),
    /sgdStep: learningRate must be a finite number of at least 0, got NaN/,
  );
  const state = adamState(2);
  t.throws(
    () => adamStep(two(), two(), adamState(3), settings),
    /adamStep: firstMoment must have one entry per parameter \(2\), got 3/,
  );
  t.throws(
    () => adamStep(two(), two(), { ...state, secondMoment: new Float64Array(1) }, settings),
    /secondMoment/,
  );
  t.throws(() => adamStep(two(), two(), state, { learningRate: -1 }), /adamStep: learningRate/);
  t.throws(
    () => adamStep(two(), two(), state, { ...settings, beta1: 1 }),
    /beta1 must be at least 0 and below 1, got 1/,
  );
  t.throws(() => adamStep(two(), two(), state, { ...settings, beta2: -0.1 }), /beta2/);
  t.throws(
    () => adamStep(two(), two(), state, { ...settings, epsilon: 0 }),
    /epsilon must be above 0, got 0/,
  );
  t.equal(state.step, 0);
  t.end();
});

test('SGD agrees with torch over five steps', needs('reference/sgd.json'), (t) => {
  const { config, inputs, outputs } = readReference('sgd');
  const parameters = Float64Array.from(inputs.initial!.data);
  for (let step = 0; step < config.steps; step++) {
    const row = [step * parameters.length, (step + 1) * parameters.length] as const;
    sgdStep(parameters, Float64Array.from(inputs.gradients!.data.slice(...row)), {
      learningRate: config.learning_rate,
    });
    closeTo(t, parameters, outputs.parameters!.data.slice(...row), `step ${step + 1}`);
  }
  t.end();
});

for (const name of ['adam-beta2-999', 'adam-beta2-99']) {
  test(
    `${name}: Adam and its moments agree with torch over five steps`,
    needs(`reference/${name}.json`),
    (t) => {
      const { config, inputs, outputs } = readReference(name);
      const parameters = Float64Array.from(inputs.initial!.data);
      const state = adamState(parameters.length);
      const settings = {
        learningRate: config.learning_rate,
        beta1: config.beta1,
        beta2: config.beta2,
        epsilon: config.eps,
      };
      for (let step = 0; step < config.steps; step++) {
        const row = [step * parameters.length, (step + 1) * parameters.length] as const;
        adamStep(parameters, Float64Array.from(inputs.gradients!.data.slice(...row)), state, settings);
        closeTo(t, parameters, outputs.parameters!.data.slice(...row), `parameters, step ${step + 1}`);
        closeTo(
          t,
          state.firstMoment,
          outputs.first_moment!.data.slice(...row),
          `first moment, step ${step + 1}`,
        );
        closeTo(
          t,
          state.secondMoment,
          outputs.second_moment!.data.slice(...row),
          `second moment, step ${step + 1}`,
        );
      }
      t.equal(parameters[0], inputs.initial!.data[0], 'no gradient, no step');
      t.end();
    },
  );
}
