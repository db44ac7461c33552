// Trains the transformer epoch by epoch, and scores a client from its last items.
// In: a split; out: a model that runs as a central program. All that it learns lies in one array of the run's memory, with
// Adam's two moments beside it; the learning rate falls to 0 over the run, in a straight line.
import { itemsOf } from '../../data/split.ts';
import type { Setup } from '../../federated/recipe.ts';
import { moveByAdam } from '../../model/optimizer.ts';
import { namedParameters } from '../../model/parameters.ts';
import { type RandomStream, randomStream } from '../../numeric/rng.ts';
import type { CentralModel } from '../central.ts';
import { batchLoss } from './batch-loss.ts';
import { encodeSequence, type SequenceParameters, sequenceParameters } from './causal-encoder.ts';
import { lengthOf, parametersIn } from './parameters-in.ts';
import { drawStretches } from './stretches.ts';

/** What is fixed for all data. */
export interface NextItemOptions {
  /** The last items that are read of a history. */
  readonly length: number;
  readonly blocks: number;
  /** Share of the numbers that are left out before the first block and after the last, while training. */
  readonly dropout: number;
  /** Stretches in a batch. */
  readonly batchSize: number;
}

export class NextItemModel implements CentralModel {
  private readonly setup: Setup;
  private readonly options: NextItemOptions;
  private readonly values: Float32Array;
  private readonly gradient: Float32Array;
  private readonly moments: Float32Array; // [2, parameters]
  private readonly steps: Uint32Array; // [1]
  private readonly parameters: SequenceParameters; // views of `values`
  private readonly gradients: SequenceParameters; // views of `gradient`

  constructor(setup: Setup, options: NextItemOptions) {
    const { settings, memory } = setup;
    if (settings.factors % settings.heads !== 0) {
      throw new RangeError(
        `sasrec: heads (--heads) must divide the factors (--factors, ${settings.factors}), got ${settings.heads}; 1 always divides`,
      );
    }
    this.setup = setup;
    this.options = options;
    const shapes = this.fresh();
    const length = lengthOf(shapes);
    this.values = memory.float32('nextItem', length);
    this.moments = memory.float32('nextItemMoments', 2 * length);
    this.steps = memory.uint32('nextItemSteps', 1);
    this.gradient = new Float32Array(length);
    this.parameters = parametersIn(this.values, shapes);
    this.gradients = parametersIn(this.gradient, shapes);
  }

  initialize(): void {
    let from = 0;
    for (const { data } of namedParameters(this.fresh())) {
      this.values.set(data, from);
      from += data.length;
    }
  }

  epoch(round: number): number {
    const { split, settings, loops } = this.setup;
    const { length, dropout, batchSize } = this.options;
    const { seed, heads, negatives } = settings;
    const stretches = drawStretches(split.train, length, randomStream(seed, 'stretches', round));
    const drawing = randomStream(seed, 'negatives', round);
    const leavingOut = { share: dropout, rng: randomStream(seed, 'dropout', round) };
    const encoding = { heads, backend: loops.matmul, dropout: leavingOut };
    const items = Uint32Array.from({ length: split.train.items }, (_, item) => item);
    let [loss, predictions] = [0, 0];
    for (let from = 0; from < stretches.length; from += batchSize) {
      const batch = stretches.slice(from, from + batchSize);
      const drawn = drawDifferent(items, negatives, drawing);
      this.gradient.fill(0);
      loss += batchLoss(this.parameters, batch, drawn, this.gradients, encoding);
      for (const stretch of batch) predictions += stretch.length - 1;
      this.step((round - 1 + from / stretches.length) / settings.rounds);
    }
    return predictions === 0 ? 0 : loss / predictions;
  }

  /** Scores e·h, where h is the row of the newest item; 0 for all where there is no history. */
  score(user: number, scores: Float32Array): void {
    const { split, settings, loops } = this.setup;
    const history = itemsOf(split.train, user);
    scores.fill(0);
    if (history.length === 0) return;
    const { heads, factors: dim } = settings;
    const newest = history.subarray(Math.max(0, history.length - this.options.length));
    const { output } = encodeSequence(this.parameters, newest, { heads, backend: loops.matmul });
    const h = output.data.subarray(output.size - dim); // [dim]
    const table = this.parameters.items.data; // E [items, dim]
    for (let item = 0; item < scores.length; item++) {
      let score = 0;
      for (let k = 0; k < dim; k++) score += h[k]! * table[item * dim + k]!;
      scores[item] = score;
    }
  }

  /** @param progress share of the run that is done */
  private step(progress: number): void {
    const { values, gradient, moments, steps } = this;
    const { serverLearningRate } = this.setup.settings;
    const state = {
      firstMoment: moments.subarray(0, values.length),
      secondMoment: moments.subarray(values.length),
      step: steps[0]!,
    };
    moveByAdam(values, gradient, state, { learningRate: serverLearningRate * (1 - progress) });
    steps[0] = state.step;
  }

  private fresh(): SequenceParameters {
    const { split, settings } = this.setup;
    const { length, blocks } = this.options;
    const { factors: dim, itemScale, seed } = settings;
    const shape = { items: split.train.items, length, dim, hidden: dim, blocks };
    return sequenceParameters(shape, randomStream(seed, 'server'), itemScale, 'float32');
  }
}

/** Draws different items, or takes all where there are no more: shuffles only as far as it needs to. */
function drawDifferent(items: Uint32Array, count: number, rng: RandomStream): Uint32Array {
  const drawn = Math.min(count, items.length);
  for (let at = 0; at < drawn; at++) {
    const other = at + rng.integer(items.length - at);
    const kept = items[at]!;
    items[at] = items[other]!;
    items[other] = kept;
  }
  return items.slice(0, drawn);
}
