// Optimisers move parameters against a gradient: SGD by a fixed share of it, AdaGrad by less and less, Adam by about one
// learning rate per step. In: flat arrays, any slice of a larger one, so that the states of all clients may lie in one
// array; out: nothing, the parameters and what the optimiser remembers are changed in place.
// AdaGrad: Duchi, Hazan & Singer (2011), its diagonal form. Adam: Kingma & Ba (2015), algorithm 1.
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger, type FloatArray, type FloatType } from '../numeric/ndarrays.ts';
import { mayOverlap } from '../numeric/overlap.ts';

/** Settings of `sgdStep`. */
export interface SgdSettings {
  /** How far one step goes, in units of the gradient. */
  readonly learningRate: number;
}

/** Settings of `adagradStep`. */
export interface AdagradSettings {
  /** How far the first step goes, in units of the parameter. */
  readonly learningRate: number;
  /** ε, added to the root so that the first small gradients do not make large steps. Default: 10⁻⁸. */
  readonly epsilon?: number;
}

/** What AdaGrad remembers of the earlier gradients. */
export interface AdagradState {
  /** G, the sum of the squared gradients, one per parameter. */
  readonly squares: FloatArray;
}

/** Settings of `adamStep`. */
export interface AdamSettings {
  /** How far one step goes at most, about, in units of the parameter. */
  readonly learningRate: number;
  /** β₁, how slowly the mean of the gradients forgets. Default: .9. */
  readonly beta1?: number;
  /** β₂, how slowly the mean of the squared gradients forgets. Default: .999. */
  readonly beta2?: number;
  /** ε, added to the root so that gradients near 0 do not make large steps. Default: 10⁻⁸. */
  readonly epsilon?: number;
}

/** What Adam remembers of the earlier gradients. */
export interface AdamState {
  /** m, the running mean of the gradients, one per parameter. */
  readonly firstMoment: FloatArray;
  /** v, the running mean of the squared gradients, one per parameter. */
  readonly secondMoment: FloatArray;
  /** t, the steps taken so far. */
  step: number;
}

/** AdaGrad before its first step. Default: float64, for the squares of small gradients are very small. */
export function adagradState(length: number, type: FloatType = 'float64'): AdagradState {
  return { squares: type === 'float32' ? new Float32Array(length) : new Float64Array(length) };
}

/** Adam before its first step. Default: float64, for the squares of small gradients are very small. */
export function adamState(length: number, type: FloatType = 'float64'): AdamState {
  expectInteger('adamState', 'length', length, 0, 2 ** 32);
  const allocate = () => (type === 'float32' ? new Float32Array(length) : new Float64Array(length));
  return { firstMoment: allocate(), secondMoment: allocate(), step: 0 };
}

/**
 * One step of gradient descent (Eq. 19): w ← w − learningRate · g.
 *
 * @param parameters w, changed in place
 * @param gradient g, as many; may share memory with w
 * @throws RangeError if the lengths differ or the learning rate is not a finite number of at least 0
 */
export function sgdStep(parameters: FloatArray, gradient: FloatArray, settings: SgdSettings): void {
  expectKind('sgdStep', 'parameters', parameters, 'list', 'a Float64Array');
  expectKind('sgdStep', 'gradient', gradient, 'list', 'a Float64Array');
  expectKind('sgdStep', 'settings', settings, 'object', '{ learningRate: 0.01 }');
  const { learningRate } = settings;
  expectLength('sgdStep', 'gradient', gradient, parameters.length);
  expectRate('sgdStep', learningRate);
  const derivatives = mayOverlap(parameters, gradient) ? gradient.slice() : gradient;
  for (let index = 0; index < parameters.length; index++) {
    parameters[index] = parameters[index]! - learningRate * derivatives[index]!;
  }
}

/**
 * One step of AdaGrad (Eq. 19): G ← G + g²; w ← w − learningRate · g / (√G + ε). A parameter that was moved often moves
 * less and less; a rare one keeps its long steps.
 *
 * @param parameters w, changed in place
 * @param gradient g, as many; may share memory with the others
 * @param state G, as many, changed in place; may be a slice of an array for many clients
 * @throws RangeError if the lengths differ, a setting is outside its range, or w and G share memory
 */
export function adagradStep(
  parameters: FloatArray,
  gradient: FloatArray,
  { squares }: AdagradState,
  settings: AdagradSettings,
): void {
  const { learningRate, epsilon = 1e-8 } = settings;
  expectLength('adagradStep', 'gradient', gradient, parameters.length);
  expectLength('adagradStep', 'squares', squares, parameters.length);
  expectRate('adagradStep', learningRate);
  expectAboveZero('adagradStep', epsilon);
  if (mayOverlap(parameters, squares)) {
    throw new RangeError('adagradStep: parameters and squares must not share memory, got arrays that do');
  }
  const isShared = mayOverlap(parameters, gradient) || mayOverlap(squares, gradient);
  const derivatives = isShared ? gradient.slice() : gradient;
  for (let index = 0; index < parameters.length; index++) {
    const derivative = derivatives[index]!;
    const sum = squares[index]! + derivative * derivative;
    squares[index] = sum;
    parameters[index] = parameters[index]! - (learningRate * derivative) / (Math.sqrt(sum) + epsilon);
  }
}

