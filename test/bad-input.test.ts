// Whatever users hand to a public function, it works or throws a RangeError or TypeError that names the function and the argument.
// The calls are generated: every exported function, every argument and option, every kind of wrong value.
import test from 'tape';
import * as library from '../lib/index.ts';

type Call = (...words: unknown[]) => unknown;

const huge = 2 ** 53;
const wrong: Record<string, unknown> = {
  undefined,
  null: null,
  text: 'x',
  'the empty text': '',
  NaN: Number.NaN,
  '-1': -1,
  '.5': 0.5,
  Infinity: Number.POSITIVE_INFINITY,
  huge,
  true: true,
  'an empty array': [],
  'an array of arrays of NaN': [[Number.NaN]],
  'rows of words': [['x', 'y']],
  'rows of two lengths': [[1], [1, 2]],
  'huge numbers': [[huge, -huge]],
  'an empty object': {},
  'a function': () => 0,
  'a date': new Date(0),
  'a map': new Map(),
};

/** These are about what stands in a text or in bytes, with a type of their own: they name the place in it. */
const contents = new Set(['ParseError', 'TraceError', 'WireError']);
/** Functions that leave a check to another one, whose name the message then has. */
const others: Record<string, readonly string[]> = {
  train: ['openRun', 'settings'],
  openRun: ['settings'],
  completeSettings: ['settings'],
  defend: ['settings'],
  recipeNamed: ['recipe'],
};

const { ratings } = library.syntheticRatings({
  users: 20,
  items: 40,
  groups: 2,
  scenesPerGroup: 2,
  meanRatings: 8,
});
const points = [[0, 0], [1, 0], [9, 9]]; // biome-ignore format: points
const layer = library.loraLinear(points, { rank: 1, seed: 1 });
const stars = library.fit(ratings, { loss: 'squared', solver: 'als', factors: 2, epochs: 1 });
const scores = Float64Array.of(1, 2, 3);
const step = { learningRate: 0.1, epsilon: 1e-8 };

/** Calls that work: each of their arguments, and each option, is replaced by every wrong value. */
const working: Record<string, () => unknown[]> = {
  kmeans: () => [
    points,
    { clusters: 2, seed: 1, restarts: 2, maxIterations: 3, tolerance: 0, start: undefined },
  ],
  predictClusters: () => [points, [[0, 0]]],
  silhouette: () => [points, [0, 0, 1]],
  kmeansPlusPlus: () => [points, 2, 1],
  lloyd: () => [points, [[0, 0]], { maxIterations: 3, tolerance: 0 }],
  assignPoints: () => [points, [[0, 0]]],
  moveCentroids: () => [points, [0, 0, 0], [[0, 0]]],
  lloydStep: () => [points, [[0, 0]]],
  compress: () => [points, 1, { eigen: undefined }],
  compressWithFeedback: () => [points, library.zeros(3, 2), 1],
  reconstructionError: () => [points, { left: [[1], [1], [1]], right: [[1, 1]] }],
  truncatedSvd: () => [points, 1, {}],
  frobeniusNorm: () => [points],
  expand: () => [{ left: [[1]], right: [[1, 2]] }],
  merge: () => [library.zeros(1, 2), { left: [[1]], right: [[1, 2]] }, 1],
  loraLinear: () => [points, { rank: 1, alpha: 2, seed: 1 }],
  loraForward: () => [layer, points],
  loraBackward: () => [layer, points, [[1, 1, 1], [1, 1, 1], [1, 1, 1]]], // biome-ignore format: one line
  mergeLora: () => [layer],
  unmergeLora: () => [points, layer],
  softmaxRows: () => [points, points.map(() => [1, 0])],
  attentionMask: () => [3, { keyMask: Uint8Array.of(1, 0, 1), noSelf: true }],
  scaledDotProductAttention: () => [
    { queries: points, keys: points, values: points, scale: 1, mask: undefined },
  ],
  multiHeadAttention: () => [
    library.attentionParameters(2, 1),
    points,
    { heads: 2, mask: undefined, others: undefined, keyMask: undefined },
  ],
  attentionParameters: () => [4, 1, 'float64'],
  encoderBlockParameters: () => [4, 8, 1, 'float64'],
  layerNorm: () => [library.layerNormParameters(2), points],
  layerNormParameters: () => [2],
  matmul: () => [library.fromRows([[1]]), library.fromRows([[1]])],
  transpose: () => [library.fromRows([[1]])],
  toRows: () => [library.fromRows([[1]])],
  fromRows: () => [points],
  zeros: () => [2, 3],
  matrix: () => [scores, 1, 3],
  vector: () => [[1, 2]],
  fit: () => [
    ratings,
    { factors: 2, epochs: 1, learningRate: 0.1, regularization: 0, negatives: 1, seed: 1 },
  ],
  recommend: () => [stars, 0, ratings, 3],
  predictRating: () => [stars, 'u1', 'i1'],
  ratingErrors: () => [stars, ratings],
  interactionsOf: () => [ratings, { minRating: 3 }],
  itemsOf: () => [ratings, 0],
  leaveOneOut: () => [ratings, { seed: 1 }],
  describeRatings: () => [ratings],
  parseRatings: () => ['ann,Alien,5\nbob,Heat,4\n', { name: 'films', minRating: 1, format: 'auto' }],
  buildRatings: () => ['films', [{ user: 'ann', item: 'Alien', value: 5, time: null }]],
  syntheticRatings: () => [{ users: 20, items: 40, groups: 2, scenesPerGroup: 2, meanRatings: 8, seed: 1 }],
  drawSample: () => [9, Uint32Array.of(1), 2, library.randomStream(1)],
  randomStream: () => [1, 'key'],
  shuffle: () => [[1, 2, 3], library.randomStream(1)],
  sampleWithoutReplacement: () => [2, 5, library.randomStream(1)],
  rankOf: () => [scores, 1, [0]],
  worthOfRank: () => [1, () => 1],
  expectedWorth: () => [scores, () => 1],
  precisionAt: () => [['a', 'b'], ['b'], 2],
  recallAt: () => [['a', 'b'], ['b'], 2],
  averagePrecision: () => [['a', 'b'], ['b'], 2],
  reciprocalRank: () => [['a', 'b'], ['b'], 2],
  ndcgAt: () => [['a', 'b'], ['b'], 2],
  timesRecommended: () => [[[0, 1], [0]], 3], // biome-ignore format: one line
  catalogueCoverage: () => [[2, 1, 0]],
  giniIndex: () => [[2, 1, 0]],
  novelty: () => [[2, 1, 0], [1, 1, 2], 2], // biome-ignore format: one line
  sgdStep: () => [scores.slice(), scores, { learningRate: 0.1 }],
  adamStep: () => [scores.slice(), scores, library.adamState(3), { ...step }],
  adamState: () => [3],
  completeSettings: () => [{ rounds: 3 }],
};

