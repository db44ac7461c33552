// The few loops in which a run spends its time, as one seam: `plainLoops` are the functions that are taught, one formula
// each; lib/fast has the same loops with SIMD, tiles and 16-bit integers, tested equal to these within rounding.
// In: whoever runs a recipe chooses; client, server and evaluation ask their setup's loops and nothing else.
import { type NegativeSampler, negativeSampler } from '../data/negatives.ts';
import { type MixedRanks, PlainMixedRanks } from '../evaluation/ranking.ts';
import { type KmeansLoops, plainKmeansLoops } from '../model/kmeans.ts';
import type { Matrix } from '../numeric/ndarrays.ts';
import { type MatmulBackend, plainMatmul } from '../numeric/product.ts';
import { gramMatrix } from '../numeric/svd.ts';
import type { Aggregator } from './aggregator.ts';
import type { AttentionAggregator } from './attention-aggregator.ts';
import { type ClientAttention, PlainClientAttention } from './client-attention.ts';
import { type LogisticLoss, PlainLogisticLoss } from './logistic-loss.ts';
import type { Memory } from './memory.ts';
import { type RunningMean, runningMean } from './tokens.ts';
import { PlainUpdateAdder, type UpdateAdder } from './update-sum.ts';

/** Makes the loops. What it makes keeps memory for one caller, so each thread makes its own. */
export interface Loops {
  /** For reports, and for threads, which open the same loops by it. */
  readonly name: string;
  /** Products of matrices, for models with layers. */
  readonly matmul: MatmulBackend;
  /** Draws a client's negatives among `items`. */
  negativeSampler(items: number): NegativeSampler;
  /** The loss of a client's sample, with its gradients. */
  logisticLoss(items: number, factors: number): LogisticLoss;
  /** Adds up what clients send: tables [items, dims] and [extra]. */
  updateAdder(items: number, dims: number, extra: number): UpdateAdder;
  /** A client's token after one more message. */
  runningMean(items: number): RunningMean;
  /** What a client's peers think, weighed by attention or otherwise, for at most `mostAsking` clients at a time. */
  clientAttention(items: number, mostAsking: number): ClientAttention;
  /** The two halves of Lloyd's step, over `points` [clients, factors]. */
  kmeans(points: Matrix, clusters: number): KmeansLoops;
  /** The Gram matrix MᵀM, which a step [items, D] is compressed by. */
  gram(step: Matrix): Matrix;
  /** The rank of a held-out item for several weights of the personal part. */
  mixedRanks(items: number): MixedRanks;
  /** Only with a device beside the processor: the same aggregator, computed ahead there. */
  ahead?(attention: AttentionAggregator, clients: number, items: number, memory: Memory): Aggregator;
}

/** What is taught is what runs: no WebAssembly, no trick. */
export const plainLoops: Loops = {
  name: 'plain',
  matmul: plainMatmul,
  negativeSampler,
  logisticLoss: (_items, factors) => new PlainLogisticLoss(factors),
  updateAdder: (items, dims, extra) => new PlainUpdateAdder(items, dims, extra),
  runningMean: () => runningMean,
  clientAttention: (items) => new PlainClientAttention(items),
  kmeans: plainKmeansLoops,
  gram: gramMatrix,
  mixedRanks: (items) => new PlainMixedRanks(items),
};
