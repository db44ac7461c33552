// K-means against ml-kmeans and scikit-learn: the same points, the same start, Lloyd's algorithm to its end. Timings of
// a contender whose labels differ from ours are not shown.
import { fastKmeansLoops } from '../lib/fast/kmeans.ts';
import { kmeans, kmeansPlusPlus } from '../lib/model/kmeans.ts';
import { type Matrix, matrix, toRows } from '../lib/numeric/matrix.ts';
import { type RandomStream, randomStream } from '../lib/numeric/rng.ts';
import { type Absent, type Bench, contender, markdownTable, measure } from './bench.ts';
import { type Clusterer, type Outcome, openScikit } from './scikit.ts';

/** Clients of MovieLens-100K by a hidden layer, and a large federation by its user vectors. */
const shapes = [
  { points: 943, dims: 256, clusters: 4, kinds: ['groups', 'noise'], iterations: 300 },
  { points: 100_000, dims: 16, clusters: 64, kinds: ['groups'], iterations: 30 },
] as const;
type Shape = (typeof shapes)[number];
const pace = { turn: 0.2, turns: 7, limit: 6 };
const explanation = `Milliseconds of one call, the median of up to ${pace.turns} turns, all contenders in turn, on one thread; from the same
points and the same start until no label changes,
at most 30 iterations for the many points. "Groups" are points around as many centres as there are clusters,
close enough to overlap; "noise" has no groups at all. "ratio" says how many times as long the contender takes as ours.
Ours has the loops of a default run (lib/fast/kmeans.ts). ml-kmeans gets its points as rows, scikit-learn (Lloyd, float64) as an array; preparing them is not counted.`;

export const bench: Bench = {
  title: 'K-means',
  async run(say) {
    const mlKmeans = await openMlKmeans();
    const scikit = await openScikit();
    const rows: string[][] = [];
    const notes = [mlKmeans, scikit].flatMap((peer) => ('reason' in peer ? [absence(peer)] : []));
    for (const shape of shapes) {
      for (const kind of shape.kinds) {
        const { points, start } = makePoints(shape, kind);
        const ours = ourClusterer(points, start, shape.iterations);
        const peers = [];
        if ('prepare' in mlKmeans) peers.push(mlKmeans.prepare(points, start, shape.iterations));
        if ('prepare' in scikit) peers.push(await scikit.prepare(points, start, shape.iterations));
        const all = [ours, ...peers];
        const seconds = await measure(
          all.map((entry) => entry.contender),
          pace,
        );
        const own = seconds.get(ours.contender.name)!;
        for (const entry of all) {
          const { name } = entry.contender;
          const { labels, iterations } = entry.outcome();
          const further = entry.assignsOnceMore && iterations === shape.iterations ? 1 : 0;
          const isSame = sameLabels(labels, labelsAfter(points, start, shape.iterations + further));
          const time = seconds.get(name)!;
          rows.push([
            `${shape.points} × ${shape.dims}, K = ${shape.clusters}, ${kind}`,
            name,
            isSame ? (time * 1000).toPrecision(3) : '–',
            isSame ? (time / own).toFixed(2) : 'other labels',
            String(iterations),
          ]);
          say(rows.at(-1)!.join(' · '));
        }
      }
    }
    if ('close' in scikit) scikit.close();
    const table = markdownTable(['points', 'contender', 'ms', 'ratio', 'iterations'], rows);
    return [explanation, table, ...notes].join('\n\n');
  },
};

function makePoints({ points: count, dims, clusters }: Shape, kind: 'groups' | 'noise') {
  const rng = randomStream(1, 'bench-kmeans', count, dims);
  const points = normalMatrix(count, dims, rng);
  if (kind === 'groups') {
    const centres = normalMatrix(clusters, dims, rng);
    const closeness = 2.5 / Math.sqrt(dims); // centres are about 3.5 standard deviations apart
    for (let index = 0; index < points.data.length; index++) {
      const cluster = Math.floor(index / dims) % clusters;
      points.data[index]! += closeness * centres.data[cluster * dims + (index % dims)]!;
    }
  }
  return { points, start: kmeansPlusPlus(points, clusters, rng) };
}

function labelsAfter(points: Matrix, start: Matrix, maxIterations: number): Int32Array {
  const rng = randomStream(1, 'unused');
  return kmeans(points, { clusters: start.shape[0]!, rng, start, maxIterations }).labels;
}

function normalMatrix(rows: number, columns: number, rng: RandomStream): Matrix {
  return matrix(
    Float64Array.from({ length: rows * columns }, () => rng.normal()),
    rows,
    columns,
  );
}

function ourClusterer(points: Matrix, start: Matrix, maxIterations: number): Clusterer {
  let last: Outcome = { labels: [], iterations: 0 };
  const clusters = start.shape[0]!;
  const rng = randomStream(1, 'unused');
  const work = () => {
    last = kmeans(points, { clusters, rng, start, maxIterations, loops: fastKmeansLoops });
  };
  return { contender: contender('fedtlrec', work), outcome: () => last };
}

interface MlKmeans {
  kmeans(
    data: number[][],
    clusters: number,
    options: { initialization: number[][]; tolerance: number; maxIterations: number },
  ): { clusters: number[]; iterations: number };
}

async function openMlKmeans(): Promise<
  { prepare(points: Matrix, start: Matrix, maxIterations: number): Clusterer } | Absent
> {
  const name = 'ml-kmeans';
  const library = await (import(name) as Promise<MlKmeans>).catch(() => null);
  if (!library) return { name, reason: 'not installed: `npm ci` in bench/' };
  return {
    prepare(points, start, maxIterations) {
      const data = toRows(points);
      const initialization = toRows(start);
      let last: Outcome = { labels: [], iterations: 0 };
      const work = () => {
        const options = { initialization, tolerance: 0, maxIterations };
        const { clusters, iterations } = library.kmeans(data, initialization.length, options);
        last = { labels: clusters, iterations };
      };
      return { contender: contender(name, work), outcome: () => last };
    },
  };
}

function sameLabels(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let point = 0; point < a.length; point++) if (a[point] !== b[point]) return false;
  return true;
}

function absence({ name, reason }: Absent): string {
  return `- ${name}: not measured, ${reason}`;
}
