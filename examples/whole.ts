// FedTLRec in one file: from the lists on people's devices to recommendations, and how good they are; each
// step as one would write it on a board. The modules of lib/ take the same steps with checks, messages as bytes,
// threads and SIMD, and arrive at the same numbers (test/whole.test.ts). docs/whole.md walks through this file.
//
// Run: npx tsx examples/whole.ts
// Installed: import { randomStream } from 'fedtlrec/random'
import ndarray, { type NdArray } from 'ndarray';
import { type RandomStream, randomStream } from '../lib/numeric/rng.ts';

// #region given
export interface Lists {
  readonly items: number; // how many there are
  readonly train: readonly Uint32Array[]; // what each user touched, oldest first; stays at home
  readonly validation: ArrayLike<number>; // a later item of each user, to choose β with
  readonly test: ArrayLike<number>; // and a still later one, to measure with; no device has these
}

export const defaults = {
  seed: 1, // all that is random follows from it
  rounds: 150,
  factors: 16, // d, length of a user vector; item rows have D = d + 1: a bias comes last
  negatives: 4, // draws for each touched item
  localSteps: 2, // of the user vector, before the message is made
  clientLearningRate: 0.05,
  regularization: 0.01, // λ
  serverLearningRate: 0.03,
  rank: 2, // r, of what the server sends
  tokenMemory: 0.9, // m, weight of the past in a token
  clusters: 1, // K
  probes: 3, // nearest clusters that a client attends to
  heads: 1, // of attention
  temperature: 0.1, // τ of the first head; each further head has twice that of the one before
  mixes: [0, 0.15, 0.3, 0.45, 0.7], // weights β of what the others say, to choose from
};
export type Settings = typeof defaults;
// #endregion given
// #region numbers
type Vector = Float64Array;
type Matrix = NdArray<Vector>; // [rows, columns]

const zeros = (rows: number, columns: number): Matrix =>
  ndarray(new Float64Array(rows * columns), [rows, columns]);
/** The rows of a matrix, as views: who writes to one writes to the matrix. */
const rowsOf = ({ data, shape: [rows, columns] }: Matrix): Vector[] =>
  Array.from({ length: rows! }, (_, row) => data.subarray(row * columns!, (row + 1) * columns!));

const sum = (a: Vector): number => a.reduce((total, value) => total + value, 0);
const times = (a: Vector, factor: number): Vector => a.map((value) => value * factor);
const unit = (a: Vector): Vector => times(a, 1 / (Math.sqrt(dot(a, a)) || 1));
const mean = (rows: readonly Vector[]): Vector => mix(Array(rows.length).fill(1 / rows.length), rows);

function dot(a: Vector, b: Vector): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k]! * b[k]!;
  return total;
}

/** target ← target + weight · source. */
function add(target: Vector, weight: number, source: Vector): void {
  for (let k = 0; k < target.length; k++) target[k]! += weight * source[k]!;
}

/** M ← M + weight · left rightᵀ, a column times a row; M as its rows. */
function addOuter(matrix: readonly Vector[], weight: number, left: Vector, right: Vector): void {
  for (const [at, row] of matrix.entries()) if (left[at] !== 0) add(row, weight * left[at]!, right);
}

/** Σ weight · row. */
function mix(weights: ArrayLike<number>, rows: readonly Vector[]): Vector {
  const mixed = new Float64Array(rows[0]!.length);
  for (const [at, row] of rows.entries()) if (weights[at] !== 0) add(mixed, weights[at]!, row);
  return mixed;
}

