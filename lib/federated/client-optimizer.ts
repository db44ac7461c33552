// How private parameters move at home: an optimiser chosen by name, as `ServerOptimizer` is one for the item table.
// In: parameters, their gradient and a slice of the client's state; out: nothing, both are changed in place. A further
// optimiser is a further entry of the list (docs/changing.md adds one).
import { adagradStep, moveByAdam, sgdStep } from '../model/optimizer.ts';
import type { FloatArray } from '../numeric/ndarrays.ts';

/** Moves parameters against their gradient; what it remembers of earlier ones lies in the caller's array. */
export interface ClientOptimizer {
  /** How many numbers it remembers; they start at 0. */
  stateLength(parameters: number): number;
  /** One step; changes `parameters` and `state` in place. */
  step(parameters: Float32Array, gradient: FloatArray, state: Float32Array): void;
}

/** What an optimiser is made of. */
export interface OptimizerOptions {
  readonly learningRate: number;
  /** How slowly Adam's mean of squared gradients forgets. Default: .99, for runs of few steps. */
  readonly beta2?: number;
}

/** All optimisers by the names that the setting `clientOptimizer` takes. */
export const clientOptimizers = {
  adam: ({ learningRate, beta2 = 0.99 }) => {
    const settings = { learningRate, beta1: 0.9, beta2 };
    return {
      stateLength: (parameters) => 2 * parameters + 1, // two moments each, and the number of steps
      step(parameters, gradient, state) {
        const count = parameters.length;
        const moments = {
          firstMoment: state.subarray(0, count),
          secondMoment: state.subarray(count, 2 * count),
          step: state[2 * count]!,
        };
        moveByAdam(parameters, gradient, moments, settings);
        state[2 * count] = moments.step;
      },
    };
  },
  adagrad: (settings) => ({
    stateLength: (parameters) => parameters,
    step: (parameters, gradient, squares) => adagradStep(parameters, gradient, { squares }, settings),
  }),
  sgd: (settings) => ({
    stateLength: () => 0,
    step: (parameters, gradient) => sgdStep(parameters, gradient, settings),
  }),
} as const satisfies Readonly<Record<string, (options: OptimizerOptions) => ClientOptimizer>>;

export type ClientOptimizerName = keyof typeof clientOptimizers;

/** The names, in the order of the list. */
export const clientOptimizerNames = Object.keys(clientOptimizers) as ClientOptimizerName[];
