// Functions of the sub-paths check their arguments at the border: one rule is broken a line, and the error begins with the
// function and what is wrong. (The root's functions are tried with generated calls in bad-input.test.ts.)
import test from 'tape';
import { renderDescription } from '../lib/data/describe.ts';
import { type ParseOptions, parseRatings } from '../lib/data/parse.ts';
import { leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { catalogueCoverage, giniIndex, novelty, timesRecommended } from '../lib/evaluation/list-figures.ts';
import { chooseMetrics } from '../lib/evaluation/metric-choice.ts';
import { pairedDifference } from '../lib/evaluation/paired-difference.ts';
import { meanAndStandardError, summarize } from '../lib/evaluation/protocol.ts';
import { centralProgram } from '../lib/federated/central-program.ts';
import { FactorizationClient } from '../lib/federated/client.ts';
import { isPresent } from '../lib/federated/client-side.ts';
import { denseDownlink } from '../lib/federated/dense-server.ts';
import { federation } from '../lib/federated/federation.ts';
import { plainLoops } from '../lib/federated/loops.ts';
import { Memory } from '../lib/federated/memory.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { fedAdam, lowRankDownlink } from '../lib/federated/server.ts';
import { completeSettings, type Settings } from '../lib/federated/settings.ts';
import { Tokens } from '../lib/federated/tokens.ts';
import { decode, encode, expandUpdate } from '../lib/federated/wire.ts';
import { softmaxRowsBackward } from '../lib/model/attention-backward.ts';
import {
  scoreAll,
  scoreGradient,
  userGradient,
  userHessian,
  weightedLoss,
} from '../lib/model/factorization.ts';
import { fit } from '../lib/model/factorization-fit.ts';
import { lloyd } from '../lib/model/kmeans.ts';
import { layerNorm, layerNormBackward, layerNormParameters } from '../lib/model/layer-norm.ts';
import { linear, linearParameters } from '../lib/model/layers.ts';
import { columnSums, linearBackward } from '../lib/model/layers-backward.ts';
import { logSumExp, logSumExpBackward } from '../lib/model/log-sum-exp.ts';
import { bytesSaved, expand, merge, rankOneUpdate } from '../lib/model/low-rank.ts';
import { nearestClusters } from '../lib/model/nearest-clusters.ts';
import { adagradState, adagradStep, adamState, adamStep, sgdStep } from '../lib/model/optimizer.ts';
import { reluBackward } from '../lib/model/relu.ts';
import { softmaxRows } from '../lib/model/softmax.ts';
import { meanSquaredError, meanSquaredErrorGradient } from '../lib/model/squared-error.ts';
import { ratingErrors } from '../lib/model/stars.ts';
import { expectParts, inWords } from '../lib/numeric/arguments.ts';
import { vectorToMathjs } from '../lib/numeric/mathjs.ts';
import { matrix, rowMajorData, vector, zeros } from '../lib/numeric/ndarrays.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { itemKnnWith } from '../lib/peers/item-knn.ts';
import {
  epsilonOfLaplace,
  epsilonOfZcdp,
  epsilonSpent,
  noiseMultiplier,
  zcdpOfEpsilon,
  zcdpOfGaussian,
} from '../lib/privacy/accounting.ts';
import { clipUpdate } from '../lib/privacy/clipping.ts';
import { defend, privacySpent } from '../lib/privacy/defence.ts';
import { derivedBytes } from '../lib/privacy/derive-key.ts';
import { sharedSecret } from '../lib/privacy/key-agreement.ts';
import { addNoise } from '../lib/privacy/noise.ts';
import { padRows } from '../lib/privacy/padding.ts';
import { fixedPointFor } from '../lib/privacy/secure-sum.ts';
import { recoverSecret, splitSecret } from '../lib/privacy/shamir.ts';
import { asMask } from '../lib/prototyping/mask.ts';
import { krum, multiKrum } from '../lib/robust/krum.ts';
import { trimmedMean } from '../lib/robust/trimmed-mean.ts';
import { taskThreads, threadsExecutor } from '../lib/simulator/threads.ts';
import { dirichletVectors } from '../lib/tasks/vectors.ts';
import { chooseClients } from '../lib/trace/choose-clients.ts';
import { knownAt, momentsOf } from '../lib/trace/moments.ts';
import { TraceRecorder } from '../lib/trace/recorder.ts';
import { decodeTrace, encodeTrace } from '../lib/trace/trace-file.ts';
import { expectApplied } from '../lib/training/expect-applied.ts';
import { openRun } from '../lib/training/open-run.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { recommendItems } from '../lib/training/recommend-items.ts';

const world = syntheticRatings({ users: 12, items: 20, groups: 2, scenesPerGroup: 2, meanRatings: 6 });
const split = leaveOneOut(world.ratings);
const settings = completeSettings();
const run = openRun(fedtlrec, split, { settings: { factors: 2, rounds: 1 } });

const square = matrix(Float64Array.of(1, 2, 3, 4), 2, 2);
const tall = zeros(3, 2);
const cube = zeros(2, 2).data;
const [two, three] = [vector([1, 2]), vector([1, 2, 3])];
const table = zeros(2, 3); // [items, factors + 1]
const sample = { labels: [1, 0], counts: [1, 1] };
const list = [0.5, 0.5];
const norm = layerNormParameters(2);
const layer = { weight: square, bias: two };
const state = adamState(2);
const floats = () => Float64Array.of(1, 2);
const rate = { learningRate: 0.1 };
const dense = { ...rate, epsilon: 1e-8 };
const update = { client: 0, round: 1, rows: Uint32Array.of(0), rank: 1, dims: 2, left: new Float32Array(1), right: new Float32Array(2), extra: new Float32Array(0) }; // biome-ignore format: one line
const share = { at: 1, value: new Uint8Array(33) };
const plan = { epsilon: 1, delta: 1e-5, rounds: 3, noise: 'gaussian' } as const;
const trace = { rounds: [] };
const empty = { ...world.ratings, offsets: new Uint32Array(13), itemOf: new Uint32Array(0), values: new Float64Array(0), times: null }; // biome-ignore format: one line
const stars = fit(world.ratings, { loss: 'squared', solver: 'als', factors: 2, epochs: 1 });
const parsed = (options: Partial<ParseOptions>) =>
  parseRatings('a,x,1\nb,y,2\n', { name: 'toy', ...options });
const scoring = { recency: null, mix: 0, count: 3 };
const shared = new Memory(false);

/** Anything, where the types would not let a wrong value pass. */
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const any = (value: unknown): any => value;

const applied = (wanted: Partial<Settings>) =>
  expectApplied(any({ name: 'own' }), any({ hasRounds: true }), completeSettings(wanted));

const refusals: Record<string, [start: string, call: () => unknown][]> = {
  numeric: [
    ['rowMajorData: values', () => rowMajorData(any({ data: [1], shape: [1, 1] }))],
    ['zeros: rows', () => zeros(-1, 2)],
    ['zeros: columns', () => zeros(2, 0.5)],
    ['vectorToMathjs: values must be a vector, got shape [2, 2]', () => vectorToMathjs(any(square))],
    ['matrix: data must have rows × columns (2 × 2 = 4) elements, got 2', () => matrix(floats(), 2, 2)],
  ],
  data: [
    ['parseRatings: decimal must be point or comma, got dot', () => parsed({ decimal: any('dot') })],
    [
      'parseRatings: dates must be day-first or month-first, got usual',
      () => parsed({ dates: any('usual') }),
    ],
    ['parseRatings: minRating must be a finite number, got NaN', () => parsed({ minRating: Number.NaN })],
    ['renderDescription: facts', () => renderDescription(any({ users: 3 }))],
    ['renderDescription: facts', () => renderDescription(any({ ratingsPerUser: {} }))],
  ],
  model: [
    ['fit: ratings must not be empty, got none', () => fit(empty, any({ loss: 'squared' }))],
    ['ratingErrors: ratings must not be empty, got none', () => ratingErrors(stars, empty)],
    ['lloyd: loops', () => [...lloyd(square, square, any({ loops: 7 }))]],
    ['lloyd: tolerance', () => [...lloyd(square, square, { tolerance: -1 })]],
    ['layerNormParameters: dim', () => layerNormParameters(0)],
    ['layerNorm: gain', () => layerNorm({ ...norm, gain: three }, square)],
    ['layerNorm: shift', () => layerNorm({ ...norm, shift: three }, square)],
    ['layerNormBackward: outputGradient', () => layerNormBackward(norm, square, tall)],
    ['linearParameters: inputs', () => linearParameters(0, 1, randomStream(1))],
    ['linearParameters: outputs', () => linearParameters(1, 0, randomStream(1))],
    ['linear: weight', () => linear({ ...layer, weight: zeros(2, 3) }, square)],
    ['linear: bias', () => linear({ ...layer, bias: three }, square)],
    ['linearBackward: outputGradient', () => linearBackward(layer, square, tall)],
    ['columnSums: ', () => columnSums(any(two))],
    ['logSumExp: ', () => logSumExp(square, new Uint8Array(3))],
    ['logSumExpBackward: outputGradient', () => logSumExpBackward(square, three)],
    ['softmaxRows: ', () => softmaxRows(square, new Uint8Array(3))],
    ['softmaxRowsBackward: weightGradient', () => softmaxRowsBackward(square, tall)],
    ['meanSquaredError: target', () => meanSquaredError(square, tall)],
    ['meanSquaredError: output must have at least one', () => meanSquaredError(zeros(0, 2), zeros(0, 2))],
    ['meanSquaredErrorGradient: target', () => meanSquaredErrorGradient(square, tall)],
    ['nearestClusters: point', () => nearestClusters(square, three, 1)],
    ['nearestClusters: probes', () => nearestClusters(square, two, 3)],
    ['nearestClusters: centroids', () => nearestClusters(matrix(Float64Array.of(1, Infinity), 1, 2), two, 1)],
    ['nearestClusters: point', () => nearestClusters(square, vector([1, Number.NaN]), 1)],
    ['reluBackward: outputGradient', () => reluBackward(square, tall)],
    ['scoreAll: userVector', () => scoreAll(three, table, new Float64Array(2))],
    ['scoreAll: out', () => scoreAll(two, table, new Float64Array(3))],
    ['weightedLoss: scores', () => weightedLoss(any(7), sample)],
    ['weightedLoss: sample', () => weightedLoss(list, any({ labels: [1, 0] }))],
    ['weightedLoss: labels', () => weightedLoss(list, { ...sample, labels: [1] })],
    ['weightedLoss: counts', () => weightedLoss(list, { ...sample, counts: [1] })],
    ['scoreGradient: scores', () => scoreGradient(any(7), sample)],
    ['scoreGradient: labels', () => scoreGradient(list, { ...sample, labels: [1] })],
    ['scoreGradient: counts', () => scoreGradient(list, { ...sample, counts: [1] })],
    ['userGradient: scoreGradients', () => userGradient(table, [1])],
    ['userHessian: scores', () => userHessian(table, [1], list)],
    ['userHessian: counts', () => userHessian(table, list, [1])],
    ['rankOneUpdate: scoreGradient', () => rankOneUpdate(any(square), two)],
    ['rankOneUpdate: userVector', () => rankOneUpdate(two, any(square))],
    ['expand: right', () => expand({ left: square, right: tall })],
    ['merge: base', () => merge(tall, { left: square, right: square }, 1)],
    ['bytesSaved: rows', () => bytesSaved(0, 1, 1)],
    ['bytesSaved: columns', () => bytesSaved(1, 0, 1)],
    ['bytesSaved: rank', () => bytesSaved(1, 1, 0)],
    ['sgdStep: gradient', () => sgdStep(floats(), cube, rate)],
    ['sgdStep: learningRate', () => sgdStep(floats(), floats(), { learningRate: -1 })],
    ['adagradStep: gradient', () => adagradStep(floats(), cube, adagradState(2), dense)],
    ['adagradStep: squares', () => adagradStep(floats(), floats(), adagradState(3), dense)],
    [
      'adagradStep: learningRate',
      () => adagradStep(floats(), floats(), adagradState(2), { ...dense, learningRate: -1 }),
    ],
    [
      'adagradStep: epsilon',
      () => adagradStep(floats(), floats(), adagradState(2), { ...dense, epsilon: 0 }),
    ],
    ['adamState: length', () => adamState(-1)],
    ['adamStep: firstMoment', () => adamStep(floats(), floats(), { ...state, firstMoment: cube }, rate)],
    ['adamStep: secondMoment', () => adamStep(floats(), floats(), { ...state, secondMoment: cube }, rate)],
    ['adamStep: beta1', () => adamStep(floats(), floats(), state, { ...rate, beta1: 1 })],
    ['adamStep: beta2', () => adamStep(floats(), floats(), state, { ...rate, beta2: -0.1 })],
    ['adamStep: epsilon', () => adamStep(floats(), floats(), state, { ...rate, epsilon: 0 })],
  ],
  evaluation: [
    ['timesRecommended: lists', () => timesRecommended(any([[0], 7]), 3)],
    ['timesRecommended: lists must name an item once', () => timesRecommended([[1, 1]], 3)],
    ['timesRecommended: an item', () => timesRecommended([[3]], 3)],
    ['timesRecommended: items', () => timesRecommended([[0]], 0)],
    ['novelty: users', () => novelty([1], [1], 0)],
    ['novelty: counts must have an item at least, got none', () => novelty([], [], 1)],
    ['novelty: popularity must have as many items as counts (1), got 2', () => novelty([1], [1, 1], 1)],
    ['novelty: popularity must be at most the number of users (1), got 2', () => novelty([1], [2], 1)],
    ['giniIndex: counts must be counts, got -1 for item 0', () => giniIndex([-1])],
    ['catalogueCoverage: counts', () => catalogueCoverage(any(7))],
    ['chooseMetrics: words', () => chooseMetrics(any(7))],
    ['pairedDifference: a', () => pairedDifference(any({}), any({ hr10: [] }))],
    ['pairedDifference: b', () => pairedDifference(any({ hr10: [] }), any({}))],
    [
      'pairedDifference: both',
      () => pairedDifference(any({ hr10: floats() }), any({ hr10: new Float64Array(3) })),
    ],
    ['summarize: perUser', () => summarize(any({ hr10: [] }))],
    ['meanAndStandardError: values', () => meanAndStandardError(any(7))],
  ],
  federated: [
    ['fedAdam: length', () => fedAdam(-1, shared, settings)],
    ['fedAdam: memory', () => fedAdam(1, any({}), settings)],
    ['fedAdam: settings', () => fedAdam(1, shared, any(null))],
    ['lowRankDownlink: items', () => lowRankDownlink(0, 2, shared, settings, plainLoops)],
    ['lowRankDownlink: dims', () => lowRankDownlink(2, 0, shared, settings, plainLoops)],
    ['lowRankDownlink: memory', () => lowRankDownlink(2, 2, any({}), settings, plainLoops)],
    ['lowRankDownlink: settings', () => lowRankDownlink(2, 2, shared, any(null), plainLoops)],
    ['denseDownlink: items', () => denseDownlink(0, 2, shared, settings)],
    ['denseDownlink: dims', () => denseDownlink(2, 0, shared, settings)],
    ['denseDownlink: memory', () => denseDownlink(2, 2, any({}), settings)],
    ['denseDownlink: settings', () => denseDownlink(2, 2, shared, any(null))],
    ['FactorizationClient: items', () => new FactorizationClient(0, settings, plainLoops)],
    ['FactorizationClient: settings', () => new FactorizationClient(1, any({}), plainLoops)],
    ['FactorizationClient: loops', () => new FactorizationClient(1, settings, any({}))],
    ['isPresent: client', () => isPresent(any('a'), 1, settings)],
    ['isPresent: round', () => isPresent(1, any('a'), settings)],
    ['isPresent: settings', () => isPresent(1, 1, any({ dropout: 0 }))],
    ['federation: setup', () => federation(any({}), any({ localModel: {}, downlink: {} }))],
    ['federation: composition', () => federation(run.setup, any({ localModel: {} }))],
    ['centralProgram: clients', () => centralProgram(any('a'), any({ initialize() {}, score() {} }))],
    ['centralProgram: parts', () => centralProgram(1, any({ initialize() {} }))],
    ['Tokens: clients', () => new Tokens(0, 1, shared, 0.9)],
    ['Tokens: items', () => new Tokens(1, 0, shared, 0.9)],
    ['Tokens: memory', () => new Tokens(1, 1, any({}), 0.9)],
    ['Tokens: decay', () => new Tokens(1, 1, shared, any('a'))],
    ['Tokens: options', () => new Tokens(1, 1, shared, 0.9, any(7))],
    ['encode: update', () => encode(any({ rows: [], left: [] }), 2)],
    ['encode: items', () => encode(update, 0)],
    ['encode: codec', () => encode(update, 2, any('int9'))],
    ['decode: message', () => decode(any(7), any({}))],
    ['decode: expected', () => decode(new Uint8Array(9), any(7))],
    ['expandUpdate: update', () => expandUpdate(any({ rows: [], left: [] }))],
  ],
  privacy: [
    ['zcdpOfGaussian: sensitivity', () => zcdpOfGaussian(0, 1)],
    ['zcdpOfGaussian: deviation', () => zcdpOfGaussian(1, 0)],
    ['epsilonOfZcdp: rho', () => epsilonOfZcdp(-1, 0.1)],
    ['epsilonOfZcdp: delta', () => epsilonOfZcdp(1, 0)],
    ['epsilonOfZcdp: delta', () => epsilonOfZcdp(1, 1)],
    ['zcdpOfEpsilon: epsilon', () => zcdpOfEpsilon(0, 0.1)],
    ['zcdpOfEpsilon: delta', () => zcdpOfEpsilon(1, 1)],
    ['epsilonOfLaplace: sensitivity', () => epsilonOfLaplace(0, 1)],
    ['epsilonOfLaplace: scale', () => epsilonOfLaplace(1, 0)],
    ['noiseMultiplier: epsilon', () => noiseMultiplier({ ...plan, epsilon: 0 })],
    ['noiseMultiplier: rounds', () => noiseMultiplier({ ...plan, rounds: 0 })],
    ['epsilonSpent: rounds', () => epsilonSpent(plan, -1)],
    ['clipUpdate: bound', () => clipUpdate(update, 0, 'l2')],
    ['addNoise: scale', () => addNoise(update, 2, 'laplace', -1, randomStream(1))],
    ['splitSecret: the secret', () => splitSecret(new Uint8Array(31), [1], 1, new Uint8Array(0))],
    ['splitSecret: threshold', () => splitSecret(new Uint8Array(32), [1], 0, new Uint8Array(0))],
    ['splitSecret: threshold', () => splitSecret(new Uint8Array(32), [1], 2, new Uint8Array(40))],
    ['splitSecret: threshold', () => splitSecret(new Uint8Array(32), [1, 2], 1.5, new Uint8Array(40))],
    ['splitSecret: random', () => splitSecret(new Uint8Array(32), [1, 2], 2, new Uint8Array(39))],
    ['splitSecret: places', () => splitSecret(new Uint8Array(32), [0], 1, new Uint8Array(0))],
    ['splitSecret: places', () => splitSecret(new Uint8Array(32), [1, 1], 1, new Uint8Array(0))],
    ['recoverSecret: shares', () => recoverSecret([])],
    ['recoverSecret: places', () => recoverSecret([share, share])],
    ['padRows: padding', () => padRows({ ...update, rank: 2 }, Uint32Array.of(1), new Float32Array(4))],
    ['privacySpent: settings', () => privacySpent(any({ rounds: 3 }))],
    ['privacySpent: settings', () => privacySpent(any({ noise: 'laplace' }))],
    ['privacySpent: rounds', () => privacySpent(settings, -1)],
    ['defend: recipe', () => defend(any({ name: 'a' }), {})],
    ['defend: defence', () => defend(fedtlrec, any(7))],
    ['derivedBytes: length', () => derivedBytes(new Uint8Array(1), 0)],
    ['derivedBytes: length', () => derivedBytes(new Uint8Array(1), 255 * 32 + 1)],
    ['sharedSecret: a key', () => sharedSecret(new Uint8Array(31), new Uint8Array(32))],
    ['sharedSecret: a key', () => sharedSecret(new Uint8Array(32), new Uint8Array(33))],
    ['fixedPointFor: clients and largest', () => fixedPointFor(0)],
    ['fixedPointFor: clients and largest', () => fixedPointFor(1, 0)],
    ['fixedPointFor: 8388608 clients are too many', () => fixedPointFor(2 ** 23)],
  ],
  'robust, tasks, peers': [
    ['trimmedMean: trim', () => trimmedMean({ trim: 0.5 })],
    ['krum: liars', () => krum({ liars: -0.1 })],
    ['multiKrum: liars', () => multiKrum({ liars: 0.5 })],
    ['dirichletVectors: clients', () => dirichletVectors({ clients: 0, classes: 2, dims: 1, alpha: 1 })],
    ['dirichletVectors: classes', () => dirichletVectors({ clients: 1, classes: 1, dims: 1, alpha: 1 })],
    ['dirichletVectors: dims', () => dirichletVectors({ clients: 1, classes: 2, dims: 0, alpha: 1 })],
    [
      'dirichletVectors: samples',
      () => dirichletVectors({ clients: 1, classes: 2, dims: 1, alpha: 1, samples: 3 }),
    ],
    ['dirichletVectors: alpha', () => dirichletVectors({ clients: 1, classes: 2, dims: 1, alpha: 0 })],
    ['dirichletVectors: alpha', () => dirichletVectors({ clients: 1, classes: 2, dims: 1, alpha: Infinity })],
    ['itemKnnWith: neighbours', () => itemKnnWith({ neighbours: 0 })],
  ],
  'simulator, trace, training': [
    ["recipeNamed: name must be text such as 'fedtlrec', got 7", () => recipeNamed(any(7))],
    ['decodeTrace: bytes', () => decodeTrace(any([1]))],
    ['threadsExecutor: workers', () => threadsExecutor(0)],
    [
      'threadsExecutor: the setup must say which recipe it is of',
      () => threadsExecutor(1)(run.program, { ...run.setup, recipe: undefined }),
    ],
    [
      'threadsExecutor: the memory must be shared',
      () => threadsExecutor(1)(run.program, { ...run.setup, memory: shared }),
    ],
    [
      'threadsExecutor: a channel function',
      () =>
        threadsExecutor(1)(run.program, {
          ...run.setup,
          memory: new Memory(true),
          channel: (message) => message,
        }),
    ],
    ['settings: attack must be none with the recipe own', () => applied({ attack: 'scale' })],
    ['settings: combine must be sum with the recipe own', () => applied({ combine: 'median' })],
    ['threadsExecutor: workers', () => threadsExecutor(257)],
    ['taskThreads: workers', () => taskThreads(0)],
    ['chooseClients: clients', () => chooseClients(split.train, { clients: 0 })],
    ['chooseClients: owners', () => chooseClients(split.train, { owners: 0 })],
    ['chooseClients: focus', () => chooseClients(split.train, { focus: 100_001 })],
    ['momentsOf: trace', () => momentsOf(any({}))],
    ['knownAt: trace', () => knownAt(any({}), any({ place: 0 }))],
    ['knownAt: moment', () => knownAt(trace, any({}))],
    ['encodeTrace: trace', () => encodeTrace(any({ rounds: [] }))],
    ['encodeTrace: trace', () => encodeTrace(any({ about: {} }))],
    ['TraceRecorder: run', () => new TraceRecorder(any({ program: {} }), 'fedtlrec')],
    ['TraceRecorder: run', () => new TraceRecorder(any({ setup: {} }), 'fedtlrec')],
    ['TraceRecorder: recipe', () => new TraceRecorder(run, any(7))],
    ['TraceRecorder: options', () => new TraceRecorder(run, 'fedtlrec', any(7))],
    ['recommendItems: program', () => recommendItems(any({}), split, 0, scoring)],
    ['recommendItems: split', () => recommendItems(run.program, any({}), 0, scoring)],
    ['recommendItems: options', () => recommendItems(run.program, split, 0, any(7))],
    ['recommendItems: client', () => recommendItems(run.program, split, 12, scoring)],
    ['recommendItems: count', () => recommendItems(run.program, split, 0, { ...scoring, count: 0 })],
  ],
};

for (const [folder, calls] of Object.entries(refusals)) {
  test(`functions of ${folder} refuse what they cannot take, by name`, async (t) => {
    for (const [start, call] of calls) {
      const said = await Promise.resolve()
        .then(call)
        .then(
          () => 'taken',
          (error: Error) => (/^(Range|Type)Error$/.test(error.name) ? error.message : String(error)),
        );
      t.equal(said.slice(0, start.length), start, said);
    }
  });
}

test('a mask is rows of yes and no, or one list of them, and nothing else', (t) => {
  const mask = (value: unknown) => asMask('f', any(value), 2, 3);
  const wanted = Uint8Array.of(1, 0, 0, 1, 1, 1);
  for (const value of [[[1, 0, 0], [1, 1, 1]], [[true, false, false], Uint8Array.of(1, 1, 1)], [1, 0, 0, 1, true, 1], wanted]) // biome-ignore format: one line
    t.deepEqual(mask(value), wanted);
  t.equal(mask(undefined), undefined);
  for (const [value, said] of [
    [7, 'TypeError: f: mask must be rows of 0 and 1, or a Uint8Array, got 7'],
    [[[1, 0, 0]], 'RangeError: f: mask must have shape [2, 3], got [1, 3]'],
    [[[1, 0], [1, 0, 0]], 'RangeError: f: mask must have shape [2, 3], got [2, 2 or 3]'],
    [[1, 0, 0, 1, 1], 'RangeError: f: mask must have shape [2, 3], got 5 entries'],
    [[], 'RangeError: f: mask must have shape [2, 3], got 0 entries'],
    [[1, 0, 0, 1, 2, 1], 'TypeError: f: mask must hold 0 and 1, or true and false, got 2 at position 4'],
  ] as const) // biome-ignore format: a table
    t.throws(
      () => mask(value),
      (error: Error) => String(error) === said,
      said,
    );
  t.end();
});

test('an error names what it got: short, and whatever it is', (t) => {
  for (const [value, words] of [
    ['x'.repeat(20), `'${'x'.repeat(20)}'`],
    ['x'.repeat(21), `'${'x'.repeat(20)}…'`],
    [() => 0, 'a function'],
    [Symbol('s'), 'Symbol(s)'],
    [undefined, 'undefined'],
    [null, 'null'],
    [3, '3'],
    [[], 'an empty array'],
    [[[1]], 'an array of arrays'],
    [[{}], 'an array of objects'],
    [[1], 'an array of numbers'],
    [new Map(), 'a Map'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
  ] as const)
    t.equal(inWords(value), words);
  t.throws(
    () => expectParts('f', 'split', { train: 3 }, 'leaveOneOut(ratings)', { train: 'object' }),
    /^TypeError: f: split must be that of leaveOneOut\(ratings\), whose train is .*, got 3$/,
  );
  t.end();
});