/** A function that takes Adam's steps of some weights: w ← w − rate · m̂ / (√v̂ + ε) (Eq. 19). */
function adam(length: number, rate: number) {
  const [m, v] = [new Float64Array(length), new Float64Array(length)]; // means of g, of g²
  let t = 0;
  return (w: Vector, gradient: Vector): void => {
    t++;
    for (let k = 0; k < length; k++) {
      m[k] = 0.9 * m[k]! + 0.1 * gradient[k]!;
      v[k] = 0.99 * v[k]! + 0.01 * gradient[k]! ** 2;
      w[k]! -= (rate * m[k]!) / (1 - 0.9 ** t) / (Math.sqrt(v[k]! / (1 - 0.99 ** t)) + 1e-8);
    }
  };
}
// #endregion numbers
// #region client
/** A device. Others see what `train` returns, its user sees what `score` returns; nobody sees more. */
function newClient(client: number, touched: Uint32Array, items: number, settings: Settings) {
  const { seed, factors, negatives } = settings;
  const labels = new Float64Array(items); // y, 1 for a touched item
  for (const item of touched) labels[item] = 1;
  const start = randomStream(seed, 'client', client);
  const userVector = new Float64Array(factors + 1).fill(1); // [p, 1] [D]; 1 meets the bias
  for (let k = 0; k < factors; k++) userVector[k] = 0.1 * start.normal();
  const adamStep = adam(factors + 1, settings.clientLearningRate);

  /** s_i = [p, 1] · q_i, the scores of all items (Eq. 1). */
  const score = (q: readonly Vector[]): Vector => labels.map((_, i) => dot(userVector, q[i]!));

  /** W, how often each item is in the sample: touched ones once, others as often as they are drawn. */
  function drawCounts(rng: RandomStream): Vector {
    const counts = labels.slice();
    for (let left = touched.length < items ? negatives * touched.length : 0; left > 0; ) {
      const item = rng.integer(items);
      if (labels[item] === 1) continue; // a hidden item may be drawn, like any other
      counts[item]!++;
      left--;
    }
    return counts;
  }

  /** A round at home: the user vector takes steps; what is sent is how the item table should change. */
  function train(q: readonly Vector[], round: number) {
    const counts = drawCounts(randomStream(seed, 'negatives', round, client));
    const stepUserVector = (): Vector => {
      // g = W (σ(s) − y), the gradient with respect to the scores (Eq. 3)
      const g = score(q).map((s, i) => counts[i]! * (1 / (1 + Math.exp(-s)) - labels[i]!));
      const gradient = mix(times(g, 1 / sum(counts)), q); // Qᵀ g / N (Eq. 4)
      add(gradient, settings.regularization, userVector);
      gradient[factors] = 0; // the 1 stays 1
      adamStep(userVector, gradient);
      return g;
    };
    for (let step = 0; step < settings.localSteps; step++) stepUserVector();
    const right = userVector.slice(); // A = [p, 1] [D]
    const left = times(stepUserVector(), -1); // B = −g [items]; its zeros are not sent
    return { client, left, right }; // B A = −g [p, 1]ᵀ, all that Q should change (Eq. 5–6)
  }
  return { train, score };
}
type Update = ReturnType<ReturnType<typeof newClient>['train']>;
// #endregion client
// #region low-rank
/** MᵀM divided by its trace [columns] of [columns]. */
function gram(rows: readonly Vector[]): Vector[] {
  const result = rowsOf(zeros(rows[0]!.length, rows[0]!.length));
  const trace = sum(Float64Array.from(rows, (row) => dot(row, row))) || 1;
  for (const row of rows) addOuter(result, 1 / trace, row, row);
  return result;
}

