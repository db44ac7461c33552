// LoRA on a weight matrix: the layer stays as it was trained, and two thin matrices beside it learn what has changed.
import {
  adamState,
  adamStep,
  frobeniusNorm,
  loraBackward,
  loraForward,
  loraLinear,
  matrix,
  mergeLora,
  randomStream,
} from 'fedtlrec';

const [samples, inputs, outputs, rank] = [200, 32, 16, 2];
const rng = randomStream(1, 'prototype');
const numbers = (count: number) => Float64Array.from({ length: count }, () => rng.normal());

const weight = matrix(numbers(outputs * inputs), outputs, inputs); // W, trained on something else
const input = matrix(numbers(samples * inputs), samples, inputs);
const wanted = loraLinear(weight, { rank, seed: 2 }); // what the new task needs: a change of rank 2
wanted.left.data.set(numbers(outputs * rank));
const target = loraForward(wanted, input); // [samples, outputs]

const layer = loraLinear(weight, { rank, alpha: 4, seed: 1 });
const states = [adamState(layer.left.size), adamState(layer.right.size)] as const;
for (let step = 0; step <= 300; step++) {
  const error = loraForward(layer, input); // [samples, outputs]
  for (let at = 0; at < error.size; at++) error.data[at] = (error.data[at]! - target.data[at]!) / samples;
  if (step % 100 === 0) console.log(`step ${step}: error ${frobeniusNorm(error).toPrecision(2)}`);
  const gradient = loraBackward(layer, input, error);
  adamStep(layer.left.data, gradient.left.data, states[0], { learningRate: 0.05 });
  adamStep(layer.right.data, gradient.right.data, states[1], { learningRate: 0.05 });
}
console.log(
  `${layer.left.size + layer.right.size} numbers were trained; W, which was not, has ${weight.size}`,
);

const [merged, best] = [mergeLora(layer), mergeLora(wanted)]; // one matrix each, as fast as W
const off = merged.data.map((value, at) => value - best.data[at]!);
console.log(`the merged matrix is off by ${frobeniusNorm(matrix(off, outputs, inputs)).toFixed(3)}`);
