import fc from 'fast-check';
import test from 'tape';
import {
  assignPoints,
  type KmeansStep,
  kmeans,
  kmeansPlusPlus,
  lloyd,
  lloydStep,
  moveCentroids,
  nearestClusters,
  plainKmeansLoops,
} from '../../lib/model/kmeans.ts';
import { fromRows, type Matrix, matrix, rowOf, toRows, transpose, vector } from '../../lib/numeric/matrix.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import { normalMatrix } from '../gradient.ts';
import { asMatrix, closeTo, needs, readReference } from '../reference.ts';

const rng = () => randomStream(1, 'kmeans-test');
const onLine = (...values: number[]): Matrix => fromRows(values.map((value) => [value]));

/** Points around `groups` centres, so that there are clusters to find. */
function blobs(count: number, dims: number, groups: number, seed: number): Matrix {
  const stream = randomStream(seed, 'blobs');
  const centres = normalMatrix(groups, dims, stream);
  const points = normalMatrix(count, dims, stream);
  for (let row = 0; row < count; row++) {
    for (let dim = 0; dim < dims; dim++) {
      points.set(row, dim, points.get(row, dim) + 2 * centres.get(row % groups, dim));
    }
  }
  return points;
}

/** Lloyd's algorithm in whole-array operations; for at least as many different points as clusters. */
function oracle(points: Matrix, start: Matrix): { labels: number[]; iterations: number; inertia: number } {
  const rows = toRows(points);
  let centroids = toRows(start);
  let before: number[] = [];
  for (let iteration = 1; ; iteration++) {
    const table = rows.map((row) =>
      centroids.map((centre) => row.reduce((sum, x, k) => sum + (x - centre[k]!) ** 2, 0)),
    );
    const distances = table.map((row) => Math.min(...row));
    const labels = table.map((row, point) => row.indexOf(distances[point]!));
    const sizeOf = (cluster: number) => labels.filter((label) => label === cluster).length;
    centroids.forEach((_, cluster) => {
      if (sizeOf(cluster) > 0) return;
      const mayLeave = distances.map((distance, point) => (sizeOf(labels[point]!) > 1 ? distance : -1));
      const farthest = mayLeave.indexOf(Math.max(...mayLeave));
      labels[farthest] = cluster;
      distances[farthest] = 0;
    });
    const inertia = distances.reduce((sum, distance) => sum + distance, 0);
    if (labels.every((label, point) => label === before[point]))
      return { labels, iterations: iteration, inertia };
    before = labels;
    centroids = centroids.map((centre, cluster) => {
      const members = rows.filter((_, point) => labels[point] === cluster);
      return centre.map((_, k) => members.reduce((sum, row) => sum + row[k]!, 0) / members.length);
    });
  }
}

test('four points on a line fall into two pairs, and a further iteration confirms it', (t) => {
  const steps = [...lloyd(onLine(0, 1, 10, 11), onLine(0, 1))];
  t.deepEqual(
    steps.map(({ labels }) => [...labels]),
    [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]], // biome-ignore format: a row per iteration
  );
  t.deepEqual(
    steps.map(({ centroids }) => toRows(centroids).flat()),
    [[0, 22 / 3], [0.5, 10.5], [0.5, 10.5]], // biome-ignore format: a row per iteration
  );
  t.deepEqual(
    steps.map(({ inertia }) => inertia).slice(0, 1),
    [81 + 100],
    'to the centroids before they moved',
  );
  t.equal(steps[2]!.inertia, 1, 'four times one half, squared');
  t.deepEqual(
    steps.map(({ moved }) => moved),
    [4, 1, 0],
  );
  t.deepEqual(
    steps.map(({ stop }) => stop),
    [null, null, 'labels-unchanged'],
  );
  t.end();
});

