// Training that knows order: clients fit what windows do not explain already. A client's scores in training are
// s = [p, 1]·q + w · c, with c what windows of all clients say comes after its last items, as when it scores. In: a split, rows of M
// and w; out: `fedtlrec` with this loss. M is taken for known from the first round on, so this is the most that it could give.
import type { Split } from '../lib/data/split.ts';
import { itemsOf } from '../lib/data/split.ts';
import { PlainLogisticLoss } from '../lib/federated/logistic-loss.ts';
import type { Loops } from '../lib/federated/loops.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import type { Order } from '../lib/federated/windows/what-comes-next.ts';
import { scoreGradient } from '../lib/model/factorization.ts';
import type { FloatArray } from '../lib/numeric/ndarrays.ts';
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
class LossBesideNext extends PlainLogisticLoss {
  private readonly items: number;
  private readonly next: () => Float32Array;
  private rows: Uint32Array = new Uint32Array(0);

  constructor(items: number, factors: number, next: () => Float32Array) {
    super(factors);
    this.items = items;
    this.next = next;
  }

  override setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void {
    super.setSample(rows, weights, labels);
    this.rows = rows;
  }

  override scoreGradient(userVector: FloatArray): Float64Array {
    super.scoreGradient(userVector);
    if (this.rows.length === this.items) return this.gradient;
    const next = this.next();
    this.rows.forEach((item, row) => {
      this.scores[row]! += next[item]!;
    });
    this.gradient = scoreGradient(this.scores, this.sample);
    return this.gradient;
  }
}
