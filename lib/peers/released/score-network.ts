// The score network and its gradient for one batch of items of one client: two hidden ReLU layers on [p, v_i].
// In: a client's model and a batch of (item, label); out: scores, the batch loss, and the gradient by every parameter.
// The matrix products go through a backend, all arrays are allocated once per batch length: this is the inner loop.
import { sigmoid } from '../../model/loss.ts';
import { type FloatArray, type FloatType, zeroVector } from '../../numeric/ndarrays.ts';
import type { MatmulBackend } from '../../numeric/product.ts';
import type { RandomStream } from '../../numeric/rng.ts';
import {
  type AdapterModel,
  type AdapterSizes,
  adapterLengths,
  hiddenWidths,
  viewAdapterModel,
} from './adapter-model.ts';
import {
  addAndRectify,
  addRowsOf,
  type BatchArrays,
  batchArrays,
  gatherRows,
  lastLayer,
  lastLayerBackward,
  maskInactive,
  multiplyElements,
  scaleElements,
  sumRows,
} from './batch-arrays.ts';
import { type NetworkViews, networkViews } from './network-views.ts';

/** Probabilities are kept this far from 0 and 1; beyond, the released program's loss has gradient 0. */
const CLAMP = 1e-6;
/** Items that are scored at a time, few enough for the cache. */
const SCORED_TOGETHER = 128;

export interface ScoreNetworkOptions {
  /** lora_alpha / rank: what B A is multiplied by. Default: 2. */
  readonly scaling?: number;
  /** Probability that an entry of B A is left out in training. Default: 0. */
  readonly dropout?: number;
  /** How strongly A is pulled towards the server's A. Default: 0.1. */
  readonly pull?: number;
  /** Default: float32. */
  readonly type?: FloatType;
}

/** Computes scores and gradients; keeps memory for one batch, so make one per thread. */
export class ScoreNetwork {
  /** The gradient of the last batch's loss by all parts but B. */
  readonly gradient: AdapterModel;
  private readonly sizes: AdapterSizes;
  private readonly backend: MatmulBackend;
  private readonly scaling: number;
  private readonly dropout: number;
  private readonly pull: number;
  private readonly type: FloatType;
  private views: NetworkViews | null = null;
  private readonly batches: BatchArrays[] = []; // by batch length
  private readonly everyItem: Uint32Array; // 0, 1, 2, … [items]
  private readonly userPart: FloatArray; // W1's user half · p + b1 [hidden1]

  constructor(sizes: AdapterSizes, backend: MatmulBackend, options: ScoreNetworkOptions = {}) {
    this.sizes = sizes;
    this.backend = backend;
    this.scaling = options.scaling ?? 2;
    this.dropout = options.dropout ?? 0;
    this.pull = options.pull ?? 0.1;
    this.type = options.type ?? 'float32';
    const allocate = (length: number) => zeroVector(length, this.type).data;
    this.gradient = viewAdapterModel(allocate(adapterLengths(sizes).withoutB), allocate(0), sizes);
    this.everyItem = Uint32Array.from({ length: sizes.items }, (_, item) => item);
    this.userPart = allocate(hiddenWidths(sizes.factors)[0]);
  }

  /**
   * The gradient of mean binary cross-entropy + pull · mean((A − anchor)²) over a batch.
   * Read it from `gradient`, and the gradient by each sample's row of B from the result, [samples, rank].
   *
   * @param base E [items, factors]
   * @param anchor the server's A [rank, factors]
   * @param items the batch's items, [samples]; one that occurs twice has two rows
   * @param labels 0 or 1, [samples]
   * @param rng where dropout is drawn from; not used without dropout
   */
  differentiate(
    model: AdapterModel,
    base: FloatArray,
    anchor: FloatArray,
    items: Uint32Array,
    labels: Uint8Array,
    rng: RandomStream,
  ): { loss: number; byRowsOfB: FloatArray } {
    const batch = this.batchOf(items.length);
    if (this.dropout > 0) this.drawDropout(batch.kept, rng);
    const views = this.viewsOf(model);
    this.forward(model, views, base, items, batch, this.dropout > 0);
    const loss = this.differentiateLoss(batch, labels);
    this.backward(model, views, batch);
    return { loss: loss + this.pullTowards(anchor, model.a), byRowsOfB: batch.byRowsOfB.data };
  }

  /** Writes the scores (logits) of all items, [items]. */
  score(model: AdapterModel, base: FloatArray, scores: Float32Array): void {
    const views = this.viewsOf(model);
    for (let from = 0; from < scores.length; from += SCORED_TOGETHER) {
      const items = this.everyItem.subarray(from, from + SCORED_TOGETHER);
      const batch = this.batchOf(items.length);
      this.forward(model, views, base, items, batch, false);
      scores.set(batch.scores, from);
    }
  }

