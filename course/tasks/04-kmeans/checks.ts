// Whether K-means starts, assigns, fills and moves as it should. Draws are scripted, so each start can be followed by hand.

import { fromRows, transpose } from '../../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import { scriptedStream } from '../../kit/values.ts';
import {
  argumentAfter,
  expectHidden,
  expectRowsShown,
  expectShown,
  fieldsOf,
  hold,
  numberOf,
  numbersOf,
  returned,
  rowsOf,
  turned,
  verdict,
} from '../verdicts.ts';

type Rows = number[][];

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const line = (...values: number[]): Rows => values.map((value) => [value]);
const squared = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);

/** The nearest centroid of each point, after this term's rule for ties; on whole numbers ties are exact. */
function nearest(points: Rows, centroids: Rows, dials: Dials): { labels: number[]; distances: number[] } {
  const all = points.map((point) => centroids.map((centroid) => squared(point, centroid)));
  const distances = all.map((row) => Math.min(...row));
  const labels = all.map((row, at) =>
    dials.ties === 'highest' ? row.lastIndexOf(distances[at]!) : row.indexOf(distances[at]!),
  );
  return { labels, distances };
}

/** What becomes of empty clusters, after this term's rule. */
function filled(labels: readonly number[], distances: readonly number[], clusters: number, dials: Dials) {
  const [l, d] = [[...labels], [...distances]];
  const sizeOf = (cluster: number) => l.filter((label) => label === cluster).length;
  const reseeded: number[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (sizeOf(cluster) > 0) continue;
    const sizes = Array.from({ length: clusters }, (_, each) => sizeOf(each));
    const largest = sizes.indexOf(Math.max(...sizes));
    const free = [...l.keys()].filter(
      (point) =>
        sizes[l[point]!]! > 1 && d[point]! > 0 && (dials.empty !== 'largest' || l[point] === largest),
    );
    if (free.length === 0) break;
    const far = free.reduce((best, point) => (d[point]! > d[best]! ? point : best));
    l[far] = cluster;
    d[far] = 0;
    reseeded.push(cluster);
  }
  return { labels: l, distances: d, reseeded };
}

function meansOf(points: Rows, labels: readonly number[], centroids: Rows): Rows {
  return centroids.map((centroid, cluster) => {
    const own = points.filter((_, point) => labels[point] === cluster);
    return own.length === 0
      ? centroid
      : centroid.map((_, k) => own.reduce((sum, point) => sum + point[k]!, 0) / own.length);
  });
}

/** Points on a grid of whole numbers, so that distances and ties are exact. */
const onGrid = (stream: RandomStream, count: number, dims: number, side: number): Rows =>
  Array.from({ length: count }, () => Array.from({ length: dims }, () => stream.integer(side)));

const drawCase = (
  weights: number[],
  uniform: number,
  wanted: number,
  says: string,
  isShown: boolean,
): Case => ({
  calls: [call('drawInProportion', Float64Array.from(weights), scriptedStream({ uniform: [uniform] }))],
  verdict: verdict((answers) => {
    const got = numberOf(returned(answers), 'drawInProportion');
    hold(got === wanted, says, isShown ? { got, wanted } : {});
  }),
});

const startCase = (
  points: Rows,
  clusters: number,
  draws: { integer: number[]; uniform: number[] },
  wanted: Rows,
  says: string,
  isShown: boolean,
): Case => ({
  calls: [call('kmeansPlusPlus', fromRows(points), clusters, scriptedStream(draws))],
  verdict: verdict((answers) => {
    const got = rowsOf(returned(answers), 'kmeansPlusPlus', clusters, points[0]!.length);
    if (isShown) expectRowsShown(got, wanted, says);
    else expectHidden(got.flat(), wanted.flat(), says);
  }),
});

