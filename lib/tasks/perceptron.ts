// A small perceptron: one hidden layer with ReLU, then a softmax over classes. h = relu(W [x, 1]), s = V [h, 1].
// In: clients with labelled vectors; out: a task whose table is W [hidden, dims + 1], which can travel in low rank, and
// whose extra weights are V [classes, hidden + 1].
import type { Task, Weights } from '../federated/task.ts';
import { accuracy, type ClassificationOptions, crossEntropyGradient } from './logistic-regression.ts';
import type { LabelledVectors } from './vectors.ts';

export interface PerceptronOptions extends ClassificationOptions {
  /** Width of the hidden layer. Default: 16. */
  readonly hidden?: number;
}

/** A perceptron with one hidden layer; its metric is the accuracy on the clients' test samples. */
export function perceptron(
  clients: readonly LabelledVectors[],
  { name = 'perceptron', module, classes, dims, hidden = 16 }: PerceptronOptions,
): Task<LabelledVectors> {
  const [width, outputWidth] = [dims + 1, hidden + 1];
  const signals = new Float64Array(hidden); // h
  const scores = new Float64Array(classes); // s
  const run = ({ vectors }: LabelledVectors, sample: number, { table, extra }: Weights) => {
    for (let unit = 0; unit < hidden; unit++) {
      let sum = table[unit * width + dims]!;
      for (let k = 0; k < dims; k++) sum += table[unit * width + k]! * vectors[sample * dims + k]!;
      signals[unit] = Math.max(0, sum);
    }
    for (let label = 0; label < classes; label++) {
      let sum = extra[label * outputWidth + hidden]!;
      for (let unit = 0; unit < hidden; unit++) sum += extra[label * outputWidth + unit]! * signals[unit]!;
      scores[label] = sum;
    }
  };
  return {
    name,
    module,
    clients,
    shape: { rows: hidden, dims: width, extra: classes * outputWidth },
    weight: ({ train }) => train,
    initialize({ table, extra }, rng) {
      for (let at = 0; at < table.length; at++)
        table[at] = at % width === dims ? 0 : rng.normal() * Math.sqrt(2 / dims); // He et al. (2015)
      for (let at = 0; at < extra.length; at++)
        extra[at] = at % outputWidth === hidden ? 0 : rng.normal() / Math.sqrt(hidden);
    },
    gradient(data, weights, gradient) {
      let loss = 0;
      for (let sample = 0; sample < data.train; sample++) {
        run(data, sample, weights);
        loss += crossEntropyGradient(scores, data.labels[sample]!);
        for (let unit = 0; unit < hidden; unit++) {
          let slope = 0; // gradient of the mean loss with respect to h
          for (let label = 0; label < classes; label++) {
            const error = scores[label]! / data.train;
            slope += error * weights.extra[label * outputWidth + unit]!;
            gradient.extra[label * outputWidth + unit]! += error * signals[unit]!;
          }
          if (signals[unit] === 0) continue; // ReLU cut it off
          for (let k = 0; k < dims; k++)
            gradient.table[unit * width + k]! += slope * data.vectors[sample * dims + k]!;
          gradient.table[unit * width + dims]! += slope;
        }
        for (let label = 0; label < classes; label++)
          gradient.extra[label * outputWidth + hidden]! += scores[label]! / data.train;
      }
      return loss / data.train;
    },
    measure: (data, weights) => accuracy(data, (sample) => run(data, sample, weights), scores),
  };
}