test('an iteration is assigning and moving, each of which stands alone', (t) => {
  const points = fromRows([[0, 0], [0, 2], [5, 0], [1, 1]]); // biome-ignore format: one matrix
  const centroids = fromRows([[0, 0], [5, 1], [1, 1], [-9, 0]]); // biome-ignore format: one matrix
  const { labels, distances } = assignPoints(points, centroids);
  t.deepEqual([...labels], [0, 2, 1, 2], 'the nearest centroid');
  t.deepEqual([...distances], [0, 2, 1, 0], 'its squared distance');
  const moved = moveCentroids(points, labels, centroids);
  t.deepEqual(toRows(moved), [[0, 0], [5, 0], [0.5, 1.5], [-9, 0]], 'means; the empty one stays'); // biome-ignore format: a matrix
  const step = lloydStep(points, centroids);
  t.deepEqual([...step.labels], [0, 3, 1, 2], 'but in a step it takes over the farthest point');
  t.deepEqual([step.reseeded, toRows(step.centroids)[3]], [[3], [0, 2]]);
  t.throws(() => assignPoints(points, onLine(1)), /assignPoints: centroids must have shape \[any, 2\]/);
  t.throws(() => moveCentroids(points, labels.slice(1), centroids), /moveCentroids: points must have shape/);
  t.end();
});

test('each step is a snapshot: later steps and changes to the input leave it alone', (t) => {
  const points = blobs(40, 2, 3, 1);
  const kept: { step: KmeansStep; labels: number[]; centroids: number[][] }[] = [];
  for (const step of lloyd(points, kmeansPlusPlus(points, 3, rng()))) {
    kept.push({ step, labels: [...step.labels], centroids: toRows(step.centroids) });
  }
  t.ok(kept.length > 2, 'several steps');
  t.notDeepEqual(kept[0]!.labels, kept.at(-1)!.labels, 'which differ');
  for (const { step, labels, centroids } of kept) {
    t.deepEqual([[...step.labels], toRows(step.centroids)], [labels, centroids], `step ${step.iteration}`);
  }
  t.throws(() => Object.assign(kept[0]!.step, { inertia: 0 }), TypeError, 'a step is frozen');
  t.end();
});

test('what a reader writes into a step does not reach the algorithm', (t) => {
  const points = blobs(40, 2, 3, 1);
  const start = kmeansPlusPlus(points, 3, rng());
  const undisturbed = [...lloyd(points, start)].at(-1)!;
  const mutable = matrix(points.data.slice(), 40, 2);
  let last: KmeansStep | undefined;
  for (const step of lloyd(mutable, start)) {
    last = { ...step, labels: step.labels.slice() };
    step.labels.fill(0);
    step.centroids.data.fill(0);
    mutable.data.fill(0);
  }
  t.deepEqual(last!.labels, undisturbed.labels);
  t.equal(last!.iteration, undisturbed.iteration);
  t.end();
});

test('a point between two equally near centroids goes to the lower number', (t) => {
  const { labels } = kmeans(onLine(1, 0, 2), {
    clusters: 2,
    rng: rng(),
    start: onLine(2, 0),
    maxIterations: 1,
  });
  t.equal(labels[0], 0);
  const five = kmeans(fromRows([[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]]), {
    clusters: 5,
    rng: rng(),
    start: fromRows([[3, 4], [5, 0], [0, 5], [-5, 0], [4, 3]]),
    maxIterations: 1,
  }); // biome-ignore format: points in a row
  t.equal(five.labels[0], 0, 'also among five at distance 5');
  t.end();
});

test('an empty cluster takes over the point that is farthest from its centroid', (t) => {
  const steps = [...lloyd(onLine(0, 1, 2, 9), onLine(1, 100))];
  t.deepEqual([...steps[0]!.labels], [0, 0, 0, 1], 'the point at 9');
  t.deepEqual(steps[0]!.reseeded, [1]);
  t.deepEqual(toRows(steps[0]!.centroids), [[1], [9]]);
  t.equal(steps[0]!.inertia, 2, 'which then has no distance');
  t.deepEqual(steps[1]!.reseeded, []);
  t.equal(steps[1]!.stop, 'labels-unchanged');
  t.end();
});

test('two empty clusters choose in order, and the first of equally far points is taken', (t) => {
  const [step] = lloyd(onLine(5, -4, 4, 0), onLine(0, 100, 200));
  t.deepEqual([...step!.labels], [1, 2, 0, 0]);
  t.deepEqual(step!.reseeded, [1, 2]);
  t.end();
});

test('the last point of a cluster is not taken away, however far it is', (t) => {
  const [step] = lloyd(onLine(50, 0, 1), onLine(30, 0, 1000));
  t.deepEqual([...step!.labels], [0, 1, 2], 'the point at 50 is 20 away but alone; the one at 1 goes');
  t.end();
});