  /** Item vectors, two hidden layers, scores; all kept in `batch`. */
  private forward(
    model: AdapterModel,
    views: NetworkViews,
    base: FloatArray,
    items: Uint32Array,
    batch: BatchArrays,
    dropsOut: boolean,
  ): void {
    const { factors, rank } = this.sizes;
    gatherRows(model.b, items, rank, batch.rowsOfB.data);
    this.backend.multiply(batch.rowsOfB, views.a, batch.itemVectors); // B_i A [samples, factors]
    const vectors = batch.itemVectors.data;
    if (dropsOut) multiplyElements(vectors, batch.kept);
    else scaleElements(vectors, this.scaling);
    addRowsOf(base, items, factors, vectors); // v_i = E_i + scaling · B_i A
    this.addUser(model);
    this.backend.multiply(batch.itemVectors, views.itemHalfTurned, batch.hidden1); // [samples, hidden1]
    addAndRectify(batch.hidden1.data, this.userPart);
    this.backend.multiply(batch.hidden1, views.weight2Turned, batch.hidden2); // [samples, hidden2]
    addAndRectify(batch.hidden2.data, model.bias2);
    lastLayer(batch, model.weight3, model.bias3[0]!);
  }

  /** The user is the same in every sample, so its share of the first layer is computed once. */
  private addUser(model: AdapterModel): void {
    const { factors } = this.sizes;
    for (let unit = 0; unit < this.userPart.length; unit++) {
      let sum = model.bias1[unit]!;
      for (let k = 0; k < factors; k++) sum += model.weight1[unit * 2 * factors + k]! * model.userVector[k]!;
      this.userPart[unit] = sum;
    }
  }

  /** Turns scores into the gradient of the mean loss with respect to them, (σ(s) − y) / samples; returns the mean loss. */
  private differentiateLoss(batch: BatchArrays, labels: Uint8Array): number {
    const { scores, scoreGradients } = batch;
    let loss = 0;
    for (let row = 0; row < scores.length; row++) {
      const probability = sigmoid(scores[row]!);
      const clamped = Math.min(Math.max(probability, CLAMP), 1 - CLAMP);
      loss -= Math.log(labels[row] === 1 ? clamped : 1 - clamped);
      scoreGradients[row] = clamped === probability ? (probability - labels[row]!) / scores.length : 0;
    }
    return loss / scores.length;
  }

  /** From the gradient at the scores back through both layers to the user vector, the item vectors, A and B. */
  private backward(model: AdapterModel, views: NetworkViews, batch: BatchArrays): void {
    const { backend, gradient } = this;
    lastLayerBackward(batch, model.weight3, gradient); // for w3 and b3; leaves the gradient at hidden2
    backend.multiply(batch.byHidden2Turned, batch.hidden1, views.byWeight2); // [hidden2, hidden1]
    sumRows(batch.byHidden2.data, gradient.bias2);
    backend.multiply(batch.byHidden2, views.weight2, batch.byHidden1); // [samples, hidden1]
    maskInactive(batch.byHidden1.data, batch.hidden1.data);
    backend.multiply(batch.byHidden1Turned, batch.itemVectors, views.byItemHalf); // [hidden1, factors]
    sumRows(batch.byHidden1.data, gradient.bias1);
    this.userBackward(model);
    backend.multiply(batch.byHidden1, views.itemHalf, batch.byItemVectors); // [samples, factors]
    if (this.dropout > 0) multiplyElements(batch.byItemVectors.data, batch.kept);
    else scaleElements(batch.byItemVectors.data, this.scaling);
    backend.multiply(batch.rowsOfBTurned, batch.byItemVectors, views.byA); // [rank, factors]
    backend.multiply(batch.byItemVectors, views.aTurned, batch.byRowsOfB); // [samples, rank]
  }

  /** Gradients with respect to W1's user half, an outer product, and the user vector, from the one with respect to b1. */
  private userBackward(model: AdapterModel): void {
    const { factors } = this.sizes;
    const { bias1, weight1, userVector } = this.gradient;
    userVector.fill(0);
    for (let unit = 0; unit < bias1.length; unit++) {
      const derivative = bias1[unit]!;
      for (let k = 0, at = unit * 2 * factors; k < factors; k++, at++) {
        weight1[at] = derivative * model.userVector[k]!;
        userVector[k]! += derivative * model.weight1[at]!;
      }
    }
  }

  /** Adds the regulariser's gradient to A's and returns its value. */
  private pullTowards(anchor: FloatArray, a: FloatArray): number {
    let squares = 0;
    for (let at = 0; at < a.length; at++) {
      const difference = a[at]! - anchor[at]!;
      squares += difference * difference;
      this.gradient.a[at]! += (2 * this.pull * difference) / a.length;
    }
    return (this.pull * squares) / a.length;
  }

  /** Two decisions per draw, 16 bits each: an entry of B A is kept, and scaled up, or becomes 0. */
  private drawDropout(kept: FloatArray, rng: RandomStream): void {
    const threshold = Math.round(this.dropout * 0x10000);
    const scale = this.scaling / (1 - this.dropout);
    for (let at = 0; at < kept.length; at += 2) {
      const bits = rng.nextUint32();
      kept[at] = scale * Number((bits & 0xffff) >= threshold);
      if (at + 1 < kept.length) kept[at + 1] = scale * Number(bits >>> 16 >= threshold);
    }
  }

  /** Views of the model at hand; made once per client. */
  private viewsOf(model: AdapterModel): NetworkViews {
    if (this.views?.model !== model) this.views = networkViews(model, this.gradient, this.sizes);
    return this.views;
  }

  private batchOf(samples: number): BatchArrays {
    const known = this.batches[samples];
    if (known) return known;
    const created = batchArrays(samples, this.sizes, this.type);
    this.batches[samples] = created;
    return created;
  }
}
