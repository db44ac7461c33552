// What a client of the authors' released program holds: a user vector, a small score network, and a LoRA adapter on a
// frozen random item table. Item i is v_i = E_i + scaling · B_i A, and its score is network([p, v_i]), 2d → d → d/2 → 1.
// In: a flat array (a client's private memory); out: its named parts, as views that training changes in place.
import { type FloatArray, matrix } from '../../numeric/ndarrays.ts';
import type { RandomStream } from '../../numeric/rng.ts';
import { truncatedSvd } from '../../numeric/svd.ts';

/** Sizes that all clients share. The released program uses 16 factors, rank 16 and hidden layers of 16 and 8. */
export interface AdapterSizes {
  readonly items: number;
  /** d: length of the user vector and of an item's vector. */
  readonly factors: number;
  /** r: rows of A, columns of B. */
  readonly rank: number;
}

/** Views of one client's parameters. */
export interface AdapterModel {
  /** p [factors]. */
  readonly userVector: FloatArray;
  /** W1 [hidden1, 2 · factors]; its first half sees the user, its second half the item. */
  readonly weight1: FloatArray;
  /** b1 [hidden1]. */
  readonly bias1: FloatArray;
  /** W2 [hidden2, hidden1]. */
  readonly weight2: FloatArray;
  /** b2 [hidden2]. */
  readonly bias2: FloatArray;
  /** w3 [hidden2], the last layer's only row. */
  readonly weight3: FloatArray;
  /** b3 [1]. */
  readonly bias3: FloatArray;
  /** A [rank, factors], the only part that leaves the client in the released program. */
  readonly a: FloatArray;
  /** B [items, rank]. */
  readonly b: FloatArray;
}

/** Widths of the two hidden layers: d and d / 2. */
export function hiddenWidths(factors: number): [hidden1: number, hidden2: number] {
  return [factors, Math.ceil(factors / 2)];
}

/** Numbers of a model without B, then those of B. */
export function adapterLengths(sizes: AdapterSizes): { withoutB: number; b: number } {
  const { b, ...others } = partLengths(sizes);
  return { withoutB: Object.values(others).reduce((sum, length) => sum + length, 0), b };
}

/**
 * Views a flat array as a model; nothing is copied.
 *
 * @param values all parts but B, one after another
 * @param b B [items, rank], which may lie elsewhere
 */
export function viewAdapterModel(values: FloatArray, b: FloatArray, sizes: AdapterSizes): AdapterModel {
  const lengths = partLengths(sizes);
  let at = 0;
  const take = (name: keyof AdapterModel) => {
    at += lengths[name];
    return values.subarray(at - lengths[name], at);
  };
  return {
    userVector: take('userVector'),
    weight1: take('weight1'),
    bias1: take('bias1'),
    weight2: take('weight2'),
    bias2: take('bias2'),
    weight3: take('weight3'),
    bias3: take('bias3'),
    a: take('a'),
    b,
  };
}

/**
 * Fills a new model: the user vector from N(0, 1); layers uniform in ±1 / √inputs; B and A from the SVD of a random
 * matrix M ~ N(0, .02²) [items, factors], B = U and A = S Vᵀ. So the adapter does not start at 0, unlike LoRA's own
 * start (Hu et al. 2022), and where the rank equals the factors B A = M.
 *
 * @throws RangeError if the rank exceeds the items or the factors
 */
export function initializeAdapterModel(model: AdapterModel, sizes: AdapterSizes, rng: RandomStream): void {
  const { items, factors, rank } = sizes;
  const [hidden1, hidden2] = hiddenWidths(factors);
  for (let k = 0; k < factors; k++) model.userVector[k] = rng.normal();
  fillUniform(model.weight1, 2 * factors, rng);
  fillUniform(model.bias1, 2 * factors, rng);
  fillUniform(model.weight2, hidden1, rng);
  fillUniform(model.bias2, hidden1, rng);
  fillUniform(model.weight3, hidden2, rng);
  fillUniform(model.bias3, hidden2, rng);
  const random = Float64Array.from({ length: items * factors }, () => 0.02 * rng.normal());
  const { left, singularValues, right } = truncatedSvd(matrix(random, items, factors), rank);
  model.b.set(left.data);
  for (let at = 0; at < model.a.length; at++) {
    model.a[at] = singularValues[Math.floor(at / factors)]! * right.data[at]!;
  }
}

/** Uniform in ±1 / √inputs, the start of a linear layer's weights and biases in PyTorch. */
export function fillUniform(values: FloatArray, inputs: number, rng: RandomStream): void {
  const limit = 1 / Math.sqrt(inputs);
  for (let at = 0; at < values.length; at++) values[at] = limit * (2 * rng.uniform() - 1);
}

function partLengths({ items, factors, rank }: AdapterSizes): Record<keyof AdapterModel, number> {
  const [hidden1, hidden2] = hiddenWidths(factors);
  return {
    userVector: factors,
    weight1: hidden1 * 2 * factors,
    bias1: hidden1,
    weight2: hidden2 * hidden1,
    bias2: hidden2,
    weight3: hidden2,
    bias3: 1,
    a: rank * factors,
    b: items * rank,
  };
}