test('with fewer different points than clusters, a cluster stays empty and its centroid in place', (t) => {
  const result = kmeans(onLine(7, 7, 7), { clusters: 2, rng: rng(), start: onLine(7, 99) });
  t.deepEqual([...result.labels], [0, 0, 0]);
  t.deepEqual(toRows(result.centroids), [[7], [99]]);
  t.deepEqual(result.reseeded, []);
  t.equal(result.inertia, 0);
  t.equal(kmeans(onLine(7, 7, 7), { clusters: 3, rng: rng() }).inertia, 0, 'k-means++ copes with it, too');
  t.end();
});

test('it stops at the cap, or when no centroid moves farther than the tolerance', (t) => {
  const points = blobs(60, 3, 4, 2);
  const start = kmeansPlusPlus(points, 4, rng());
  const all = [...lloyd(points, start)];
  t.ok(all.length > 3, `without either it takes ${all.length} iterations`);
  const capped = [...lloyd(points, start, { maxIterations: 2 })];
  t.deepEqual([capped.length, capped[1]!.stop], [2, 'iteration-cap']);
  const tolerance = all[1]!.shift;
  const settled = [...lloyd(points, start, { tolerance })];
  const expected = 1 + all.findIndex(({ shift }) => shift <= tolerance);
  t.deepEqual([settled.length, settled.at(-1)!.stop], [expected, 'centroids-settled']);
  t.end();
});

test('what never settles ends after 300 iterations, the default of maxIterations', (t) => {
  const points = onLine(0, 1, 10, 11);
  let turn = 0;
  const restless = () => ({
    ...plainKmeansLoops(points),
    assign: () => ({ labels: Int32Array.of(0, ++turn % 2, 1, 1), distances: new Float64Array(4) }),
  });
  const last = [...lloyd(points, onLine(0, 10), { loops: restless })].at(-1)!;
  t.deepEqual([last.iteration, last.stop], [300, 'iteration-cap']);
  t.end();
});

test('labels, iterations and inertia are those of an independent program', (t) => {
  const sizes = [[200, 5, 7], [61, 16, 4], [80, 1, 5], [33, 3, 1], [90, 2, 9]] as const; // biome-ignore format: triples
  for (const [count, dims, clusters] of sizes) {
    for (const seed of [1, 2, 3]) {
      const points = blobs(count, dims, clusters, seed);
      const start = kmeansPlusPlus(points, clusters, randomStream(seed, 'start'));
      const result = kmeans(points, { clusters, rng: rng(), start });
      const plain = oracle(points, start);
      const isSame = result.labels.every((label, point) => label === plain.labels[point]);
      t.ok(
        isSame && result.iterations === plain.iterations,
        `${count} × ${dims}, ${clusters} clusters, seed ${seed}`,
      );
      closeTo(t, [result.inertia], [plain.inertia], 'inertia', 1e-12);
    }
  }
  t.end();
});

test('also where a bad start leaves most clusters empty', (t) => {
  let reseeded = 0;
  for (let seed = 0; seed < 40; seed++) {
    const points = blobs(40, 2, 4, seed);
    const start = matrix(
      normalMatrix(12, 2, randomStream(seed, 'far')).data.map((x) => 20 * x),
      12,
      2,
    );
    const steps = [...lloyd(points, start)];
    const plain = oracle(points, start);
    reseeded += steps[0]!.reseeded.length;
    const isSame = steps.at(-1)!.labels.every((label, point) => label === plain.labels[point]);
    t.ok(isSame && steps.length === plain.iterations, `seed ${seed}`);
  }
  t.ok(reseeded > 100, `${reseeded} clusters were empty`);
  t.end();
});

test('points on a grid, where ties abound, get the labels of that program', (t) => {
  const stream = randomStream(1, 'grid');
  for (let attempt = 0; attempt < 20; attempt++) {
    const points = matrix(
      Float64Array.from({ length: 100 }, () => stream.integer(4)),
      50,
      2,
    );
    const start = fromRows([[0, 0], [3, 3], [0, 3], [3, 0], [1.5, 1.5]]); // biome-ignore format: one matrix
    const result = kmeans(points, { clusters: 5, rng: stream, start });
    t.deepEqual([...result.labels], oracle(points, start).labels, `attempt ${attempt}`);
  }
  t.end();
});

