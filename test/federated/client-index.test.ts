import test from 'tape';
import { ClientIndex, readUserVector } from '../../lib/federated/client-index.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { kmeans, plainKmeansLoops } from '../../lib/model/kmeans.ts';
import { matrix } from '../../lib/numeric/ndarrays.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

/** An index that has heard of clients 0 to n - 1 of `clients`, whose user vectors are these; they were grouped once. */
function indexOf(vectors: number[][], clients: number, settings: Partial<Settings>) {
  const factors = vectors[0]!.length;
  const complete = completeSettings({ factors, ...settings });
  const memory = new Memory();
  const index = new ClientIndex(clients, complete, memory, plainKmeansLoops);
  for (const [client, vector] of vectors.entries()) index.receive(updateOf(client, vector));
  const event = index.refresh(Uint32Array.from(vectors.keys()), 1);
  return { index, event, memory };
}

function updateOf(client: number, vector: number[]) {
  const dims = vector.length + 1;
  const right = Float32Array.of(...vector, 1);
  return { client, round: 1, rows: Uint32Array.of(0), rank: 1, dims, left: Float32Array.of(2), right, extra: new Float32Array(0) }; // biome-ignore format: one line
}

test('a client looks at its own cluster, also where another has the same centroid', (t) => {
  const { index, memory } = indexOf([[1, 0], [-1, 0], [1, 0]], 4, { clusters: 2, probes: 1 }); // biome-ignore format: vectors
  t.equal(index.clusterOf[3], 0, 'nobody has heard of client 3');
  (memory.arrays.centroids as Float32Array).fill(0.5);
  for (const client of [0, 1, 2])
    t.ok(index.clientsNear(index.clusterOf[client]! - 1).includes(client), `client ${client}`);
  t.end();
});

test('near is what the nearest centroids are, by direction: lengths do not matter', (t) => {
  // Three directions; the second is nearer to the first than the third is.
  const directions = [[1, 0], [0.8, 0.6], [-1, 0]]; // biome-ignore format: vectors
  const vectors = Array.from({ length: 12 }, (_, client) =>
    directions[client % 3]!.map((value) => value * (1 + client)),
  );
  const groups = [0, 1, 2].map((of) => [...vectors.keys()].filter((client) => client % 3 === of));
  const near = (probes: number, client: number) => {
    const { index } = indexOf(vectors, 12, { clusters: 3, probes });
    return [...index.clientsNear(index.clusterOf[client]! - 1)];
  };
  const sorted = (...parts: number[][]) => parts.flat().sort((a, b) => a - b);
  for (const of of [0, 1, 2]) t.deepEqual(near(1, of), groups[of], `direction ${of}`);
  t.deepEqual(near(2, 0), sorted(groups[0]!, groups[1]!));
  t.deepEqual(near(2, 2), sorted(groups[2]!, groups[1]!));
  t.deepEqual(near(3, 2), [...vectors.keys()]);
  t.end();
});

test('blocks hold at most as many clients as asked for, all of one cluster, and everybody once', (t) => {
  const rng = randomStream(3);
  const vectors = Array.from({ length: 40 }, () => [rng.normal(), rng.normal()]);
  const { index, event } = indexOf(vectors, 45, { clusters: 4, probes: 2 });
  t.equal(event.type === 'clients-clustered' && event.clusters, 4);
  t.deepEqual(
    event.type === 'clients-clustered' && [...event.labels],
    [...index.clusterOf].map((label) => label - 1),
  );
  for (const size of [1, 3, 45]) {
    const blocks = index.blocks(size);
    t.deepEqual(blocks.flatMap((block) => [...block]).sort((a, b) => a - b), [...Array(45).keys()]); // biome-ignore format: one line
    for (const block of blocks) {
      t.ok(block.length > 0 && block.length <= size);
      t.equal(new Set([...block].map((client) => index.clusterOf[client])).size, 1);
    }
    const counts = [0, 1, 2, 3, 4].map((label) => index.clusterOf.filter((of) => of === label).length);
    t.equal(blocks.length, counts.reduce((sum, count) => sum + Math.ceil(count / size), 0)); // biome-ignore format: one line
  }
  t.end();
});

test('the clusters are those of K-means on the directions of all clients that were heard', (t) => {
  const rng = randomStream(4);
  const vectors = Array.from({ length: 300 }, () => [rng.normal(), rng.normal(), rng.normal()]);
  const { index, event } = indexOf(vectors, 300, { clusters: 3, probes: 1, seed: 5 });
  const directions = vectors.flatMap((vector) => vector.map((value) => value / Math.hypot(...vector)));
  const stream = randomStream(5, 'clusters', 1);
  const points = matrix(Float32Array.from(directions), 300, 3);
  const whole = kmeans(points, { clusters: 3, rng: stream, maxIterations: 50, loops: plainKmeansLoops });
  t.ok(whole.iterations > 2, `${whole.iterations} iterations`);
  t.deepEqual(event.type === 'clients-clustered' && [event.iterations, [...event.labels]], [
    whole.iterations,
    [...whole.labels],
  ]);
  t.equal(index.version, 1);
  t.end();
});

test('how many clusters there are and how many a client looks at follow from the settings and the clients', (t) => {
  const sizes = (clients: number, settings: Partial<Settings> = {}) => {
    const index = new ClientIndex(
      clients,
      completeSettings({ factors: 1, ...settings }),
      new Memory(),
      plainKmeansLoops,
    );
    const blocks = index.blocks(clients); // nobody is known: one block, but as many lists as there are clusters
    return [index.probes, blocks.length];
  };
  t.deepEqual(sizes(10_000), [1, 1], 'up to ten thousand clients: everybody with everybody');
  t.deepEqual(sizes(10_001), [3, 1], 'then clusters, three of which are looked at');
  t.deepEqual(sizes(2, { clusters: 5 }), [2, 1], 'not more clusters than clients');
  t.deepEqual(sizes(9, { clusters: 5, probes: 4 }), [4, 1]);
  t.deepEqual(sizes(9, { clusters: 5, probes: 7 }), [5, 1], 'not more than there are');
  const many = indexOf([[1], [-1]], 10_001, {}); // biome-ignore format: vectors
  t.equal(many.event.type === 'clients-clustered' && many.event.clusters, 20, 'one for five hundred clients');
  t.end();
});

test('a user vector is read from either kind of message', (t) => {
  t.deepEqual([...readUserVector(updateOf(0, [3, 4]))], [3, 4, 1], 'the factor A');
  const plain = {
    ...updateOf(0, [3, 4]),
    rank: 0,
    rows: Uint32Array.of(5, 6, 9),
    right: new Float32Array(0),
  };
  // Each whole row is a multiple of [p, 1]; the largest one is read.
  const left = Float32Array.of(0.3, 0.4, 0.1, -1.5, -2, -0.5, 1.2, 1.6, 0.4);
  t.deepEqual([...readUserVector({ ...plain, left })], [3, 4, 1]);
  const torn = Float32Array.of(9, 9, 0.1, -1.5, -2, -0.5, 9, 9, 0.4);
  t.deepEqual([...readUserVector({ ...plain, left: torn })], [3, 4, 1], 'by its last number');
  t.deepEqual([...readUserVector({ ...plain, left: new Float32Array(9) })], [0, 0, 0], 'no change');
  t.end();
});
