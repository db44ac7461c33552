// One local epoch, as the authors' released program trains a client: all samples once, in random order, in batches,
// plain SGD with three learning rates. In: a client's model and sample; out: the model changed in place, and the loss.
import type { Sample } from '../../data/negatives.ts';
import type { FloatArray } from '../../numeric/ndarrays.ts';
import type { RandomStream } from '../../numeric/rng.ts';
import { shuffle } from '../../numeric/sampling.ts';
import type { AdapterModel } from './adapter-model.ts';
import type { ScoreNetwork } from './score-network.ts';

/** Samples per SGD step. */
export const BATCH_SIZE = 128;
/** lr_eta of the released program: how much faster the user vector and the adapter learn than the network. */
const RATE_FACTOR = 80;

/** The three groups of parameters have a learning rate each. */
export interface LearningRates {
  readonly network: number;
  readonly userVector: number;
  /** For A and B. */
  readonly adapter: number;
}

/**
 * The released program's rates: lr, 80 · lr − lr, and 80 · items · lr − lr. The last one is large because the loss is
 * a mean over a batch in which an item occurs about once.
 */
export function learningRates(network: number, items: number): LearningRates {
  return {
    network,
    userVector: network * RATE_FACTOR - network,
    adapter: network * items * RATE_FACTOR - network,
  };
}

/** Samples in training order. */
export interface OrderedSamples {
  readonly items: Uint32Array;
  /** 0 or 1. */
  readonly labels: Uint8Array;
}

/** Lists each item as often as it was drawn, in random order. */
export function shuffledSamples(sample: Sample, rng: RandomStream): OrderedSamples {
  const order = new Uint32Array(sample.size); // rows of the sample, one a draw
  let written = 0;
  for (let row = 0; row < sample.rows.length; row++) {
    for (let draw = 0; draw < sample.counts[row]!; draw++) order[written++] = row;
  }
  shuffle(order, rng);
  const labels = new Uint8Array(sample.size);
  for (let at = 0; at < order.length; at++) {
    labels[at] = sample.labels[order[at]!]!;
    order[at] = sample.rows[order[at]!]!;
  }
  return { items: order, labels };
}

/**
 * Trains a client's model for one epoch, in place.
 *
 * @param base E [items, factors]
 * @param anchor the server's A [rank, factors], towards which the client's A is pulled
 * @param rng where dropout is drawn from
 * @returns the loss of each batch before its step
 */
export function trainLocalEpoch(
  network: ScoreNetwork,
  model: AdapterModel,
  base: FloatArray,
  anchor: FloatArray,
  samples: OrderedSamples,
  rates: LearningRates,
  rng: RandomStream,
  batchSize = BATCH_SIZE,
): number[] {
  const losses: number[] = [];
  for (let from = 0; from < samples.items.length; from += batchSize) {
    const items = samples.items.subarray(from, from + batchSize);
    const labels = samples.labels.subarray(from, from + batchSize);
    const { loss, byRowsOfB } = network.differentiate(model, base, anchor, items, labels, rng);
    losses.push(loss);
    const { gradient } = network;
    for (const name of ['weight1', 'bias1', 'weight2', 'bias2', 'weight3', 'bias3'] as const) {
      descend(model[name], gradient[name], rates.network);
    }
    descend(model.userVector, gradient.userVector, rates.userVector);
    descend(model.a, gradient.a, rates.adapter);
    descendRows(model.b, items, byRowsOfB, rates.adapter);
  }
  return losses;
}

function descend(values: FloatArray, gradient: FloatArray, rate: number): void {
  for (let at = 0; at < values.length; at++) values[at]! -= rate * gradient[at]!;
}

/** Moves the named rows of a table; an item that occurs twice in the batch moves twice. */
function descendRows(table: FloatArray, rows: Uint32Array, gradient: FloatArray, rate: number): void {
  const width = gradient.length / rows.length;
  for (let row = 0, at = 0; row < rows.length; row++) {
    const start = rows[row]! * width;
    for (let k = 0; k < width; k++, at++) table[start + k]! -= rate * gradient[at]!;
  }
}