test('inertia never rises, no cluster is empty, and centroids are the means of their points', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(1000),
      (count, dims, seed) => {
        const points = blobs(count, dims, 3, seed);
        const clusters = 1 + (seed % count);
        const start = normalMatrix(clusters, dims, randomStream(seed, 'any-start')); // often with empty clusters
        const steps = [...lloyd(points, start, { maxIterations: 100 })];
        const last = steps.at(-1)!;
        const members = Array.from({ length: clusters }, (_, cluster) =>
          toRows(points).filter((_, point) => last.labels[point] === cluster),
        );
        const falls = steps.every(
          ({ inertia }, index) => index === 0 || inertia <= steps[index - 1]!.inertia * (1 + 1e-12) + 1e-12,
        );
        const areMeans = members.every((rows, cluster) =>
          rows[0]!.every((_, dim) => {
            const mean = rows.reduce((sum, row) => sum + row[dim]!, 0) / rows.length;
            return Math.abs(mean - last.centroids.get(cluster, dim)) < 1e-12;
          }),
        );
        return falls && members.every((rows) => rows.length > 0) && areMeans;
      },
    ),
    { seed: 1, numRuns: 60 },
  );
  t.pass('on 60 sets of points');
  t.end();
});

test('strides and element type of the points do not matter', (t) => {
  const points = blobs(30, 3, 3, 4);
  const single = matrix(Float32Array.from(points.data), 30, 3);
  const turned = transpose(matrix(Float32Array.from(transposed(single)), 3, 30));
  const options = () => ({ clusters: 3, rng: rng() });
  t.deepEqual(kmeans(turned, options()), kmeans(single, options()));
  const double = matrix(Float64Array.from(single.data), 30, 3);
  t.deepEqual(kmeans(double, options()), kmeans(single, options()));
  t.end();
});

function transposed(values: Matrix): number[] {
  return toRows(transpose(values)).flat();
}

test('the same stream gives the same clusters, another one another start', (t) => {
  const points = blobs(50, 2, 5, 1);
  const run = (seed: number) => kmeansPlusPlus(points, 5, randomStream(seed, 'start'));
  t.deepEqual(run(1), run(1));
  t.notDeepEqual(run(1), run(2));
  t.end();
});

test('k-means++ chooses different points, and far ones in proportion to their squared distance', (t) => {
  const points = onLine(0, 0, 0, 1, 3);
  let far = 0;
  let near = 0;
  const stream = rng();
  for (let draw = 0; draw < 2000; draw++) {
    const [first, second] = toRows(kmeansPlusPlus(points, 2, stream)).flat() as [number, number];
    if (first === second) t.fail('the same point twice');
    if (first === 0) second === 3 ? far++ : near++;
  }
  t.ok(Math.abs(far / (far + near) - 0.9) < 0.03, `9 to 1 between 3 and 1, seen ${far} to ${near}`);
  t.end();
});

/** A stream that gives the scripted numbers, uniform ones from 0 to 1, and then no more. */
function scripted(first: number, ...uniforms: number[]): RandomStream {
  const stream = randomStream(1, 'scripted');
  Object.assign(stream, {
    integer: () => first,
    uniform: () => uniforms.shift() ?? Number.NaN,
  });
  return stream;
}

