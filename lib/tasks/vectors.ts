// Vectors with classes, spread over clients that are not alike: client u draws its classes from shares p_u, and p_u from a
// Dirichlet distribution. A small α gives clients with one or two classes, a large one clients that are all alike.
// In: sizes, α and a seed; out: the private samples of each client. Hsu, Qi & Brown (2019), arXiv 1909.06335.
import { expectInteger } from '../numeric/ndarrays.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';

/** One client's private samples: some to train on, some to test. */
export interface LabelledVectors {
  /** X [samples, dims], row-major. */
  readonly vectors: Float32Array;
  /** Class of each sample, [samples]. */
  readonly labels: Uint8Array;
  /** How many of the samples, the first ones, are trained on; the others are for the metric. */
  readonly train: number;
}

export interface VectorOptions {
  readonly clients: number;
  readonly classes: number;
  readonly dims: number;
  /** Concentration α of the Dirichlet distribution. */
  readonly alpha: number;
  /** Samples of a client, at most; each has between a quarter and all of them. Default: 40. */
  readonly samples?: number;
  /** Distance of the classes from the origin. The noise of number k of a vector has deviation 2 (k + 1) / dims. Default: 2. */
  readonly separation?: number;
  readonly seed?: number;
}

/**
 * Makes clients with samples around one random centre a class.
 *
 * @throws RangeError if a count or α is out of range
 */
export function dirichletVectors(options: VectorOptions): LabelledVectors[] {
  const { clients, classes, dims, alpha, samples = 40, separation = 2, seed = 1 } = options;
  expectInteger('dirichletVectors', 'clients', clients, 1);
  expectInteger('dirichletVectors', 'classes', classes, 2, 256);
  expectInteger('dirichletVectors', 'dims', dims, 1);
  expectInteger('dirichletVectors', 'samples', samples, 4);
  if (!(alpha > 0 && alpha < Infinity))
    throw new RangeError(`dirichletVectors: alpha must be a number above 0, got ${alpha}`);
  const centres = Array.from({ length: classes }, (_, label) => {
    const rng = randomStream(seed, 'centre', label);
    const direction = Float32Array.from({ length: dims }, () => rng.normal());
    return direction.map((value) => (separation * value) / Math.hypot(...direction));
  });
  return Array.from({ length: clients }, (_, client) => {
    const rng = randomStream(seed, 'vectors', client);
    const shares = dirichlet(classes, alpha, rng);
    const count = Math.ceil(samples / 4) + rng.integer(samples - Math.ceil(samples / 4) + 1);
    const labels = Uint8Array.from({ length: count }, () => classOf(rng.uniform(), shares));
    const vectors = new Float32Array(count * dims);
    for (let at = 0; at < vectors.length; at++) {
      const k = at % dims;
      const noise = ((2 * (k + 1)) / dims) * rng.normal(); // later numbers tell less, which has to be learnt
      vectors[at] = centres[labels[Math.floor(at / dims)]!]![k]! + noise;
    }
    return { vectors, labels, train: Math.ceil(0.8 * count) };
  });
}

/** Shares that add up to 1, from gamma numbers. */
export function dirichlet(length: number, alpha: number, rng: RandomStream): Float64Array {
  const logs = Float64Array.from({ length }, () => logGamma(alpha, rng));
  const most = Math.max(...logs); // very small gammas would all be 0
  const parts = logs.map((value) => Math.exp(value - most));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/** The logarithm of a number from the gamma distribution of this shape; Marsaglia & Tsang (2000), doi 10.1145/358407.358414. */
function logGamma(shape: number, rng: RandomStream): number {
  if (shape < 1) return logGamma(shape + 1, rng) + Math.log(1 - rng.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = rng.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - rng.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/** The class in whose part of [0, 1) a number lies. */
function classOf(value: number, shares: Float64Array): number {
  let end = 0;
  for (let label = 0; label < shares.length - 1; label++) {
    end += shares[label]!;
    if (value < end) return label;
  }
  return shares.length - 1;
}
