// Whole numbers that functions take: the least and the most are taken, the next beyond them and a half are refused, and the
// error says both bounds. The table is written by hand from what the functions document.
import test from 'tape';
import { drawSample } from '../lib/data/negatives.ts';
import { leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { novelty, timesRecommended } from '../lib/evaluation/list-figures.ts';
import { ndcgAt, precisionAt } from '../lib/evaluation/ranked-list.ts';
import { AttentionAggregator } from '../lib/federated/attention-aggregator.ts';
import { FactorizationClient } from '../lib/federated/client.ts';
import { denseDownlink } from '../lib/federated/dense-server.ts';
import { plainLoops } from '../lib/federated/loops.ts';
import { Memory } from '../lib/federated/memory.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { fedAdam, lowRankDownlink } from '../lib/federated/server.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { Tokens } from '../lib/federated/tokens.ts';
import { encode } from '../lib/federated/wire.ts';
import { attentionMask } from '../lib/model/attention.ts';
import { compress } from '../lib/model/compress.ts';
import { fit } from '../lib/model/factorization-fit.ts';
import { recommend } from '../lib/model/factorization-model.ts';
import { lloyd, kmeans as plainKmeans } from '../lib/model/kmeans.ts';
import { kmeansPlusPlus } from '../lib/model/kmeans-start.ts';
import { layerNormParameters } from '../lib/model/layer-norm.ts';
import { linearParameters } from '../lib/model/layers.ts';
import { loraLinear } from '../lib/model/lora-linear.ts';
import { bytesSaved } from '../lib/model/low-rank.ts';
import { multiHeadAttention } from '../lib/model/multi-head-attention.ts';
import { nearestClusters } from '../lib/model/nearest-clusters.ts';
import { adamState } from '../lib/model/optimizer.ts';
import { matrix, vector, zeros } from '../lib/numeric/ndarrays.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { truncatedSvd } from '../lib/numeric/svd.ts';
import { itemKnnWith } from '../lib/peers/item-knn.ts';
import { privacySpent } from '../lib/privacy/defence.ts';
import { kmeans } from '../lib/prototyping/kmeans.ts';
import { encoderBlockParameters } from '../lib/prototyping/layers.ts';
import { compressWithFeedback } from '../lib/prototyping/lora.ts';
import { attentionParameters } from '../lib/prototyping/multi-head-attention.ts';
import { dirichletVectors } from '../lib/tasks/vectors.ts';
import { chooseClients } from '../lib/trace/choose-clients.ts';
import { openRun } from '../lib/training/open-run.ts';
import { recommendItems } from '../lib/training/recommend-items.ts';

const small = { users: 12, items: 20, groups: 2, scenesPerGroup: 2, meanRatings: 6 };
const { ratings } = syntheticRatings(small);
const split = leaveOneOut(ratings);
const settings = completeSettings();
const run = openRun(fedtlrec, split, { settings: { factors: 2, rounds: 1 } });
const scoring = { recency: null, mix: 0, count: 3 };
const model = fit(ratings, { factors: 2, epochs: 1 });
const tall = matrix(Float64Array.of(3, 0, 0, 2, 1, 1), 3, 2);
const heads = attentionParameters(2, 1);
const memory = () => new Memory(false);
const rng = () => randomStream(1);
const vectors = { clients: 1, classes: 2, dims: 1, samples: 4, alpha: 1 };
const update = { client: 0, round: 1, rows: Uint32Array.of(0), rank: 1, dims: 2, left: new Float32Array(1), right: new Float32Array(2), extra: new Float32Array(0) }; // biome-ignore format: one line
const fitWith = (options: object) => fit(ratings, { factors: 1, epochs: 1, ...options });
const noise = completeSettings({ noise: 'gaussian' });

/** Refused alone is what would take long or much memory. */
type Bound = [
  what: string,
  least: number,
  most: number,
  take: (value: number) => unknown,
  taken?: (number | 'least' | 'most')[],
];

// biome-ignore format: a table
const bounds: Record<string, Bound[]> = {
  data: [
    ['drawSample: items', 1, 2 ** 32, (n) => drawSample(n, Uint32Array.of(0), 0, rng()), ['least']],
    ['drawSample: negatives', 0, 2 ** 31, (n) => drawSample(3, Uint32Array.of(0), n, rng()), ['least']],
    ['syntheticRatings: users', 2, 1e8, (users) => syntheticRatings({ ...small, users }), ['least']],
    ['syntheticRatings: items', 12, 1e8, (items) => syntheticRatings({ ...small, scenesPerGroup: 6, items }), ['least']],
    ['syntheticRatings: items', 10, 1e8, (items) => syntheticRatings({ ...small, meanRatings: 5, items }), ['least']],
    ['syntheticRatings: seed', 0, 2 ** 53 - 1, (seed) => syntheticRatings({ ...small, seed }), ['least', 'most']],
    ['syntheticRatings: groups', 1, 255, (groups) => syntheticRatings({ ...small, groups }), ['least']],
    ['syntheticRatings: scenesPerGroup', 1, 255, (scenesPerGroup) => syntheticRatings({ ...small, scenesPerGroup }), ['least']],
  ],
  numeric: [
    ['zeros: rows', 0, 2 ** 32, (n) => zeros(n, 0), ['least', 'most']],
    ['zeros: columns', 0, 2 ** 32, (n) => zeros(0, n), ['least', 'most']],
    ['zeros: columns', 0, 2 ** 31, (n) => zeros(2, n), ['least']],
    ['truncatedSvd: rank', 1, 2, (rank) => truncatedSvd(tall, rank), ['least', 'most']],
  ],
  model: [
    ['linearParameters: inputs', 1, Infinity, (n) => linearParameters(n, 1, rng()), ['least']],
    ['linearParameters: outputs', 1, Infinity, (n) => linearParameters(1, n, rng()), ['least']],
    ['multiHeadAttention: heads', 1, Infinity, (n) => multiHeadAttention(heads, tall, { heads: n }), ['least', 2]],
    ['nearestClusters: probes', 1, 3, (n) => nearestClusters(tall, vector([1, 2]), n), ['least', 'most']],
    ['adamState: length', 0, 2 ** 32, adamState, ['least']],
    ['bytesSaved: rows', 1, Infinity, (n) => bytesSaved(n, 1, 1), ['least']],
    ['bytesSaved: columns', 1, Infinity, (n) => bytesSaved(1, n, 1), ['least']],
    ['bytesSaved: rank', 1, Infinity, (n) => bytesSaved(1, 1, n), ['least']],
    ['lloyd: maxIterations', 1, Infinity, (n) => [...lloyd(tall, tall, { maxIterations: n })], ['least']],
    ['kmeans: clusters', 1, 3, (clusters) => plainKmeans(tall, { clusters, rng: rng() }), ['least', 'most']],
    ['kmeansPlusPlus: clusters', 1, 3, (n) => kmeansPlusPlus(tall, n, rng()), ['least', 'most']],
    ['attentionMask: clients', 0, Infinity, (n) => attentionMask(n, { noSelf: true }), ['least', 1]],
    ['loraLinear: rank', 1, 2, (rank) => loraLinear(tall, { rank, seed: 1 }), ['least', 'most']],
    ['compress: rank', 1, 3, (rank) => compress(tall, rank), ['least', 'most']],
    ['layerNormParameters: dim', 1, 2 ** 32, (n) => layerNormParameters(n), ['least']],
    ['recommend: user', 0, 11, (user) => recommend(model, user, ratings, 1), ['least', 'most']],
    ['recommend: count', 1, Infinity, (count) => recommend(model, 0, ratings, count), ['least']],
    ['fit: factors', 1, 4096, (factors) => fitWith({ factors }), ['least', 'most']],
    ['fit: epochs', 1, 100_000, (epochs) => fitWith({ epochs }), ['least']],
    ['fit: negatives', 0, 1000, (negatives) => fitWith({ negatives }), ['least', 'most']],
    ['fit: seed', 0, 2 ** 53 - 1, (seed) => fitWith({ seed }), ['least', 'most']],
  ],
  evaluation: [
    ['timesRecommended: items', 1, 2 ** 32 - 1, (items) => timesRecommended([[0]], items), ['least']],
    ['timesRecommended: an item', 0, 2, (item) => timesRecommended([[item]], 3), ['least', 'most']],
    ['novelty: users', 1, Infinity, (users) => novelty([1], [1], users), ['least']],
    ['precisionAt: cutoff', 1, Infinity, (n) => precisionAt(['a'], ['a'], n), ['least', 7]],
    ['ndcgAt: cutoff', 1, Infinity, (n) => ndcgAt(['a'], ['a'], n), ['least', 7]],
  ],
  federated: [
    ['encode: items', 1, Infinity, (items) => encode(update, items), ['least']],
    ['denseDownlink: items', 1, Infinity, (n) => denseDownlink(n, 1, memory(), settings), ['least']],
    ['denseDownlink: dims', 1, Infinity, (n) => denseDownlink(1, n, memory(), settings), ['least']],
    ['lowRankDownlink: items', 1, Infinity, (n) => lowRankDownlink(n, 1, memory(), settings, plainLoops), ['least']],
    ['lowRankDownlink: dims', 1, Infinity, (n) => lowRankDownlink(1, n, memory(), settings, plainLoops), ['least']],
    ['fedAdam: length', 0, Infinity, (n) => fedAdam(n, memory(), settings), ['least']],
    ['Tokens: clients', 1, Infinity, (n) => new Tokens(n, 1, memory(), 0.9), ['least']],
    ['Tokens: items', 1, Infinity, (n) => new Tokens(1, n, memory(), 0.9), ['least']],
    ['FactorizationClient: items', 1, Infinity, (n) => new FactorizationClient(n, settings, plainLoops), ['least']],
    ['AttentionAggregator: clients', 1, Infinity, (n) => new AttentionAggregator(n, 1, settings, memory(), plainLoops), ['least']],
    ['AttentionAggregator: items', 1, Infinity, (n) => new AttentionAggregator(1, n, settings, memory(), plainLoops), ['least']],
  ],
  'trace, training, tasks, peers, privacy': [
    ['chooseClients: clients', 1, 100_000, (clients) => chooseClients(split.train, { clients }), ['least', 'most']],
    ['chooseClients: owners', 1, 100_000, (owners) => chooseClients(split.train, { owners }), ['least', 'most']],
    ['chooseClients: focus', 1, 100_000, (focus) => chooseClients(split.train, { focus }), ['least', 'most']],
    ['recommendItems: client', 0, 11, (n) => recommendItems(run.program, split, n, scoring), ['least', 'most']],
    ['recommendItems: count', 1, Infinity, (count) => recommendItems(run.program, split, 0, { ...scoring, count }), ['least']],
    ['dirichletVectors: clients', 1, Infinity, (n) => dirichletVectors({ ...vectors, clients: n }), ['least']],
    ['dirichletVectors: classes', 2, 256, (n) => dirichletVectors({ ...vectors, classes: n }), ['least', 'most']],
    ['dirichletVectors: dims', 1, Infinity, (n) => dirichletVectors({ ...vectors, dims: n }), ['least']],
    ['dirichletVectors: samples', 4, Infinity, (n) => dirichletVectors({ ...vectors, samples: n }), ['least']],
    ['itemKnnWith: neighbours', 1, Infinity, (neighbours) => itemKnnWith({ neighbours }), ['least']],
    ['privacySpent: rounds', 0, Infinity, (rounds) => privacySpent(noise, rounds), ['least']],
  ],
  prototyping: [
    ['kmeans: restarts', 1, 10_000, (restarts) => kmeans([[1], [2]], { clusters: 1, restarts }), ['least']],
    ['kmeans: maxIterations', 1, Infinity, (maxIterations) => kmeans([[1], [2]], { clusters: 1, maxIterations }), ['least']],
    ['attentionParameters: dim', 1, 2 ** 15, (dim) => attentionParameters(dim, 1), ['least']],
    ['encoderBlockParameters: dim', 1, 2 ** 15, (dim) => encoderBlockParameters(dim, 1, 1), ['least']],
    ['encoderBlockParameters: hidden', 1, 2 ** 15, (n) => encoderBlockParameters(1, n, 1), ['least', 'most']],
    ['compressWithFeedback: rank', 1, 3, (rank) => compressWithFeedback(tall, zeros(3, 2), rank), ['least', 'most']],
  ],
};

for (const [folder, rows] of Object.entries(bounds)) {
  test(`whole numbers that functions of ${folder} take have two bounds, and an error says them`, (t) => {
    for (const [what, least, most, take, taken = []] of rows) {
      const range = most === Infinity ? `of at least ${least}` : `between ${least} and ${most}`;
      const outcome = (value: number) => {
        try {
          take(value);
          return 'taken';
        } catch (error) {
          return String(error);
        }
      };
      const beyond = most === Infinity ? [] : [most + 1];
      for (const value of [least - 1, least + 0.5, ...beyond])
        t.equal(
          outcome(value),
          `RangeError: ${what} must be a whole number ${range}, got ${value}`,
          `${what} ${value}`,
        );
      const limits = { least, most };
      for (const value of taken)
        t.equal(outcome(typeof value === 'number' ? value : limits[value]), 'taken', `${what}: ${value}`);
    }
    t.end();
  });
}
