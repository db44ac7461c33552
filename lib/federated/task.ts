// A federation for any task: whatever has private data at each client and a gradient on shared weights.
// In: a task, which says what one client's loss and gradient are; out: clients that train at home and send their change,
// as low-rank factors if asked, through the same wire, server strategies and threads as recommendation does.
// FedAvg: McMahan et al. (2017), arXiv 1602.05629; FedProx: Li et al. (2020), arXiv 1812.06127.
import type { RandomStream } from '../numeric/rng.ts';

/** Shared weights, or a gradient of their form. */
export interface Weights {
  /** A table [rows, dims], row-major: of items, or a matrix with one row an output; it can travel in low rank. */
  readonly table: Float32Array;
  /** Weights outside the table, [extra]; they travel as they are. */
  readonly extra: Float32Array;
}

/** Something to learn together. */
export interface Task<Data = unknown> {
  /** For reports, and for threads, which look for it among the exports of `module`. */
  readonly name: string;
  /** `import.meta.url` of the module that exports the task, if it shall run in threads: each thread imports it again. */
  readonly module?: string;
  /** Each client's private data, [clients]. */
  readonly clients: readonly Data[];
  /** Size of the shared weights. */
  readonly shape: { readonly rows: number; readonly dims: number; readonly extra: number };
  /** Fills the first weights. Default: zeros. */
  initialize?(weights: Weights, rng: RandomStream): void;
  /**
   * The mean loss of one client's data; adds its gradient with respect to the weights to `gradient`, which is zero.
   *
   * @param rng for what is drawn, such as negatives; another one for each client, round and local step
   */
  gradient(data: Data, weights: Weights, gradient: Weights, rng: RandomStream): number;
  /** The client's weight in the mean, for instance its number of samples. Default: 1. */
  weight?(data: Data): number;
  /** The metric on one client's data, as a sum and the number of cases; its value is the ratio of both over all clients. */
  measure(data: Data, weights: Weights): { sum: number; cases: number };
}

/** New weights of zeros. */
export function zeroWeights({ rows, dims, extra }: Task['shape']): Weights {
  return { table: new Float32Array(rows * dims), extra: new Float32Array(extra) };
}