/** The few columns times rows that together come nearest to a matrix (Eckart & Young, 1936). */
function bestLowRank(matrix: Matrix, rank: number): { left: Vector; right: Vector }[] {
  const rest = rowsOf(matrix).map((row) => row.slice());
  return Array.from({ length: rank }, () => {
    let power = gram(rest); // squared until one direction outweighs all others: every row has it
    for (let n = 0; n < 40; n++) power = gram(power);
    const right = unit(power.reduce((a, b) => (dot(b, b) > dot(a, a) ? b : a)));
    const left = Float64Array.from(rest, (row) => dot(row, right));
    addOuter(rest, -1, left, right);
    return { left, right };
  });
}
// #endregion low-rank
// #region server
/** The server. But for the first item table, all that it knows was in messages. */
function newServer(users: number, items: number, settings: Settings) {
  const { seed, factors, clusters, probes, heads, temperature } = settings;
  const itemTable = zeros(items, factors + 1); // Q
  const start = randomStream(seed, 'server');
  for (const q of rowsOf(itemTable)) for (let k = 0; k < factors; k++) q[k] = 0.01 * start.normal();
  const adamStep = adam(itemTable.size, settings.serverLearningRate);
  const carried = zeros(items, factors + 1); // c, what low rank has left out so far
  const tokens = rowsOf(zeros(users, items)); // T, what each client wants more, or less
  const directions = rowsOf(zeros(users, factors)); // p_u / |p_u|

  /** Adds up the messages, makes a step of the sum, and remembers what each client said. */
  function merge(updates: readonly Update[], round: number): void {
    const gradient = zeros(items, factors + 1); // −G, with G = Σ B A (Eq. 7)
    for (const { left, right } of updates) addOuter(rowsOf(gradient), -1, left, right);
    adamStep(carried.data, gradient.data); // c ← c + step (Eq. 8)
    for (const { left, right } of bestLowRank(carried, settings.rank)) {
      addOuter(rowsOf(carried), -1, left, right); // c ← c − L Rᵀ
      addOuter(rowsOf(itemTable), 1, left, right); // Q ← Q + L Rᵀ, here and at every client
    }
    const past = round === 1 ? 0 : settings.tokenMemory;
    for (const { client, left, right } of updates) {
      const token = tokens[client]!; // B is the last column of B A, because A ends with 1 (Eq. 9)
      token.set(token.map((value, i) => past * value + (1 - past) * left[i]!));
      directions[client]!.set(unit(right.subarray(0, factors)));
    }
  }
  // #endregion server
  // #region attention
  /** The others' advice to each client, δ [users] of [items]: what those want whose tokens are like its own. */
  function advise(round: number): Vector[] {
    const middle = mean(tokens);
    const similar = tokens.map((token) => unit(token.map((value, i) => value - middle[i]!))); // s
    const { labels, centroids } = kmeans(directions, clusters, randomStream(seed, 'clusters', round));
    return tokens.map((_, u) => {
      const near = byDistance(centroids[labels[u]!]!, centroids).slice(0, probes);
      const peers = [...tokens.keys()].filter((v) => near.includes(labels[v]!)); // with u itself
      const cosines = peers.map((v) => (v === u ? -Infinity : dot(similar[u]!, similar[v]!)));
      const weights = new Float64Array(peers.length); // α_u (Eq. 11)
      for (let head = 0; head < heads; head++) {
        add(weights, 1 / heads, softmax(cosines.map((cosine) => cosine / (temperature * 2 ** head))));
      }
      const theirs = peers.map((v) => tokens[v]!);
      const part = mix(weights, theirs);
      add(part, -1, mean(theirs)); // Σ_v α_uv (T_v − the peers' mean token)
      return times(unit(part), Math.sqrt(items)); // with a root mean square of 1 (Eq. 12)
    });
  }
  return { itemTable, merge, advise };
}

function softmax(scores: readonly number[]): Vector {
  const largest = Math.max(...scores); // taken off, so that nothing overflows
  const shares = Float64Array.from(scores, (score) => Math.exp(score - largest));
  return times(shares, 1 / sum(shares));
}
// #endregion attention
// #region k-means
const squaredDistance = (a: Vector, b: Vector): number => sum(a.map((value, k) => (value - b[k]!) ** 2));

/** The numbers of the centroids, nearest to the point first. */
function byDistance(point: Vector, centroids: readonly Vector[]): number[] {
  const distances = centroids.map((centroid) => squaredDistance(point, centroid));
  return [...centroids.keys()].sort((a, b) => distances[a]! - distances[b]!);
}

/** Groups points so that each is near the mean of its group (Eq. 10). */
function kmeans(points: readonly Vector[], clusters: number, rng: RandomStream) {
  const nearest = (point: Vector): number => byDistance(point, centroids)[0]!;
  let centroids = [points[rng.integer(points.length)]!]; // k-means++: first any point, …
  while (centroids.length < clusters) {
    const weights = Float64Array.from(points, (point) => squaredDistance(point, centroids[nearest(point)]!));
    let left = rng.uniform() * sum(weights); // … then far ones: drawn in proportion to squared distance
    let chosen = 0;
    while (chosen < points.length - 1 && left >= weights[chosen]!) left -= weights[chosen++]!;
    centroids.push(points[chosen]!);
  }
  let labels: number[] = []; // [points]
  for (let iteration = 0; iteration < 50; iteration++) {
    const before = labels;
    labels = points.map(nearest); // each point to the nearest centroid,
    if (labels.every((label, at) => label === before[at])) break;
    centroids = centroids.map((centroid, cluster) => {
      const members = points.filter((_, at) => labels[at] === cluster); // each centroid to their mean
      return members.length > 0 ? mean(members) : centroid;
    });
  }
  return { labels, centroids };
}
// #endregion k-means
// #region figures
/** Of the other items that a user has not touched: how many are ahead of the hidden one (Eq. 15). */
function rankOf(scores: Vector, hidden: number, known: readonly number[]) {
  const others = [...scores.keys()].filter((item) => item !== hidden && !known.includes(item));
  return { ahead: others.filter((item) => scores[item]! >= scores[hidden]!).length, others: others.length };
}

