// FedRecon: clients keep nothing. In each round a client rebuilds its user vector from one half of its sample (support)
// with the item table frozen, and sends the gradient of the other half's loss (query) by the items: the table is
// trained for what it must do at inference, to let a vector be rebuilt from few ratings by somebody unknown.
// Singhal et al. (2021), Federated Reconstruction: Partially Local Federated Learning, NeurIPS (arXiv 2102.03448).
// Simplified: the reconstruction is solved by Newton's method in place of some SGD steps, and the query half takes one
// gradient step. When it scores, a client rebuilds its vector from all its ratings.
import type { Sample } from '../data/negatives.ts';
import { type LogisticLoss, logisticLoss } from '../fast/logistic.ts';
import { FactorizationClient, scoreItems } from '../federated/client.ts';
import { federation } from '../federated/federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../federated/local-model.ts';
import type { Recipe } from '../federated/recipe.ts';
import { denseDownlink, fedAdam } from '../federated/server.ts';
import type { Settings } from '../federated/settings.ts';
import { expandUpdate, type Update } from '../federated/wire.ts';
import { solvePositiveDefinite } from '../numeric/cholesky.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';

/** Newton steps from 0; the problem is convex, more change nothing. */
const RECONSTRUCTION_STEPS = 4;

export const fedrecon: Recipe = {
  name: 'fedrecon',
  summary: 'stateless clients: the user vector is rebuilt each round from half of the sample',
  reference: 'Singhal et al. (2021), arXiv 2102.03448',
  defaults: { itemScale: 0.1 },
  create: (setup) => {
    const { settings, memory, split, backend } = setup;
    const { items } = split.train;
    const localModel = new ReconstructingClient(items, settings, backend.name);
    return federation(setup, {
      localModel,
      uplink: expandUpdate,
      optimizer: fedAdam(items * localModel.dims, memory, settings),
      downlink: denseDownlink(items, localModel.dims),
    });
  },
};

/** No state: a vector lives as long as a call. */
export class ReconstructingClient implements LocalModel {
  readonly dims: number;
  readonly extra = 0;
  readonly stateLength = 0;
  private readonly settings: Settings;
  private readonly logistic: LogisticLoss;
  private readonly errors: Float32Array; // g [rows]
  private loadedVersion = -1;

  constructor(items: number, settings: Settings, backend: string) {
    this.settings = settings;
    this.dims = settings.factors + 1;
    this.logistic = logisticLoss(backend, items, settings.factors);
    this.errors = new Float32Array(items);
  }

  initialize(): void {}

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    new FactorizationClient(0, this.settings).initializeShared(shared, rng);
  }

  train(task: ClientTask): { update: Update; loss: number } {
    const { sample, client, round } = task;
    const [support, query] = halves(sample, randomStream(this.settings.seed, 'halves', round, client));
    const vector = this.reconstruct(support, task.shared);
    this.logistic.setSample(query.rows, query.counts, query.labels);
    this.logistic.differentiate(vector, new Float64Array(vector.length), this.errors);
    const left = new Float32Array(query.rows.length); // −g
    for (let row = 0; row < left.length; row++) left[row] = -this.errors[row]!;
    const right = new Float32Array(this.dims).fill(1); // [p, 1]
    right.set(vector);
    const factors = { rows: query.rows, rank: 1, dims: this.dims, left, right, extra: new Float32Array(0) };
    return { update: { client, round, ...factors }, loss: meanLoss(query, this.errors) };
  }

  personalize(task: ClientTask): { state: Float32Array; shared: SharedModel } {
    return { state: Float32Array.from(this.reconstruct(task.sample, task.shared)), shared: task.shared };
  }

  userVector(state: Float32Array): Float32Array {
    return state;
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    // A client without ratings has nothing to rebuild a vector from.
    const vector = state.length > 0 ? state : new Float32Array(this.settings.factors);
    scoreItems(vector, shared.itemTable, scores);
  }

  /** The p that minimises the sample's mean loss + λ/2 |p|², found from 0. */
  private reconstruct(sample: Sample, shared: SharedModel): Float64Array {
    const { factors, regularization } = this.settings;
    if (shared.version === undefined || shared.version !== this.loadedVersion) {
      this.logistic.setTable(shared.itemTable);
      this.loadedVersion = shared.version ?? -1;
    }
    this.logistic.setSample(sample.rows, sample.counts, sample.labels);
    const vector = new Float64Array(factors);
    const gradient = new Float64Array(factors);
    const hessian = new Float64Array(factors * factors); // lower half
    const pull = Math.max(regularization, 1e-6) * sample.size;
    for (let step = 0; step < RECONSTRUCTION_STEPS; step++) {
      this.logistic.differentiate(vector, gradient, this.errors);
      this.logistic.curve(hessian);
      for (let k = 0; k < factors; k++) {
        gradient[k]! += pull * vector[k]!;
        hessian[k * factors + k]! += pull;
      }
      solvePositiveDefinite(hessian, gradient);
      for (let k = 0; k < factors; k++) vector[k]! -= gradient[k]!;
    }
    return vector;
  }
}

/** Splits a sample in two, each row by the toss of a coin; a sample of one row is both halves. */
export function halves(sample: Sample, rng: RandomStream): [support: Sample, query: Sample] {
  const isSupport = Uint8Array.from(sample.rows, () => rng.integer(2));
  const pick = (half: number): Sample => {
    const places = Array.from(isSupport.keys()).filter((row) => isSupport[row] === half);
    const counts = Float64Array.from(places, (row) => sample.counts[row]!);
    return {
      rows: Uint32Array.from(places, (row) => sample.rows[row]!),
      counts,
      labels: Uint8Array.from(places, (row) => sample.labels[row]!),
      size: counts.reduce((sum, count) => sum + count, 0),
    };
  };
  const [support, query] = [pick(1), pick(0)];
  return support.size > 0 && query.size > 0 ? [support, query] : [sample, sample];
}

/** The mean of −log P(label), read off the errors g = W (σ − y). */
function meanLoss(sample: Sample, errors: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < sample.rows.length; row++) {
    const count = sample.counts[row]!;
    sum -= count * Math.log(Math.max(1e-7, 1 - Math.abs(errors[row]!) / count));
  }
  return sum / sample.size;
}
