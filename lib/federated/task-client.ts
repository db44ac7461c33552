// One client of any task, one round: some steps of gradient descent on a copy of the shared weights, at home.
// In: the client's private data and the last broadcast; out: the change of the weights, as an update for the wire.
// With `proximal` μ, each step also pulls back to the broadcast: FedProx, Li et al. (2020).
import { compress } from '../model/compress.ts';
import { matrix } from '../numeric/ndarrays.ts';
import { randomStream } from '../numeric/rng.ts';
import type { Settings } from './settings.ts';
import { type Task, type Weights, zeroWeights } from './task.ts';
import type { Update } from './wire.ts';

export class TaskClient {
  private readonly task: Task;
  private readonly settings: Settings;
  private readonly rank: number | null;
  private readonly local: Weights;
  private readonly gradient: Weights;

  /** @param rank of the factors that the table's change is sent in; null: its rows as they are */
  constructor(task: Task, settings: Settings, rank: number | null) {
    this.task = task;
    this.settings = settings;
    this.rank = rank;
    this.local = zeroWeights(task.shape);
    this.gradient = zeroWeights(task.shape);
  }

  /** Trains on one client's data; the update's last extra number is the client's weight in the mean. */
  train(client: number, round: number, shared: Weights): { update: Update; loss: number } {
    const { task, settings, local, gradient } = this;
    const data = task.clients[client];
    local.table.set(shared.table);
    local.extra.set(shared.extra);
    let loss = 0; // of the broadcast weights
    for (let step = 0; step < settings.localSteps; step++) {
      gradient.table.fill(0);
      gradient.extra.fill(0);
      const rng = randomStream(settings.seed, 'task', round, client, step);
      const found = task.gradient(data, local, gradient, rng);
      if (step === 0) loss = found;
      this.descend(local.table, gradient.table, shared.table);
      this.descend(local.extra, gradient.extra, shared.extra);
    }
    const change = difference(local.table, shared.table); // ΔW [rows, dims]
    const extra = new Float32Array(shared.extra.length + 1);
    extra.set(difference(local.extra, shared.extra));
    extra[shared.extra.length] = task.weight?.(data) ?? 1;
    return { update: { client, round, ...this.factors(change), extra }, loss };
  }

  /** w ← w − η (∇ + μ (w − w₀)). */
  private descend(weights: Float32Array, gradient: Float32Array, shared: Float32Array): void {
    const { clientLearningRate: rate, proximal } = this.settings;
    for (let at = 0; at < weights.length; at++) {
      weights[at]! -= rate * (gradient[at]! + proximal * (weights[at]! - shared[at]!));
    }
  }

  /** The rows that changed, whole or as the best factors of the rank; no more of them than save bytes. */
  private factors(change: Float32Array): Pick<Update, 'rows' | 'rank' | 'dims' | 'left' | 'right'> {
    const { dims } = this.task.shape;
    const rows = changedRows(change, dims);
    const left = Float32Array.from(rows, () => 0);
    const whole = new Float32Array(left.length * dims);
    rows.forEach((row, at) => {
      whole.set(change.subarray(row * dims, (row + 1) * dims), at * dims);
    });
    const rank = this.rank ?? Infinity;
    if (rank * (rows.length + dims) >= rows.length * dims)
      return { rows, rank: 0, dims, left: whole, right: new Float32Array(0) };
    const low = compress(matrix(whole, rows.length, dims), rank);
    return {
      rows,
      rank,
      dims,
      left: Float32Array.from(low.left.data),
      right: Float32Array.from(low.right.data),
    };
  }
}

/** The rows with a number that is not 0. */
function changedRows(change: Float32Array, dims: number): Uint32Array {
  const count = dims > 0 ? change.length / dims : 0;
  const rows = Array.from({ length: count }, (_, row) => row);
  return Uint32Array.from(
    rows.filter((row) => change.subarray(row * dims, (row + 1) * dims).some((x) => x !== 0)),
  );
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, at) => value - b[at]!);
}