/** HR@10 among all of these; HR@10 and NDCG@10 as they are on average among 99 of them (Eq. 16–17). */
function worthOf({ ahead, others }: ReturnType<typeof rankOf>): Vector {
  const chances = new Float64Array(11).fill(1, 0, 1); // that x of those drawn are ahead
  for (let drawn = 0; drawn < Math.min(99, others); drawn++) {
    for (let x = 9; x >= 0; x--) {
      const oneMore = (chances[x]! * (ahead - x)) / (others - drawn);
      chances[x]! -= oneMore;
      chances[x + 1]! += oneMore;
    }
  }
  const gains = Float64Array.from({ length: 10 }, (_, x) => 1 / Math.log2(x + 2));
  return Float64Array.of(ahead < 10 ? 1 : 0, sum(chances.subarray(0, 10)), dot(gains, chances));
}
// #endregion figures
// #region whole
/** Rounds of training, then what the others say, then β, chosen on validation, and one look at the test. */
export function train(lists: Lists, changes: Partial<Settings> = {}) {
  const settings = { ...defaults, ...changes };
  const clients = lists.train.map((touched, client) => newClient(client, touched, lists.items, settings));
  const server = newServer(clients.length, lists.items, settings);
  const q = rowsOf(server.itemTable); // what every client has received
  for (let round = 1; round <= settings.rounds; round++) {
    const updates = clients.map((client) => client.train(q, round));
    server.merge(updates, round);
  }
  const parts = server.advise(settings.rounds);
  const scores = clients.map((client) => client.score(q));
  const measure = (part: 'validation' | 'test', beta: number) => {
    const ranks = lists.train.map((touched, u) => {
      const mixed = scores[u]!.map((s, i) => s + beta * parts[u]![i]!); // (Eq. 14)
      return rankOf(mixed, lists[part][u]!, [...touched, part === 'test' ? lists.validation[u]! : -1]);
    });
    const [fullHr10, hr10, ndcg10] = [...mean(ranks.map(worthOf))] as [number, number, number];
    return { beta, ranks, fullHr10, hr10, ndcg10 };
  };
  const tried = settings.mixes.map((beta) => measure('validation', beta));
  const { beta } = tried.reduce((best, other) => (other.ndcg10 > best.ndcg10 ? other : best));
  return { itemTable: server.itemTable, parts, alone: measure('test', 0), test: measure('test', beta) };
}
// #endregion whole
// #region story
if (process.argv[1]?.endsWith('whole.ts')) {
  const { itemsOf, leaveOneOut, syntheticRatings } = await import('../lib/index.ts'); // data
  const { ratings } = syntheticRatings({ users: 200, items: 300, meanRatings: 25 });
  const { train: rows, validation, test } = leaveOneOut(ratings);
  const lists = { items: 300, train: Array.from(test, (_, user) => itemsOf(rows, user)), validation, test };
  console.log('200 people have one item hidden each. Is it among the ten that they are recommended?');
  console.log('HR@10 of all unseen items, and in brackets of the hidden one and 99 others:\n');
  for (const rounds of [1, 20]) {
    const { alone, test: advised } = train(lists, { rounds });
    const [own, both] = [alone, advised].map((one) => `${one.fullHr10.toFixed(2)} (${one.hr10.toFixed(2)})`);
    console.log(
      `rounds: ${rounds}`.padEnd(12),
      `own model ${own}, with the others' advice ${both}, β = ${advised.beta}`,
    );
  }
}
// #endregion story
