// 4. Who is similar? K-means, step by step. Twelve clients, each a point on a plane; a poor start with all three
// centroids in one corner. Each step gives every point to its nearest centroid and moves the centroids to the means.
// Steps are snapshots: keep them, go back, compare.
//
// Run: npx tsx examples/04-lloyd.ts
// Installed: import { kmeansPlusPlus, lloyd, … } from 'fedtlrec', or from 'fedtlrec/kmeans'
import {
  fromRows,
  type KmeansStep,
  kmeans,
  lloyd,
  randomStream,
  sampleWithoutReplacement,
  toRows,
} from '../lib/index.ts';
import { points } from './clients.ts';
import { fixed, printTable, say } from './print.ts';

const letters = ['A', 'B', 'C'];

// #region lloyd
const start = fromRows([
  [1, 1],
  [2, 1],
  [1, 2],
]); // three centroids in the same corner [clusters, 2]
const steps: KmeansStep[] = [...lloyd(points, start)];
// #endregion lloyd

for (const step of steps) {
  const sum = fixed(step.inertia, 1);
  const stop = step.stop === null ? '' : `, stops: ${step.stop}`;
  say(
    `Step ${step.iteration}: clusters changed by ${step.moved} points, sum of squared distances ${sum}${stop}`,
  );
  draw(step);
}

say('From step to step the sum can only fall (it is measured before the centroids move):');
printTable(
  ['step', 'sum', 'longest move', 'centroid A', 'centroid B', 'centroid C'],
  steps.map((step) => [
    step.iteration,
    fixed(step.inertia, 1),
    fixed(step.shift, 2),
    ...toRows(step.centroids).map((centroid) => centroid.map((value) => fixed(value, 1)).join(', ')),
  ]),
);

// #region start
const stuckStart = fromRows([
  [1, 1],
  [8, 1],
  [9, 2],
]); // two centroids share one group, the other two groups share one centroid
const stuck = [...lloyd(points, stuckStart)].at(-1)!;

const best = steps.at(-1)!.inertia;
const isBest = (sum: number) => Math.abs(sum - best) < 1e-6;
const runs = Array.from({ length: 100 }, (_, run) => {
  const rng = randomStream(1, 'example', run);
  const anyPoints = fromRows(
    [...sampleWithoutReplacement(3, 12, rng)].map((point) => toRows(points)[point]!),
  );
  const uniform = kmeans(points, { clusters: 3, rng, start: anyPoints });
  const spread = kmeans(points, { clusters: 3, rng }); // k-means++: far points are drawn more often
  return { uniform: uniform.inertia, spread: spread.inertia };
});
// #endregion start

say(`Where K-means starts decides where it ends. This start is stuck after step ${stuck.iteration}:`);
draw(stuck);
printTable(
  ['100 starts', 'end at the best sum'],
  [
    ['three points, all equally likely', runs.filter(({ uniform }) => isBest(uniform)).length],
    ['k-means++', runs.filter(({ spread }) => isBest(spread)).length],
  ],
);
say(`(best sum ${fixed(best, 1)}, stuck at ${fixed(stuck.inertia, 1)})`);

/** The plane, seven rows high: letters are points, in lower case; centroids in upper case. */
function draw({ labels, centroids }: KmeansStep): void {
  const rows = Array.from({ length: 7 }, () => Array.from({ length: 12 }, () => '.'));
  toRows(points).forEach(([x, y], client) => {
    rows[y!]![x!] = letters[labels[client]!]!.toLowerCase();
  });
  toRows(centroids).forEach(([x, y], cluster) => {
    rows[Math.round(y!)]![Math.round(x!)] = letters[cluster]!;
  });
  console.log(
    rows
      .reverse()
      .map((row) => `    ${row.join(' ')}`)
      .join('\n'),
  );
  console.log();
}
