// A step of Adam, one thread a parameter, in place (Kingma & Ba, 2015, algorithm 1):
//     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   w ← w − learningRate · (m / c₁) / (√(v / c₂) + ε)
// The corrections c = 1 − βᵗ grow with the number of steps t, which the processor counts.
import { elementKernel } from './element-kernel.ts';

export const adamStepKernel = elementKernel(
  'adam-step',
  {
    matrices: { gradient: 'read', parameters: 'write', firstMoment: 'write', secondMoment: 'write' },
    numbers: [
      ...['learningRate', 'epsilon', 'correction1', 'correction2'],
      ...['beta1', 'rest1', 'beta2', 'rest2'], // rest = 1 − β, which float32 would not give exactly
    ],
  },
  /* wgsl */ `
  let g = gradient(i, j);
  let first = shape.beta1 * firstMoment(i, j) + shape.rest1 * g;
  let second = shape.beta2 * secondMoment(i, j) + shape.rest2 * g * g;
  setFirstMoment(i, j, first);
  setSecondMoment(i, j, second);
  let step = first / shape.correction1 / (sqrt(second / shape.correction2) + shape.epsilon);
  setParameters(i, j, parameters(i, j) - shape.learningRate * step);`,
);
