// FedRecon: clients keep nothing. In each round a client rebuilds its user vector from one half of its sample (support)
// with the item table frozen, and sends the gradient of the other half's loss (query) by the items: the table is
// trained for what it must do at inference, to let a vector be rebuilt from few ratings by somebody unknown.
// Singhal et al. (2021), Federated Reconstruction: Partially Local Federated Learning, NeurIPS (arXiv 2102.03448).
// Simplified: the reconstruction is solved by Newton's method in place of some SGD steps, and the query half takes one
// gradient step. When it scores, a client rebuilds its vector from all its ratings.
import type { Sample } from '../data/negatives.ts';
import { drawItemTable, scoreItems } from '../federated/client.ts';
import { denseDownlink } from '../federated/dense-server.ts';
import { federation } from '../federated/federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../federated/local-model.ts';
import type { LogisticLoss } from '../federated/logistic-loss.ts';
import type { Loops } from '../federated/loops.ts';
import type { Recipe } from '../federated/recipe.ts';
import { fedAdam } from '../federated/server.ts';
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
  defaults: { itemScale: 0.1, rounding: 'nearest' },
  create: (setup) => {
    const { settings, memory, split, loops } = setup;
    const { items } = split.train;
    const localModel = new ReconstructingClient(items, settings, loops);
    return federation(setup, {
      localModel,
      uplink: expandUpdate,
      optimizer: fedAdam(items * localModel.dims, memory, settings),
      downlink: denseDownlink(items, localModel.dims, memory, settings),
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
  private loadedVersion = -1;

  constructor(items: number, settings: Settings, loops: Loops) {
    this.settings = settings;
    this.dims = settings.factors + 1;
    this.logistic = loops.logisticLoss(items, settings.factors);
  }

  initialize(): void {}

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    drawItemTable(shared.itemTable, this.settings, rng);
  }

  train(task: ClientTask): { update: Update; loss: number } {
    const { sample, client, round } = task;
    const [support, query] = halves(sample, randomStream(this.settings.seed, 'halves', round, client));
    const vector = this.reconstruct(support, task.shared);
    this.logistic.setSample(query.rows, query.counts, query.labels);
    this.logistic.scoreGradient(vector);
    const { left, right } = this.logistic.rankOneUpdate(Float32Array.from(vector));
    const factors = { rows: query.rows, rank: 1, dims: this.dims, left, right, extra: new Float32Array(0) };
    return { update: { client, round, ...factors }, loss: this.logistic.loss() / query.size };
  }

  adaptAtHome(task: ClientTask): { state: Float32Array; shared: SharedModel } {
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
    const pull = Math.max(regularization, 1e-6) * sample.size;
    for (let step = 0; step < RECONSTRUCTION_STEPS; step++) {
      this.logistic.scoreGradient(vector);
      const gradient = this.logistic.userGradient();
      const hessian = this.logistic.userHessian(); // lower half
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
