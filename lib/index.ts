// biome-ignore-all assist/source/organizeImports: the order is the reading order
// The public API, in the order in which data flow: ratings → client → model and gradient → low-rank update → wire →
// server: K-means, attention, merge → back to the clients → evaluation. Read the files in this order.
// What users need stands here; all of a folder is imported by its own path, e.g. 'fedtlrec/privacy' (docs/imports.md).

// Numbers: keyed random streams, matrices on ndarrays, matrix products.
export { randomStream } from './numeric/rng.ts';
export { sampleWithoutReplacement, shuffle } from './numeric/sampling.ts';
export { fromRows, toRows, vector } from './numeric/matrix.ts';
export { matrix, transpose, zeros } from './numeric/ndarrays.ts';
export { matmul } from './numeric/matmul.ts';
export { plainMatmul } from './numeric/product.ts';
export type * from './numeric/index.ts';

// Data: who touched what, and what is held out.
export { itemsOf } from './data/split.ts';
export { buildRatings } from './data/build-ratings.ts';
export { interactionsOf } from './data/interactions.ts';
export { ratingsFormats } from './data/formats.ts';
export { ParseError } from './data/parse-error.ts';
export { parseRatings } from './data/parse.ts';
export { readRatings } from './data/read-ratings.ts';
export { describeRatings, renderDescription } from './data/describe.ts';
export { syntheticRatings } from './data/synthetic.ts';
export { leaveOneOut } from './data/split.ts';
export { drawSample } from './data/negatives.ts';
export type * from './data/index.ts';

// Models, each usable alone.
export { binaryCrossEntropy, binaryCrossEntropyGradient, sigmoid } from './model/loss.ts';
export { scoreAll, scoreGradient, userGradient, weightedLoss } from './model/factorization.ts';
export { factorizationGradient } from './model/factorization-gradient.ts';
export { fit, predictRating, ratingErrors, recommend } from './model/factorization-fit.ts';
export { bytesSaved, rankOneUpdate } from './model/low-rank.ts';
// From here on, matrices of any kind and numbers as seeds are converted (lib/prototyping), then lib/model computes.
export {
  compress,
  compressWithFeedback,
  expand,
  frobeniusNorm,
  merge,
  reconstructionError,
  truncatedSvd,
} from './prototyping/lora.ts';
export { loraBackward, loraForward, loraLinear, mergeLora, unmergeLora } from './prototyping/lora.ts';
export {
  assignPoints,
  kmeans,
  kmeansPlusPlus,
  lloyd,
  lloydStep,
  moveCentroids,
  predictClusters,
  silhouette,
} from './prototyping/kmeans.ts';
export { attentionMask, scaledDotProductAttention, softmaxRows } from './prototyping/attention.ts';
export {
  attentionParameters,
  encoderBlock,
  encoderBlockParameters,
  layerNorm,
  multiHeadAttention,
} from './prototyping/layers.ts';
export { layerNormParameters } from './model/layer-norm.ts';
export type * from './prototyping/attention.ts';
export type * from './prototyping/kmeans.ts';
export type * from './prototyping/layers.ts';
export type * from './prototyping/lora.ts';
export { adamState, adamStep, sgdStep } from './model/optimizer.ts';
export type * from './model/index.ts';

// The federation: settings, what clients do, what travels, what the server does with it.
export { completeSettings, defaultSettings } from './federated/settings.ts';
export { plainLoops } from './federated/loops.ts';
export { chooseLoops, loopNames } from './fast/choose-loops.ts';
export { FactorizationClient } from './federated/client.ts';
export { isPresent } from './federated/client-side.ts';
export { codecNames, decode, encode, expandUpdate, WireError } from './federated/wire.ts';
export { fedAdam, lowRankDownlink } from './federated/server.ts';
export { denseDownlink, itemMean } from './federated/dense-server.ts';
export { Tokens } from './federated/tokens.ts';
export { AttentionAggregator } from './federated/attention-aggregator.ts';
export { federation } from './federated/federation.ts';
export { centralProgram } from './federated/central-program.ts';
export { attentionBetweenClients, fedtlrec, lowRankFactorization } from './federated/recipes/fedtlrec.ts';
export { defend, privacySpent } from './privacy/defence.ts';
export type * from './federated/index.ts';
export type * from './privacy/index.ts';

// Running it: rounds as events, training from end to end. All recipes, with their summaries: 'fedtlrec/recipes'.
export { recipeNamed } from './training/recipes.ts';
export { openRun } from './training/open-run.ts';
export { train } from './training/train.ts';
export { trainTask } from './training/train-task.ts';
export type { Task } from './federated/task.ts';
export { recommendItems } from './training/recommend-items.ts';
export type * from './training/index.ts';

// Evaluation: ranks and what they are worth.
export { rankOf } from './evaluation/ranking.ts';
export { expectedWorth, worthOfRank } from './evaluation/rank-worth.ts';
export {
  averagePrecision,
  ndcgAt,
  precisionAt,
  recallAt,
  reciprocalRank,
} from './evaluation/ranked-list.ts';
export { catalogueCoverage, giniIndex, novelty, timesRecommended } from './evaluation/list-figures.ts';
export { metrics } from './evaluation/metrics.ts';
export { meanAndStandardError, summarize } from './evaluation/protocol.ts';
export { pairedDifference } from './evaluation/paired-difference.ts';
export type * from './evaluation/index.ts';

// Looking back: runs recorded round by round.
export { TraceRecorder } from './trace/recorder.ts';
export { decodeTrace, encodeTrace } from './trace/trace-file.ts';
export { knownAt, momentsOf } from './trace/moments.ts';
export type * from './trace/index.ts';
