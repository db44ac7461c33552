// Training that knows order: clients fit what windows do not explain already. A client's scores in training are
// s = [p, 1]·q + w · c, with c what windows of all clients say comes after its last items, as when it scores. In: a split, rows of M
// and w; out: `fedtlrec` with this loss. M is taken for known from the first round on, so this is the most that it could give.
import type { Split } from '../lib/data/split.ts';
import { itemsOf } from '../lib/data/split.ts';
import type { LogisticLoss, RankOneFactors } from '../lib/federated/logistic-loss.ts';
import type { Loops } from '../lib/federated/loops.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import type { Order } from '../lib/federated/windows/what-comes-next.ts';
import {
  scoreAll,
  scoreGradient,
  userGradient,
  userHessian,
  weightedLoss,
} from '../lib/model/factorization.ts';
import { rankOneUpdate } from '../lib/model/low-rank.ts';
import { type FloatArray, type Matrix, matrix, vector } from '../lib/numeric/ndarrays.ts';
import { type RowOf, whatComesNextBy } from './order-variants.ts';

/** fedtlrec whose clients train with w · c in their scores. */
export function trainedJointly(split: Split, rowOf: RowOf, order: Order): Recipe {
  const add = whatComesNextBy(split, rowOf);
  const { users, items } = split.train;
  const nextOf = Array.from({ length: users }, (_, client) => {
    const next = new Float32Array(items); // w · c
    if (itemsOf(split.train, client).length > 0) add(client, order, next);
    return next;
  });
  return { ...fedtlrec, create: (setup) => fedtlrec.create({ ...setup, loops: withNext(setup.loops) }) };

  /** Who draws a sample trains on it next: the place of its items tells who it is. */
  function withNext(loops: Loops): Loops {
    let next = new Float32Array(items);
    const clientAt = new Map(
      Array.from({ length: users }, (_, client) => [split.train.offsets[client]!, client]),
    );
    return {
      ...loops,
      negativeSampler(count) {
        const sampler = loops.negativeSampler(count);
        return {
          draw(positives, ...more) {
            next = nextOf[clientAt.get(positives.byteOffset / positives.BYTES_PER_ELEMENT)!]!;
            return sampler.draw(positives, ...more);
          },
        };
      },
      logisticLoss: (count, factors) => new LossBesideNext(count, factors, () => next),
    };
  }
}

/** The plain loss of a sample, with w · c in its scores; of all items, as in the re-fit, without. */
class LossBesideNext implements LogisticLoss {
  private readonly items: number;
  private readonly dims: number; // factors + 1
  private readonly next: () => Float32Array;
  private itemTable: Float32Array = new Float32Array(0);
  private rows: Uint32Array = new Uint32Array(0);
  private sampled: Matrix = matrix(new Float32Array(0), 0, 0); // [rows, dims]
  private sample: { counts: ArrayLike<number>; labels: ArrayLike<number> } = { counts: [], labels: [] };
  private scores: Float64Array = new Float64Array(0);
  private gradient: Float64Array = new Float64Array(0);

  constructor(items: number, factors: number, next: () => Float32Array) {
    this.items = items;
    this.dims = factors + 1;
    this.next = next;
  }

  setTable(itemTable: Float32Array): void {
    this.itemTable = itemTable;
  }

  setSample(rows: Uint32Array, counts: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { dims, itemTable } = this;
    const sampled = new Float32Array(rows.length * dims);
    rows.forEach((item, row) => {
      sampled.set(itemTable.subarray(item * dims, (item + 1) * dims), row * dims);
    });
    this.rows = rows;
    this.sampled = matrix(sampled, rows.length, dims);
    this.sample = { counts, labels };
    this.scores = new Float64Array(rows.length);
  }

  scoreGradient(userVector: FloatArray): Float64Array {
    scoreAll(vector(userVector), this.sampled, this.scores);
    if (this.rows.length < this.items) {
      const next = this.next();
      this.rows.forEach((item, row) => {
        this.scores[row]! += next[item]!;
      });
    }
    this.gradient = scoreGradient(this.scores, this.sample);
    return this.gradient;
  }

  loss(): number {
    return weightedLoss(this.scores, this.sample);
  }

  userGradient(): Float64Array {
    return userGradient(this.sampled, this.gradient);
  }

  userHessian(): Float64Array {
    return userHessian(this.sampled, this.scores, this.sample.counts);
  }

  rankOneUpdate(userVector: Float32Array): RankOneFactors {
    const { left, right } = rankOneUpdate(vector(this.gradient), vector(userVector));
    return { left: new Float32Array(left.data), right: new Float32Array(right.data) };
  }

  scoreAll(userVector: FloatArray, out: Float32Array): void {
    scoreAll(vector(userVector), matrix(this.itemTable, out.length, this.dims), out);
  }
}
