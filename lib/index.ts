// biome-ignore-all assist/source/organizeImports: the order is the reading order
// The public API, in the order in which data flow: ratings → client → model and gradient → low-rank update → wire →
// server: K-means, attention, merge → back to the clients → evaluation. Read the files in this order.

// Numbers: keyed random streams, matrices on ndarrays, matrix products.
export * from './numeric/rng.ts';
export * from './numeric/matrix.ts';
export * from './numeric/matmul.ts';
export type { EigenPairs, EigenSolver } from './numeric/eigen.ts';
export * from './numeric/cholesky.ts';

// Data: who touched what, and what is held out.
export * from './data/ratings.ts';
export * from './data/build-ratings.ts';
export { type RatingsFormat, ratingsFormats } from './data/formats.ts';
export { ParseError } from './data/parse-error.ts';
export { type Column, type Columns, columnsText } from './data/columns.ts';
export {
  type LayoutOptions,
  type ParseOptions,
  type ParseReport,
  parseRatings,
  RatingsParser,
} from './data/parse.ts';
export { type ReadOptions, type ReadReport, readRatings } from './data/read-ratings.ts';
export * from './data/describe.ts';
export * from './data/synthetic.ts';
export * from './data/split.ts';
export * from './data/negatives.ts';

// Models, each usable alone.
export * from './model/loss.ts';
export * from './model/factorization.ts';
export * from './model/factorization-fit.ts';
export * from './model/best-unseen.ts';
export * from './model/lora.ts';
export * from './model/kmeans.ts';
export { softmaxInPlace, softmaxRows, softmaxRowsBackward } from './model/softmax.ts';
export * from './model/log-sum-exp.ts';
export * from './model/attention.ts';
export * from './model/multi-head-attention.ts';
export * from './model/layers.ts';
export * from './model/relu.ts';
export * from './model/layer-norm.ts';
export * from './model/transformer.ts';
export * from './model/parameters.ts';
export * from './model/optimizer.ts';

// The federation: settings, what clients do, what travels, what the server does with it.
export * from './federated/settings.ts';
export * from './federated/loops.ts';
export * from './fast/choose-loops.ts';
export * from './federated/logistic-loss.ts';
export * from './federated/local-model.ts';
export * from './federated/client.ts';
export * from './federated/recency.ts';
export * from './federated/dropout.ts';
export * from './federated/wire.ts';
export * from './federated/update-sum.ts';
export * from './federated/server.ts';
export * from './federated/tokens.ts';
export * from './federated/aggregator.ts';
export * from './federated/client-index.ts';
export * from './federated/client-attention.ts';
export * from './federated/attention-aggregator.ts';
export * from './federated/attention-device.ts';
export * from './privacy/attack.ts';
export * from './privacy/clipping.ts';
export * from './privacy/noise.ts';
export * from './privacy/padding.ts';
export * from './privacy/accounting.ts';
export * from './privacy/defence.ts';
export * from './privacy/secure-sum.ts';
export * from './privacy/cohort-sum.ts';
export * from './federated/memory.ts';
export * from './federated/recipe.ts';
export type { ClientParts } from './federated/client-side.ts';
export type { ReceivedChunk, Reception } from './federated/reception.ts';
export type { ServerParts } from './federated/server-side.ts';
export * from './federated/federation.ts';
export { attentionBetweenClients, fedtlrec, lowRankFactorization } from './federated/recipes/fedtlrec.ts';
export * from './training/recipes.ts';

// Running it: events, rounds, training from end to end.
export * from './federated/events.ts';
export * from './training/executor.ts';
export * from './training/rounds.ts';
export * from './training/open-run.ts';
export * from './training/digest.ts';
export * from './training/train.ts';
export * from './training/recommend-items.ts';

// Evaluation: ranks and what they are worth.
export * from './evaluation/ranking.ts';
export * from './evaluation/metrics.ts';
export * from './evaluation/protocol.ts';
export * from './training/evaluate.ts';

// Looking back: runs recorded round by round.
export * from './trace/index.ts';