const assignCase = (points: Rows, centroids: Rows, dials: Dials, says: string, isShown = false): Case => ({
  calls: [call('assignPoints', fromRows(points), fromRows(centroids))],
  verdict: verdict((answers) => {
    const fields = fieldsOf(returned(answers), 'assignPoints', 'labels', 'distances');
    const wanted = nearest(points, centroids, dials);
    const labels = numbersOf(fields.labels, 'labels', points.length);
    const distances = numbersOf(fields.distances, 'distances', points.length);
    const expect = isShown ? expectShown : expectHidden;
    expect(distances, wanted.distances, `${says}: the squared distances are wrong`);
    expect(labels, wanted.labels, `${says}: the labels are wrong`);
  }),
});

const moveCase = (points: Rows, labels: number[], centroids: Rows, says: string, isShown = false): Case => ({
  calls: [call('moveCentroids', fromRows(points), Int32Array.from(labels), fromRows(centroids))],
  verdict: verdict((answers) => {
    const got = rowsOf(returned(answers), 'moveCentroids', centroids.length, centroids[0]!.length);
    const wanted = meansOf(points, labels, centroids);
    if (isShown) expectRowsShown(got, wanted, says);
    else expectHidden(got.flat(), wanted.flat(), says);
  }),
});

const fillCase = (
  labels: number[],
  distances: number[],
  clusters: number,
  dials: Dials,
  says: string,
): Case => ({
  calls: [call('fillEmptyClusters', Int32Array.from(labels), Float64Array.from(distances), clusters)],
  verdict: verdict((answers) => {
    const result = returned(answers);
    const wanted = filled(labels, distances, clusters, dials);
    const after = numbersOf(argumentAfter(answers, 0, 0), 'labels', labels.length);
    const rest = numbersOf(argumentAfter(answers, 0, 1), 'distances', labels.length);
    expectHidden(after, wanted.labels, `${says}: the labels afterwards are wrong`);
    expectHidden(rest, wanted.distances, `${says}: the distances afterwards are wrong`);
    const got = numbersOf(result, 'fillEmptyClusters', wanted.reseeded.length);
    expectHidden(got, wanted.reseeded, `${says}: the clusters that got a point are others`);
  }),
});

const stepCase = (points: Rows, centroids: Rows, dials: Dials, says: string, isShown = false): Case => ({
  calls: [call('lloydStep', fromRows(points), fromRows(centroids))],
  verdict: verdict((answers) => {
    const fields = fieldsOf(returned(answers), 'lloydStep', 'labels', 'distances', 'reseeded', 'centroids');
    const first = nearest(points, centroids, dials);
    const wanted = filled(first.labels, first.distances, centroids.length, dials);
    const expect = isShown ? expectShown : expectHidden;
    expect(numbersOf(fields.labels, 'labels', points.length), wanted.labels, `${says}: the labels are wrong`);
    const distances = numbersOf(fields.distances, 'distances', points.length);
    expect(
      distances,
      wanted.distances,
      `${says}: the distances, to the centroids before these moved, are wrong`,
    );
    const reseeded = numbersOf(fields.reseeded, 'reseeded', wanted.reseeded.length);
    expect(reseeded, wanted.reseeded, `${says}: the clusters that were given a point are others`);
    const moved = rowsOf(fields.centroids, 'centroids', centroids.length, centroids[0]!.length);
    expect(
      moved.flat(),
      meansOf(points, wanted.labels, centroids).flat(),
      `${says}: the centroids after the move are wrong`,
    );
  }),
});