/** What is wrong with how a function took its arguments; null if nothing is. */
async function complaint(name: string, words: readonly unknown[]): Promise<string | null> {
  const exported = (library as unknown as Record<string, unknown>)[name] as Call;
  try {
    const isClass = /^class/.test(Function.prototype.toString.call(exported));
    const result = isClass ? Reflect.construct(exported, words) : exported(...words);
    if (result instanceof Promise) await result;
    else if (typeof (result as Iterator<unknown> | null | undefined)?.next === 'function')
      (result as Iterator<unknown>).next();
    return null;
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}`;
    if (contents.has(error.name)) return null;
    const isKind = error instanceof RangeError || error instanceof TypeError;
    const start = [name, ...(others[name] ?? [])].some((word) =>
      new RegExp(`^${word}[:.]`).test(error.message),
    );
    return isKind && start ? null : `${error.name}: ${error.message}`;
  }
}

const names = Object.entries(library)
  .filter(([, value]) => typeof value === 'function')
  .map(([name]) => name);

test('every exported function names itself when all its arguments are wrong', async (t) => {
  t.ok(names.length > 80, `${names.length} functions`);
  const problems: string[] = [];
  for (const name of names) {
    for (const [kind, value] of Object.entries(wrong)) {
      for (const count of [1, 2, 3]) {
        const problem = await complaint(name, Array(count).fill(value));
        if (problem) problems.push(`${name}(${count} × ${kind}): ${problem}`);
      }
    }
  }
  t.deepEqual(problems, []);
});

test('every function that works names itself when one argument or option is wrong', async (t) => {
  const unknown = Object.keys(working).filter((name) => !names.includes(name));
  t.deepEqual(unknown, [], 'all of them are exported');
  const problems: string[] = [];
  let calls = 0;
  for (const [name, make] of Object.entries(working)) {
    const fine = await complaint(name, make());
    if (fine) problems.push(`${name}, as it should work: ${fine}`);
    for (const [kind, value] of Object.entries(wrong)) {
      for (const place of make().keys()) {
        for (const option of [null, ...optionsOf(make()[place])]) {
          const words = make();
          words[place] = option === null ? value : { ...(words[place] as object), [option]: value };
          const problem = await complaint(name, words);
          if (problem)
            problems.push(
              `${name}, argument ${place + 1}${option ? `.${option}` : ''} = ${kind}: ${problem}`,
            );
          calls++;
        }
      }
    }
  }
  t.deepEqual(problems, [], `${calls} calls`);
});

test('the check sees an error that does not say where it comes from', async (t) => {
  t.equal(await complaint('kmeans', working.kmeans!()), null);
  const bad = { get clusters() { throw new Error('no'); } }; // biome-ignore format: one line
  t.equal(await complaint('kmeans', [points, bad]), 'Error: no');
  t.end();
});

/** The options of an argument that is a plain object of them. */
function optionsOf(word: unknown): string[] {
  const isPlain =
    typeof word === 'object' && word !== null && Object.getPrototypeOf(word) === Object.prototype;
  const isLarge =
    isPlain && ('offsets' in word || 'weight' in word || 'itemTable' in word || 'query' in word);
  return isPlain && !isLarge ? Object.keys(word) : [];
}
