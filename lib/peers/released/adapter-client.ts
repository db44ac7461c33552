// The client's side of the released program: its private model, one local epoch a round, and what it sends.
// In: its own sample and what the server sent it; out: its A, and the change of B where B is shared.
// In the released program B stays at home for good, and a client scores with the A it trained last.
import type { Sample } from '../../data/negatives.ts';
import type { Setup } from '../../federated/recipe.ts';
import { expectInteger } from '../../numeric/ndarrays.ts';
import { randomStream } from '../../numeric/rng.ts';
import {
  type AdapterModel,
  type AdapterSizes,
  adapterLengths,
  initializeAdapterModel,
  viewAdapterModel,
} from './adapter-model.ts';
import { type LearningRates, learningRates, shuffledSamples, trainLocalEpoch } from './local-epoch.ts';
import { ScoreNetwork } from './score-network.ts';

/** Share of the entries of B A that the released program leaves out of each training step. */
const DROPOUT = 0.1;

/** What the server sent: A, and B [items, rank] where it is shared. */
export interface ReceivedFactors {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** What a client has to send. */
export interface TrainedFactors {
  /** Mean loss of the batches. */
  readonly loss: number;
  /** A after training, a copy. */
  readonly extra: Float32Array;
  /** Items whose row of B changed, and the changes, [rows, rank]; none where B is private. */
  readonly rows: Uint32Array;
  readonly left: Float32Array;
}

/** Trains and scores clients; keeps memory for one at a time, so make one per thread. */
export class AdapterClient {
  private readonly sizes: AdapterSizes;
  private readonly clients: number;
  private readonly seed: number;
  private readonly base: Float32Array; // E [items, factors], the same everywhere, never trained
  private readonly models: Float32Array; // all but B [clients, …]
  private readonly privateB: Float32Array; // [clients, items, rank], or empty
  private readonly workingB: Float32Array; // this thread's copy of the shared B [items, rank]
  private readonly network: ScoreNetwork;
  private readonly rates: LearningRates;

  /** @throws RangeError if the rank exceeds the factors or the items: the adapter starts as a decomposition */
  constructor({ split, settings, memory, loops }: Setup, sharesB: boolean) {
    const { users, items } = split.train;
    const most = Math.min(settings.factors, items);
    expectInteger('fedtlrec-released', 'rank', settings.rank, 1, most);
    this.sizes = { items, factors: settings.factors, rank: settings.rank };
    this.clients = users;
    this.seed = settings.seed;
    const { withoutB, b } = adapterLengths(this.sizes);
    this.base = memory.float32('baseItems', items * settings.factors);
    this.models = memory.rows('float32', 'clientModels', users, withoutB);
    this.privateB = memory.rows('float32', 'privateB', users, sharesB ? 0 : b);
    this.workingB = new Float32Array(sharesB ? b : 0);
    this.network = new ScoreNetwork(this.sizes, loops.matmul, { dropout: DROPOUT });
    this.rates = learningRates(settings.clientLearningRate, items);
  }

  /** Everybody starts with the same random model; returns its factors. */
  initialize(): ReceivedFactors {
    const rng = randomStream(this.seed, 'server');
    for (let at = 0; at < this.base.length; at++) this.base[at] = rng.normal();
    const { withoutB, b } = adapterLengths(this.sizes);
    const values = new Float32Array(withoutB);
    const model = viewAdapterModel(values, new Float32Array(b), this.sizes);
    initializeAdapterModel(model, this.sizes, rng);
    for (let client = 0; client < this.clients; client++) {
      this.models.set(values, client * withoutB);
      if (this.privateB.length > 0) this.privateB.set(model.b, client * b);
    }
    return { a: model.a as Float32Array, b: model.b as Float32Array };
  }

  /** One local epoch, from the server's A on. */
  train(client: number, round: number, sample: Sample, received: ReceivedFactors): TrainedFactors {
    const sharesB = this.workingB.length > 0;
    if (sharesB) copyRows(received.b, this.workingB, sample.rows, this.sizes.rank);
    const model = this.modelOf(client, this.workingB);
    model.a.set(received.a);
    const rng = randomStream(this.seed, 'epoch', round, client);
    const samples = shuffledSamples(sample, rng);
    const losses = trainLocalEpoch(this.network, model, this.base, received.a, samples, this.rates, rng);
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    const extra = Float32Array.from(model.a);
    if (!sharesB) return { loss, extra, rows: new Uint32Array(0), left: new Float32Array(0) };
    const left = changeOfRows(received.b, this.workingB, sample.rows, this.sizes.rank);
    return { loss, extra, rows: sample.rows.slice(), left };
  }

  /** Writes the scores of all items; with the client's own A and B unless others are given. */
  score(client: number, factors: ReceivedFactors | null, scores: Float32Array): void {
    const model: AdapterModel = this.modelOf(client, factors ? factors.b : this.workingB);
    this.network.score(factors ? { ...model, a: factors.a } : model, this.base, scores);
  }

  private modelOf(client: number, sharedB: Float32Array): AdapterModel {
    const { withoutB, b } = adapterLengths(this.sizes);
    const values = this.models.subarray(client * withoutB, (client + 1) * withoutB);
    const ownB = this.privateB.subarray(client * b, (client + 1) * b);
    return viewAdapterModel(values, this.privateB.length > 0 ? ownB : sharedB, this.sizes);
  }
}

function copyRows(from: Float32Array, to: Float32Array, rows: Uint32Array, width: number): void {
  for (const row of rows) to.set(from.subarray(row * width, (row + 1) * width), row * width);
}

/** after − before on the named rows, [rows, width]. */
function changeOfRows(
  before: Float32Array,
  after: Float32Array,
  rows: Uint32Array,
  width: number,
): Float32Array {
  const change = new Float32Array(rows.length * width);
  for (let row = 0, at = 0; row < rows.length; row++) {
    for (let k = 0; k < width; k++, at++) {
      change[at] = after[rows[row]! * width + k]! - before[rows[row]! * width + k]!;
    }
  }
  return change;
}
