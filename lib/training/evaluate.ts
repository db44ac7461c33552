// Scores every client once and ranks its held-out item, for several weights β of the personal part at a time (Eq. 14).
// In: a program and a block of clients; out: metrics per client. Blocks are independent, so threads may share them;
// nothing of size clients × items is ever held.
import { type FurtherName, rankMetrics } from '../evaluation/metrics.ts';
import { type Part, type PerUser, rankingTask } from '../evaluation/protocol.ts';
import { chancesOfRanks } from '../evaluation/rank-worth.ts';
import type { Program, Setup } from '../federated/recipe.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';

/** What to measure. */
export interface EvaluationTask {
  readonly part: Part;
  /** τ of the recency re-fit, or null. */
  readonly recency: number | null;
  /** Weights β of the personal part to try. */
  readonly mixes: readonly number[];
  /** Weights of what tends to come next to try, each with every mix; null is without. Default: only without. */
  readonly orders?: readonly (Order | null)[];
  /** What else is measured. Default: what every run measures. */
  readonly further?: readonly FurtherName[];
}

const withoutOrder: readonly (Order | null)[] = [null];

/** What is measured, in the order of the results: every mix for the first order, then for the next. */
export function variantsOf({ mixes, orders = withoutOrder }: EvaluationTask): Variant[] {
  return orders.flatMap((order) => mixes.map((mix) => ({ mix, order })));
}

/** One way to put a client's scores together. */
export interface Variant {
  /** β */
  readonly mix: number;
  readonly order: Order | null;
}

/**
 * Clients scored together: many enough that a matrix product pays for fetching its operands, few enough that the
 * scores of a block stay in the cache and that there is a block for each of eight threads.
 */
export function blockSizeFor(clients: number): number {
  return Math.min(256, Math.max(128, Math.ceil(clients / 8)));
}

/** The figures of a block's clients for each variant, [variants, block, metrics]; NaN where nothing is held out. */
export function evaluateBlock(
  program: Pick<Program, 'hasPersonalParts' | 'personalParts' | 'score' | 'whatComesNext'>,
  { split, loops }: Pick<Setup, 'split' | 'loops'>,
  block: Uint32Array,
  task: EvaluationTask,
): Float64Array {
  const { mixes, orders = withoutOrder } = task;
  const variants = mixes.length * orders.length;
  const metrics = rankMetrics(task.further);
  const measured = new Float64Array(variants * block.length * metrics.length).fill(Number.NaN);
  const { items } = split.train;
  const base = new Float32Array(items);
  const scores = new Float32Array(items);
  const ranks = loops.mixedRanks(items);
  const personal = program.hasPersonalParts ? new Float32Array(block.length * items) : null;
  if (personal) program.personalParts(block, personal);
  block.forEach((client, row) => {
    const toRank = rankingTask(split, client, task.part);
    if (toRank === null) return;
    program.score(client, task.recency, base);
    orders.forEach((order, place) => {
      scores.set(base);
      if (order) program.whatComesNext?.add(client, order, scores);
      ranks.load(scores, personal?.subarray(row * items, (row + 1) * items));
      mixes.forEach((mix, index) => {
        const target = ranks.rank(mix, toRank);
        const chances = chancesOfRanks(target);
        const start = ((place * mixes.length + index) * block.length + row) * metrics.length;
        metrics.forEach((metric, column) => {
          measured[start + column] = metric.of(target, chances);
        });
      });
    });
  });
  return measured;
}

/** Writes a block's figures of one variant where they belong. */
export function scatter(measured: Float64Array, block: Uint32Array, variant: number, into: PerUser): void {
  const columns = Object.values(into);
  block.forEach((client, row) => {
    columns.forEach((figures, column) => {
      figures[client] = measured[(variant * block.length + row) * columns.length + column]!;
    });
  });
}
