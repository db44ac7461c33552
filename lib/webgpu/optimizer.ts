// Optimiser steps on the GPU: parameters change in place. As lib/model/optimizer.ts does it.
import type { AdamSettings, SgdSettings } from '../model/optimizer.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { dispatchElements, expectSameShape } from './rowwise.ts';

/** w ← w − learningRate · g. @throws RangeError if the shapes differ */
export function sgdStep(parameters: GpuMatrix, gradient: GpuMatrix, { learningRate }: SgdSettings): void {
  expectSameShape('sgdStep', parameters, gradient);
  const { gpu, rows, columns } = parameters;
  const operands = [gradient, parameters];
  dispatchElements(gpu, { kernel: 'sgd-step', operands, rows, columns, real: [learningRate] });
}

/** What Adam remembers of the earlier gradients; both begin as zeros. */
export interface GpuAdamState {
  readonly firstMoment: GpuMatrix;
  readonly secondMoment: GpuMatrix;
  /** t, the steps taken so far. */
  step: number;
}

/**
 * One step of Adam. The step's number is part of what is dispatched, so a recording must not hold it.
 *
 * @throws RangeError if the shapes differ
 */
export function adamStep(
  parameters: GpuMatrix,
  gradient: GpuMatrix,
  state: GpuAdamState,
  settings: AdamSettings,
): void {
  const { firstMoment, secondMoment } = state;
  expectSameShape('adamStep', parameters, gradient, firstMoment, secondMoment);
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings;
  const { gpu, rows, columns } = parameters;
  state.step++;
  dispatchElements(gpu, {
    kernel: 'adam-step',
    operands: [gradient, parameters, firstMoment, secondMoment],
    rows,
    columns,
    real: [
      ...[learningRate, epsilon, 1 - beta1 ** state.step, 1 - beta2 ** state.step],
      ...[beta1, 1 - beta1, beta2, 1 - beta2],
    ],
  });
}
