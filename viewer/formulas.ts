// What stands behind the numbers on screen: a formula, and the place in the library that computes it. The line is looked
// up when the viewer is built (scripts/source-regions.ts), so a link cannot point to where the code once was.
import { forEachMetric, metrics } from '../lib/evaluation/metrics.ts';

export interface Formula {
  readonly title: string;
  readonly formula: string;
  /** A file of the repository, and the text by which its line is found. */
  readonly file: string;
  readonly find: string;
}

/** Each metric points to its object in the list. */
const metricFormulas = forEachMetric(
  (name, column): Formula => ({
    title: metrics[column]!.label,
    formula: metrics[column]!.meaning,
    file: 'lib/evaluation/metrics.ts',
    find: `name: '${name}'`,
  }),
);

export const formulas = {
  loss: {
    title: 'Loss of one client',
    formula: 'ℓᵤ = 1/N Σᵢ Wᵢ · (−log P(yᵢ)),  P(1) = σ([pᵤ, 1]·qᵢ)',
    file: 'lib/model/factorization.ts',
    find: 'export function weightedLoss',
  },
  presence: {
    title: 'Who takes part',
    formula: 'present ⇔ uniform(seed, round, client) ≥ dropout',
    file: 'lib/federated/client-side.ts',
    find: 'export function isPresent',
  },
  sample: {
    title: 'A client’s sample',
    formula: 'its positives, label 1, and as many random others per positive as “negatives” says, label 0',
    file: 'lib/data/negatives.ts',
    find: 'export function drawSample',
  },
  update: {
    title: 'What leaves the client',
    formula: 'ΔQᵤ = B·A,  B = −g [rows × 1],  A = [pᵤ, 1] [1 × D]',
    file: 'lib/model/low-rank.ts',
    find: 'export function rankOneUpdate',
  },
  rankError: {
    title: 'What a rank loses',
    formula: 'error(r) = √( Σₖ﹥ᵣ σₖ² / Σₖ σₖ² )',
    file: 'lib/model/compress.ts',
    find: 'export function compress(',
  },
  bytesUp: {
    title: 'Bytes up',
    formula: 'length of the encoded message: header + row numbers + B + A',
    file: 'lib/federated/wire.ts',
    find: 'export function encode',
  },
  bytesDown: {
    title: 'Bytes down',
    formula: 'length of the encoded broadcast: header + L [items × r] + Rᵀ [r × D]',
    file: 'lib/federated/server.ts',
    find: 'function sendToAll',
  },
  personal: {
    title: 'The personal part',
    formula: 'δᵤ: one number per item, sent at each refresh',
    file: 'lib/federated/attention-aggregator.ts',
    find: 'personalParts(',
  },
  inertia: {
    title: 'Inertia',
    formula: 'Σᵤ ‖xᵤ − c₍ₖᵤ₎‖²: squared distances to the own centroid',
    file: 'lib/model/kmeans.ts',
    find: 'export function* lloyd',
  },
  agreement: {
    title: 'Agreement with the truth',
    formula: 'adjusted Rand index: 1 = the true groups, 0 = chance',
    file: 'lib/trace/agreement.ts',
    find: 'export function adjustedRandIndex',
  },
  plane: {
    title: 'A client’s place',
    formula: 'xᵤ = pᵤ / ‖pᵤ‖, projected on its two principal components',
    file: 'lib/trace/plane.ts',
    find: 'export function planeOf',
  },
  attention: {
    title: 'Attention',
    formula: 'αᵤᵥ = exp(cosᵤᵥ / τ) / Σ𝓌 exp(cosᵤ𝓌 / τ),  v ≠ u',
    file: 'lib/federated/client-attention.ts',
    find: 'export function attendToOthers',
  },
  ...metricFormulas,
  score: {
    title: 'Score',
    formula: 's = [pᵤ, 1]·qᵢ + β · δᵤᵢ',
    file: 'lib/training/recommend-items.ts',
    find: 'export function scoresFor',
  },
  rank: {
    title: 'Rank of the hidden item',
    formula: '1 + number of unseen items with at least its score',
    file: 'lib/evaluation/ranking.ts',
    find: 'export function rankOf',
  },
} as const satisfies Record<string, Formula>;

export type FormulaName = keyof typeof formulas;

/** Where a formula's code stands. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  /** The lines from there on. */
  readonly code: string;
}

export type Sources = Readonly<Partial<Record<FormulaName, SourcePlace>>>;

/** A number's formula with the values it has now. */
export interface Explanation {
  readonly formula: FormulaName;
  readonly live: string;
}