test('k-means++ in the plane draws by D², the squared distance in all dimensions to the nearest centroid', (t) => {
  const points = fromRows([[0, 0], [3, 4], [6, 8], [0, 1], [-2, 0]]); // biome-ignore format: points in a row
  const chosen = (...uniforms: number[]) =>
    toRows(kmeansPlusPlus(points, 1 + uniforms.length, scripted(0, ...uniforms)));
  // From (0, 0): D² = 0, 25, 100, 1, 4, in all 130.
  const borders: [number, number[]][] = [
    [0, [3, 4]],
    [24.9 / 130, [3, 4]],
    [25.1 / 130, [6, 8]],
    [124.9 / 130, [6, 8]],
    [125.1 / 130, [0, 1]],
    [126.1 / 130, [-2, 0]],
    [0.9999, [-2, 0]],
  ];
  for (const [draw, point] of borders)
    t.deepEqual(chosen(draw), [[0, 0], point], `${draw.toFixed(3)} draws ${point}`);
  // With (6, 8) as well: D² = 0, 25, 0, 1, 4, in all 30.
  t.deepEqual(chosen(0.5, 24.9 / 30)[2], [3, 4]);
  t.deepEqual(chosen(0.5, 25.1 / 30)[2], [0, 1]);
  t.deepEqual(chosen(0.5, 26.1 / 30)[2], [-2, 0]);
  // With (-2, 0), too, (0, 1) is as near to (0, 0) as before, and (3, 4) is the farther one.
  t.deepEqual(chosen(0.5, 26.1 / 30, 24.9 / 26)[3], [3, 4]);
  t.deepEqual(chosen(0.5, 26.1 / 30, 25.1 / 26)[3], [0, 1]);
  t.deepEqual(toRows(kmeansPlusPlus(points, 1, scripted(2))), [[6, 8]], 'the first is drawn from all points');
  t.end();
});

test('the nearest clusters come nearest first, and of equals the lowest number', (t) => {
  const centroids = onLine(0, 4, 2, 10);
  t.deepEqual([...nearestClusters(centroids, vector([3]), 4)], [1, 2, 0, 3], '4 and 2 are equally near to 3');
  t.deepEqual(
    [...nearestClusters(centroids, rowOf(centroids, 3), 1)],
    [3],
    'a centroid is nearest to itself',
  );
  t.throws(
    () => nearestClusters(centroids, vector([3]), 5),
    /probes must be a whole number between 1 and 4, got 5/,
  );
  t.throws(
    () => nearestClusters(centroids, vector([3, 4]), 1),
    /nearestClusters: point must have shape \[1\]/,
  );
  t.end();
});

test('wrong input to K-means is named', (t) => {
  const points = onLine(1, 2, 3);
  t.throws(
    () => kmeans(points, { clusters: 4, rng: rng() }),
    /RangeError: kmeans: clusters must be a whole number between 1 and 3, got 4/,
  );
  t.throws(() => kmeans(points, { clusters: 1.5, rng: rng() }), /got 1\.5/);
  t.throws(
    () => kmeans(onLine(1, Number.NaN), { clusters: 1, rng: rng() }),
    /points must be finite, got NaN/,
  );
  t.throws(
    () => kmeans(points, { clusters: 2, rng: rng(), start: onLine(1) }),
    /start must have shape \[2, 1\]/,
  );
  t.throws(() => [...lloyd(points, onLine(Infinity))], /lloyd: start must be finite, got Infinity/);
  t.throws(() => [...lloyd(points, onLine(1), { maxIterations: 0 })], /maxIterations must be a whole number/);
  t.throws(() => [...lloyd(points, onLine(1), { tolerance: -1 })], /tolerance must be at least 0, got -1/);
  t.throws(
    () => kmeans(fromRows([]), { clusters: 1, rng: rng() }),
    /at least one row and column, got shape \[0, 0\]/,
  );
  t.end();
});

for (const name of ['kmeans', 'kmeans-duplicates']) {
  test(`${name}: every iteration is that of scikit-learn`, needs(`reference/${name}.json`), (t) => {
    const { config, inputs, outputs } = readReference(name);
    const points = asMatrix(inputs.points);
    const start = asMatrix(inputs.initial_centroids);
    const steps = [...lloyd(points, start)];
    const last = steps.at(-1)!;
    t.equal(steps.length, outputs.iterations!.data[0], 'iterations');
    t.deepEqual([...last.labels], outputs.labels!.data, 'labels');
    closeTo(t, last.centroids, outputs.centroids!, 'centroids');
    closeTo(t, [last.inertia], outputs.inertia!, 'inertia');
    const history = steps.flatMap(({ centroids }) => [...centroids.data]);
    closeTo(t, history, outputs.centroid_history!, 'all centroids');
    const result = kmeans(points, { clusters: config.clusters, rng: rng(), start });
    t.deepEqual([...result.labels], [...last.labels], 'kmeans gives the last step');
    t.equal(result.iterations, steps.length);
    t.end();
  });
}
