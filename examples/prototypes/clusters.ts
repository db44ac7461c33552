// Which points belong together, and how many groups are there? Points as rows of numbers, nothing else prepared.
import { kmeans, predictClusters, randomStream, silhouette, toRows } from 'fedtlrec';

const rng = randomStream(1, 'prototype');
const centres = [[0, 0], [6, 0], [3, 5]] as const; // biome-ignore format: points
const points = Array.from({ length: 90 }, (_, at) => centres[at % 3]!.map((value) => value + rng.normal()));

console.log('clusters  inertia  silhouette');
for (let clusters = 2; clusters <= 5; clusters++) {
  const { inertia, labels } = kmeans(points, { clusters, seed: 1, restarts: 10 });
  const { mean } = silhouette(points, labels);
  console.log(`${clusters}         ${inertia.toFixed(1).padStart(7)}  ${mean.toFixed(3)}`);
}

const best = kmeans(points, { clusters: 3, seed: 1, restarts: 10 });
console.log(
  'centres',
  JSON.stringify(toRows(best.centroids).map((row) => row.map((value) => Math.round(value)))),
);
const [first, second] = predictClusters([[0.5, -0.5], [5, 1]], best); // biome-ignore format: points
console.log(first === best.labels[0], second === best.labels[1]);