/**
 * One step of Adam (Eq. 19): m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; w ← w − learningRate · m̂ / (√v̂ + ε).
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) make up for the moments' start at 0.
 *
 * @param parameters w, changed in place
 * @param gradient g, as many; may share memory with the others
 * @param state m and v, as many, changed in place, and t, counted up. For many clients in one array, pass
 *   `{ firstMoment: all.subarray(from, to), secondMoment: …, step: steps[client] }` and keep the new step
 * @throws RangeError if the lengths differ, a setting is outside its range, or w, m and v share memory
 */
export function adamStep(
  parameters: FloatArray,
  gradient: FloatArray,
  state: AdamState,
  settings: AdamSettings,
): void {
  expectKind('adamStep', 'parameters', parameters, 'list', 'a Float64Array');
  expectKind('adamStep', 'gradient', gradient, 'list', 'a Float64Array');
  expectParts('adamStep', 'state', state, 'adamState(length)', { firstMoment: 'list', secondMoment: 'list' });
  expectKind('adamStep', 'settings', settings, 'object', '{ learningRate: 0.01 }');
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings;
  const { firstMoment, secondMoment } = state;
  expectLength('adamStep', 'gradient', gradient, parameters.length);
  expectLength('adamStep', 'firstMoment', firstMoment, parameters.length);
  expectLength('adamStep', 'secondMoment', secondMoment, parameters.length);
  expectRate('adamStep', learningRate);
  expectDecay('beta1', beta1);
  expectDecay('beta2', beta2);
  const written = [parameters, firstMoment, secondMoment] as const;
  expectApart(written);
  expectAboveZero('adamStep', epsilon);
  const isShared = written.some((values) => mayOverlap(values, gradient));
  moveByAdam(parameters, isShared ? gradient.slice() : gradient, state, settings);
}

/**
 * The step of Adam (Eq. 19): t ← t + 1; m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; w ← w − learningRate · m̂ / (√v̂ + ε).
 * `adamStep` for whoever has checked once that nothing is wrong and no two arrays share memory: clients step often.
 *
 * @param parameters w, changed in place
 * @param gradient g, as many
 * @param state m and v, as many, changed in place, and t, counted up
 * @param settings β₁, β₂ and ε are 0.9, 0.999 and 10⁻⁸ unless they are given
 */
export function moveByAdam(
  parameters: FloatArray,
  gradient: FloatArray,
  state: AdamState,
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamSettings,
): void {
  const { firstMoment, secondMoment } = state;
  state.step++;
  const correction1 = 1 - beta1 ** state.step;
  const correction2 = 1 - beta2 ** state.step;
  for (let index = 0; index < parameters.length; index++) {
    const derivative = gradient[index]!;
    const first = beta1 * firstMoment[index]! + (1 - beta1) * derivative;
    const second = beta2 * secondMoment[index]! + (1 - beta2) * derivative * derivative;
    firstMoment[index] = first;
    secondMoment[index] = second;
    const step = first / correction1 / (Math.sqrt(second / correction2) + epsilon);
    parameters[index] = parameters[index]! - learningRate * step;
  }
}

function expectLength(caller: string, name: string, values: FloatArray, length: number): void {
  if (values.length !== length) {
    throw new RangeError(
      `${caller}: ${name} must have one entry per parameter (${length}), got ${values.length}`,
    );
  }
}

function expectApart([parameters, first, second]: readonly [FloatArray, FloatArray, FloatArray]): void {
  if (mayOverlap(parameters, first) || mayOverlap(parameters, second) || mayOverlap(first, second)) {
    throw new RangeError(
      'adamStep: parameters, firstMoment and secondMoment must not share memory, got arrays that do',
    );
  }
}

function expectAboveZero(caller: string, epsilon: number): void {
  if (!(epsilon > 0)) throw new RangeError(`${caller}: epsilon must be above 0, got ${epsilon}`);
}

function expectRate(caller: string, learningRate: number): void {
  if (!Number.isFinite(learningRate) || learningRate < 0) {
    throw new RangeError(
      `${caller}: learningRate must be a finite number of at least 0, got ${learningRate}`,
    );
  }
}

function expectDecay(name: string, beta: number): void {
  if (!(beta >= 0 && beta < 1)) {
    throw new RangeError(`adamStep: ${name} must be at least 0 and below 1, got ${beta}`);
  }
}
