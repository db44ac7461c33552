// Attention over a client's own items, as a federation could have it: a block of a transformer that every client runs at home over
// the item factors that it has anyway. Clients send the gradient of the block's weights, never of items; the server adds up and steps.
// In: a split and the item table of a trained run; out: what the block adds to a client's scores, and how many weights travel.
import { itemsOf, type Split } from '../lib/data/split.ts';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import type { Order } from '../lib/federated/windows/what-comes-next.ts';
import { adamState, moveByAdam } from '../lib/model/optimizer.ts';
import { namedParameters } from '../lib/model/parameters.ts';
import { type RandomStream, randomStream } from '../lib/numeric/rng.ts';
import { batchLoss } from '../lib/peers/sasrec/batch-loss.ts';
import {
  encodeSequence,
  type SequenceParameters,
  sequenceParameters,
} from '../lib/peers/sasrec/causal-encoder.ts';
import { lengthOf, parametersIn } from '../lib/peers/sasrec/parameters-in.ts';
import { drawStretches } from '../lib/peers/sasrec/stretches.ts';

/** Rounds, the share of clients asked in each, and the rate at which the server's Adam begins; it falls to 0. */
const [ROUNDS, FRACTION, RATE] = [400, 0.05, 0.01];
/** The last items that are read. */
const LENGTH = 50;
/** Items that a client compares the next one with. */
const DRAWN = 100;
const HEADS = 2;

export interface OwnAttention {
  /** Numbers that a client sends in each round in which it is asked, and receives. */
  readonly weights: number;
  readonly rounds: number;
  /** Share of the clients that is asked in a round. */
  readonly fraction: number;
  /** Mean loss of a prediction in the first and in the last tenth of the rounds. */
  readonly losses: readonly [number, number];
  /** Adds the block's scores, with mean 0 and deviation `weight` over all items. */
  add(client: number, order: Order, scores: Float32Array): void;
}

/** @param itemTable Q [items, factors + 1] of a trained run: read here, never changed */
export function trainOwnAttention(split: Split, seed: number, itemTable: Float32Array): OwnAttention {
  const { items } = split.train;
  const backend = chooseLoops().matmul;
  const frozen = standardizedItems(itemTable, items);
  const dim = frozen.length / items;
  const shape = { items, length: LENGTH, dim, hidden: 2 * dim, blocks: 1 };
  const shapes = sequenceParameters(shape, randomStream(seed, 'own attention'), 0.1, 'float32');
  const values = new Float32Array(lengthOf(shapes));
  const parameters = filled(values, shapes, frozen);
  const sum = new Float32Array(values.length);
  const gradient = parametersIn(sum, shapes);
  const adam = adamState(values.length);
  const losses: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    sum.fill(0);
    let [loss, predictions] = [0, 0];
    for (let client = 0; client < split.train.users; client++) {
      const rng = randomStream(seed, 'own attention', round, client);
      if (rng.uniform() >= FRACTION) continue;
      const stretches = drawStretches(alone(split, client), LENGTH, rng);
      if (stretches.length === 0) continue;
      loss += batchLoss(parameters, stretches, drawnItems(items, rng), gradient, { heads: HEADS, backend });
      predictions += itemsOf(split.train, client).length - 1;
    }
    losses.push(loss / Math.max(1, predictions));
    gradient.items.data.fill(0); // items stay as they are, and no client tells which it has
    moveByAdam(values, sum, adam, { learningRate: RATE * (1 - (round - 1) / ROUNDS) });
  }
  const tenth = ROUNDS / 10;
  const mean = (some: readonly number[]) => some.reduce((total, loss) => total + loss, 0) / some.length;
  return {
    weights: values.length - frozen.length,
    rounds: ROUNDS,
    fraction: FRACTION,
    losses: [mean(losses.slice(0, tenth)), mean(losses.slice(-tenth))],
    add: scorer(split, parameters),
  };
}

function scorer(split: Split, parameters: SequenceParameters): OwnAttention['add'] {
  const backend = chooseLoops().matmul;
  const { items } = split.train;
  const dim = parameters.items.shape[1]!;
  const kept = new Map<number, Float32Array>();
  const scoresOf = (client: number) => {
    const newest = itemsOf(split.train, client).slice(-LENGTH);
    const scores = new Float32Array(items);
    if (newest.length === 0) return scores;
    const { output } = encodeSequence(parameters, newest, { heads: HEADS, backend });
    const h = output.data.subarray(output.size - dim);
    for (let at = 0; at < items * dim; at++)
      scores[Math.floor(at / dim)]! += h[at % dim]! * parameters.items.data[at]!;
    return standardize(scores);
  };
  return (client, { weight }, scores) => {
    const own = kept.get(client) ?? scoresOf(client);
    kept.set(client, own);
    for (let item = 0; item < items; item++) scores[item]! += weight * own[item]!;
  };
}

/** Columns of Q with deviation 1, and one of zeros where their number is odd, so that two heads can share them. */
/** Mean 0 and deviation 1; a constant becomes 0. */
export function standardizedItems(itemTable: Float32Array, items: number): Float32Array {
  const from = itemTable.length / items;
  const dim = from + (from % 2);
  const out = new Float32Array(items * dim);
  for (let k = 0; k < from; k++) {
    const column = standardize(
      Float32Array.from({ length: items }, (_, item) => itemTable[item * from + k]!),
    );
    for (let item = 0; item < items; item++) out[item * dim + k] = column[item]!;
  }
  return out;
}

/** Mean 0 and deviation 1; a constant becomes 0. */
export function standardize(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

function filled(values: Float32Array, shapes: SequenceParameters, items: Float32Array): SequenceParameters {
  let from = 0;
  for (const { data } of namedParameters(shapes)) {
    values.set(data, from);
    from += data.length;
  }
  const parameters = parametersIn(values, shapes);
  parameters.items.data.set(items);
  return parameters;
}

/** The training items of one client, as if nobody else were there. */
function alone({ train }: Split, client: number): Split['train'] {
  const itemOf = itemsOf({ ...train }, client);
  return { users: 1, items: train.items, offsets: Uint32Array.of(0, itemOf.length), itemOf };
}

function drawnItems(items: number, rng: RandomStream): Uint32Array {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(DRAWN, items)) drawn.add(rng.integer(items));
  return Uint32Array.from(drawn);
}