export const visible: readonly Check[] = [
  {
    name: 'start-on-a-line',
    title: 'Of the points 0, 1, 2, 10, the second centroid is drawn by squared distances.',
    cases: () => [
      // Squared distances from 0: 0, 1, 4, 100; from 0 and 10: 0, 1, 4, 0.
      startCase(
        line(0, 1, 2, 10),
        2,
        { integer: [0], uniform: [0.04] },
        line(0, 2),
        'points 0, 1, 2, 10; the first centroid is 0; weights 0, 1, 4, 100; u = 0.04, so 4.2 of 105: the centroids are wrong',
        true,
      ),
      startCase(
        line(0, 1, 2, 10),
        3,
        { integer: [0], uniform: [0.9, 0.5] },
        line(0, 10, 2),
        'points 0, 1, 2, 10; centroids 0 and (u = 0.9) 10; then weights 0, 1, 4, 0 and u = 0.5: the centroids are wrong',
        true,
      ),
    ],
  },
  {
    name: 'draw-by-hand',
    title: 'Weights 1, 0, 3: the first quarter of [0, 1) draws index 0, the rest index 2.',
    cases: () => [
      drawCase([1, 0, 3], 0.1, 0, 'weights 1, 0, 3, u = 0.1: the index is wrong', true),
      drawCase([1, 0, 3], 0.5, 2, 'weights 1, 0, 3, u = 0.5: the index is wrong', true),
    ],
  },
  {
    name: 'assign-on-a-line',
    title: 'Each point of a line goes to the nearest of two centroids.',
    cases: (_stream, dials) => [
      assignCase(line(0, 3, 8), line(1, 6), dials, 'points 0, 3, 8, centroids 1 and 6', true),
      assignCase(
        line(0, 2, 4),
        line(0, 4),
        dials,
        'points 0, 2, 4, centroids 0 and 4: 2 is equally near',
        true,
      ),
    ],
  },
  {
    name: 'move-on-a-line',
    title: 'A centroid moves to the mean of its points.',
    cases: () => [
      moveCase(
        line(0, 2, 8),
        [0, 0, 1],
        line(1, 6),
        'points 0, 2, 8 with labels 0, 0, 1: the means are wrong',
        true,
      ),
      moveCase(
        line(0, 2),
        [0, 0],
        line(1, 6),
        'points 0 and 2 in cluster 0, centroids 1 and 6: an empty cluster must stay at 6',
        true,
      ),
    ],
  },
  {
    name: 'step-on-a-line',
    title: 'One step of Lloyd: assign, then move.',
    cases: (_stream, dials) => [
      stepCase(line(0, 2, 7, 9), line(0, 9), dials, 'points 0, 2, 7, 9, centroids 0 and 9', true),
    ],
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'draws',
    title: 'An index is drawn in proportion to its weight; weight 0 is never drawn.',
    cases: (stream) => {
      const cases: Case[] = [];
      for (let trial = 0; trial < 6; trial++) {
        const weights = Array.from({ length: 5 }, () => stream.integer(5));
        weights[trial % 5] = 0;
        weights[(trial + 1) % 5] = 3;
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, wanted) => {
          if (weight === 0) return;
          const before = weights.slice(0, wanted).reduce((sum, each) => sum + each, 0);
          const uniform = (before + weight * (0.1 + 0.8 * stream.uniform())) / total;
          cases.push(
            drawCase(
              weights,
              uniform,
              wanted,
              'drawInProportion: the share of [0, 1) that an index has is not weight / Σ weights',
              false,
            ),
          );
        });
      }
      return cases;
    },
  },
  {
    name: 'draw-edges',
    title:
      'The draws at the ends of [0, 1) never hit a weight of 0; if all weights are 0, any index is drawn.',
    cases: () => [
      drawCase([0, 0, 2, 1, 0], 0, 2, 'u = 0 drew an index of weight 0', false),
      drawCase([0, 0, 2, 1, 0], 1 - 2 ** -53, 3, 'the largest u drew an index of weight 0, or none', false),
      drawCase(
        [0.24, 0.59, 0.85, 0.65, 0], // subtracted one by one from just below their sum, they leave a little
        1 - 2 ** -53,
        3,
        'the largest u drew an index of weight 0, or none',
        false,
      ),
      drawCase(
        [0.1, 0.2, 0.3, 0.1, 0],
        1 - 2 ** -53,
        3,
        'the largest u drew an index of weight 0, or none',
        false,
      ),
      {
        calls: [
          call('drawInProportion', new Float64Array(4), scriptedStream({ integer: [2], uniform: [0.6] })),
        ],
        verdict: verdict((answers) => {
          const got = numberOf(returned(answers), 'drawInProportion');
          hold(got === 2, 'four weights of 0: any index must be drawn, by rng.integer(4)');
        }),
      },
    ],
  },
  {
    name: 'starts',
    title: 'Each centroid is drawn by the squared distance to the nearest one so far, for scripted draws.',
    weight: 2,
    cases: (stream) =>
      Array.from({ length: 8 }, (_, trial) => {
        const points = onGrid(stream, 7, 1 + (trial % 3), 6);
        const first = stream.integer(7);
        const clusters = 2 + (trial % 3);
        const chosen = [points[first]!];
        const uniform: number[] = [];
        while (chosen.length < clusters) {
          const weights = points.map((point) => Math.min(...chosen.map((other) => squared(point, other))));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          if (total === 0) break; // fewer different points than clusters: another check
          let pick = stream.integer(7);
          while (weights[pick] === 0) pick = (pick + 1) % 7;
          const before = weights.slice(0, pick).reduce((sum, weight) => sum + weight, 0);
          uniform.push((before + weights[pick]! * (0.2 + 0.6 * stream.uniform())) / total);
          chosen.push(points[pick]!);
        }
        const says =
          'kmeansPlusPlus: a centroid is not the point that the draw stands for (weights: squared distance to the nearest centroid so far)';
        return startCase(points, chosen.length, { integer: [first], uniform }, chosen, says, false);
      }),
  },
  {
    name: 'start-duplicates',
    title:
      'A point that is a centroid already is drawn again only if all others are, too; views are read as they lie.',
    cases: () => [
      {
        calls: [
          call(
            'kmeansPlusPlus',
            transpose(
              fromRows([
                [0, 1, 5, 0],
                [0, 0, 0, 3],
              ]),
            ),
            2,
            scriptedStream({ integer: [3], uniform: [0.99] }),
          ),
        ],
        verdict: verdict((answers) => {
          const got = rowsOf(returned(answers), 'kmeansPlusPlus', 2, 2);
          // Squared distances from [0, 3]: 9, 10, 34, 0.
          expectHidden(
            got.flat(),
            [0, 3, 5, 0],
            'kmeansPlusPlus: points in a transposed view: the centroids are wrong',
          );
        }),
      },
      startCase(
        line(5, 5, 5, 1),
        2,
        { integer: [1], uniform: [0] },
        line(5, 1),
        'points of which three are equal: one of them was drawn twice',
        false,
      ),
      startCase(
        line(5, 5, 1),
        3,
        { integer: [0, 1], uniform: [0.5] },
        line(5, 1, 5),
        'two different points, three clusters: when all distances are 0, any point must be drawn, by rng.integer',
        false,
      ),
      startCase(
        line(4),
        1,
        { integer: [0], uniform: [] },
        line(4),
        'one point, one cluster: the centroid is not that point',
        false,
      ),
    ],
  },
  {
    name: 'assign',
    title: 'Labels and squared distances are those of the nearest centroid, ties after the rule.',
    cases: (stream, dials) => [
      ...Array.from({ length: 6 }, (_, trial) => {
        const [points, centroids] = [
          onGrid(stream, 12, 1 + (trial % 3), 5),
          onGrid(stream, 2 + (trial % 4), 1 + (trial % 3), 5),
        ];
        return assignCase(
          points,
          centroids,
          dials,
          `assignPoints: ${points.length} points of ${points[0]!.length} dims, ${centroids.length} centroids`,
        );
      }),
      assignCase(line(1, 2), line(0, 2, 2, 0), dials, 'assignPoints: centroids that lie in one place'),
      {
        calls: [
          call(
            'assignPoints',
            transpose(
              fromRows([
                [0, 5, 9],
                [1, 1, 2],
              ]),
            ),
            transpose(
              fromRows([
                [0, 9],
                [0, 0],
              ]),
            ),
          ),
        ],
        verdict: verdict((answers) => {
          const fields = fieldsOf(returned(answers), 'assignPoints', 'labels', 'distances');
          const wanted = nearest(
            turned([
              [0, 5, 9],
              [1, 1, 2],
            ]),
            turned([
              [0, 9],
              [0, 0],
            ]),
            dials,
          );
          expectHidden(
            numbersOf(fields.labels, 'labels', 3),
            wanted.labels,
            'assignPoints: views that are not row-major: the labels are wrong',
          );
          expectHidden(
            numbersOf(fields.distances, 'distances', 3),
            wanted.distances,
            'assignPoints: views that are not row-major: the distances are wrong',
          );
        }),
      },
    ],
  },
  {
    name: 'move',
    title: 'Centroids become means; one without points stays, and nothing becomes NaN.',
    cases: (stream) => [
      ...Array.from({ length: 5 }, (_, trial) => {
        const points = Array.from({ length: 9 }, () =>
          Array.from({ length: 1 + (trial % 3) }, () => stream.normal()),
        );
        const centroids = Array.from({ length: 4 }, () =>
          Array.from({ length: 1 + (trial % 3) }, () => stream.normal()),
        );
        const labels = points.map(() => stream.integer(trial === 0 ? 2 : 4));
        return moveCase(
          points,
          labels,
          centroids,
          'moveCentroids: a centroid is not the mean of its points, or an empty one has moved',
        );
      }),
      {
        calls: [
          call(
            'moveCentroids',
            transpose(
              fromRows([
                [0, 2, 8],
                [1, 3, 5],
              ]),
            ),
            Int32Array.of(1, 1, 1),
            transpose(
              fromRows([
                [7, 6],
                [5, 4],
              ]),
            ),
          ),
        ],
        verdict: verdict((answers) => {
          const got = rowsOf(returned(answers), 'moveCentroids', 2, 2);
          expectHidden(
            got.flat(),
            [7, 5, 10 / 3, 3],
            'moveCentroids: views that are not row-major: the means are wrong',
          );
        }),
      },
    ],
  },
  {
    name: 'empty-clusters',
    title:
      'Empty clusters are given points after the rule, lower ones first, and no cluster is emptied for it.',
    weight: 2,
    cases: (stream, dials) => [
      fillCase(
        [0, 0, 0, 2],
        [1, 9, 4, 30],
        3,
        dials,
        'fillEmptyClusters: the farthest point of all is alone in its cluster',
      ),
      fillCase(
        [3, 3, 3, 3],
        [1, 9, 9, 4],
        4,
        dials,
        'fillEmptyClusters: three of four clusters are empty, two points are equally far',
      ),
      fillCase(
        [1, 1, 1],
        [0, 0, 0],
        3,
        dials,
        'fillEmptyClusters: no point has any distance: nothing must be given',
      ),
      fillCase(
        [0, 0, 1],
        [5, 4, 1],
        4,
        dials,
        'fillEmptyClusters: only one point can leave, two clusters are empty',
      ),
      fillCase([0, 1], [2, 3], 2, dials, 'fillEmptyClusters: no cluster is empty'),
      fillCase([0, 0, 1, 1, 1], [5, 8, 2, 1, 6], 4, dials, 'fillEmptyClusters: two clusters are empty'),
      ...Array.from({ length: 8 }, () => {
        const labels = Array.from({ length: 8 }, () => stream.integer(3) * 2);
        const distances = labels.map(() => stream.integer(6));
        return fillCase(
          labels,
          distances,
          6,
          dials,
          'fillEmptyClusters: eight points in at most three of six clusters',
        );
      }),
    ],
  },
  {
    name: 'steps',
    title: 'A step assigns, fills empty clusters, and moves; it speaks of the centroids before they moved.',
    weight: 2,
    cases: (stream, dials) => [
      ...Array.from({ length: 6 }, (_, trial) => {
        const dims = 1 + (trial % 3);
        return stepCase(
          onGrid(stream, 10, dims, 8),
          onGrid(stream, 3, dims, 8),
          dials,
          `lloydStep: ten points of ${dims} dims, three centroids`,
        );
      }),
      stepCase(line(0, 1, 2, 9), line(1, 50, 60), dials, 'lloydStep: two centroids far from all points'),
    ],
  },
];
