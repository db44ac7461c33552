// Logistic regression with several classes: scores s = W [x, 1], probabilities softmax(s), one row of W a class.
// In: clients with labelled vectors; out: a task whose table is W [classes, dims + 1], so that its change can travel in low
// rank. The gradient of the mean cross-entropy with respect to W is Σ (softmax(s) − onehot(y)) [x, 1]ᵀ / n.
import type { Task, Weights } from '../federated/task.ts';
import type { LabelledVectors } from './vectors.ts';

export interface ClassificationOptions {
  readonly name?: string;
  /** `import.meta.url` of the module that exports the task, for threads. */
  readonly module?: string;
  readonly classes: number;
  readonly dims: number;
}

/** Multinomial logistic regression; its metric is the accuracy on the clients' test samples. */
export function logisticRegression(
  clients: readonly LabelledVectors[],
  { name = 'logistic-regression', module, classes, dims }: ClassificationOptions,
): Task<LabelledVectors> {
  const width = dims + 1;
  const scores = new Float64Array(classes);
  const score = ({ vectors }: LabelledVectors, sample: number, { table }: Weights) => {
    for (let label = 0; label < classes; label++) {
      let sum = table[label * width + dims]!; // the bias
      for (let k = 0; k < dims; k++) sum += table[label * width + k]! * vectors[sample * dims + k]!;
      scores[label] = sum;
    }
  };
  return {
    name,
    module,
    clients,
    shape: { rows: classes, dims: width, extra: 0 },
    weight: ({ train }) => train,
    gradient(data, weights, gradient) {
      let loss = 0;
      for (let sample = 0; sample < data.train; sample++) {
        score(data, sample, weights);
        const label = data.labels[sample]!;
        loss += crossEntropyGradient(scores, label);
        for (let row = 0; row < classes; row++) {
          const error = scores[row]! / data.train; // of the mean over the samples
          for (let k = 0; k < dims; k++)
            gradient.table[row * width + k]! += error * data.vectors[sample * dims + k]!;
          gradient.table[row * width + dims]! += error;
        }
      }
      return loss / data.train;
    },
    measure: (data, weights) => accuracy(data, (sample) => score(data, sample, weights), scores),
  };
}

/** Turns scores into softmax(s) − onehot(label), in place, and returns the cross-entropy −log softmax(s)[label]. */
export function crossEntropyGradient(scores: Float64Array, label: number): number {
  const most = Math.max(...scores);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  const loss = Math.log(sum) + most - scores[label]!;
  for (let at = 0; at < scores.length; at++) scores[at] = Math.exp(scores[at]! - most) / sum;
  scores[label]! -= 1;
  return loss;
}

/** Right answers among the samples that were not trained on; `score` fills `scores` for one sample. */
export function accuracy(
  { labels, train }: LabelledVectors,
  score: (sample: number) => void,
  scores: Float64Array,
): { sum: number; cases: number } {
  let right = 0;
  for (let sample = train; sample < labels.length; sample++) {
    score(sample);
    if (scores.indexOf(Math.max(...scores)) === labels[sample]) right++;
  }
  return { sum: right, cases: labels.length - train };
}
