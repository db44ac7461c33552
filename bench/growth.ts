// How time and memory grow with the number of clients: synthetic federations of 1,000 to 1,000,000.
import { type Bench, markdownTable } from './bench.ts';
import { inChild } from './child.ts';
import type { GrowthAnswer, GrowthRequest } from './growth-once.ts';

const sizes = (process.env.BENCH_SIZES ?? '1000,10000,100000,1000000').split(',').map(Number);
/** Above this many clients the refresh is left out: K-means has clients / 500 clusters, so its cost grows with the square. */
const mostRefreshed = 100_000;

export const bench: Bench = {
  title: 'Growth with the number of clients',
  async run(say) {
    const answers: GrowthAnswer[] = [];
    for (const clients of sizes) {
      const refreshes = clients <= mostRefreshed;
      const request: GrowthRequest = { clients, items: 10_000, positives: 20, rounds: 3, refreshes };
      const answer = await inChild<GrowthAnswer>('growth-once.ts', request);
      answers.push(answer);
      say(`${clients} clients: ${answer.round.toFixed(2)} s a round, ${answer.peakMb.toFixed(0)} MB`);
    }
    const rows = answers.map((answer, index) => [
      sizes[index]!.toLocaleString('en'),
      answer.interactions.toLocaleString('en'),
      answer.round.toPrecision(3),
      answer.cpu.toPrecision(3),
      ((1e6 * answer.cpu) / sizes[index]!).toFixed(0),
      answer.refresh === null ? '–' : answer.refresh.toPrecision(3),
      answer.seconds.toFixed(1),
      answer.peakMb.toFixed(0),
    ]);
    const head = [
      'clients',
      'positives',
      's a round',
      'CPU s',
      'CPU µs a client',
      's a refresh',
      's in all',
      'peak MB',
    ];
    const slope = logLogSlope(answers, ({ cpu }) => cpu);
    return [
      `Synthetic ratings, 10,000 items, 20 positives a client on average, 3 rounds of fedtlrec in one thread, each size in a
process of its own; the median round, without evaluation. "in all" is the start, the rounds and the refresh. The log-log
slope of a round's processor time from 10,000 clients on is ${Number.isNaN(slope) ? 'not measured' : slope.toFixed(2)} (1 is linear).`,
      markdownTable(head, rows),
      `The refresh is not run above ${mostRefreshed.toLocaleString('en')} clients: with 500 clients a cluster, K-means compares each client with clients / 500
centroids.`,
    ].join('\n\n');
  },
};

/** The slope of the straight line through log time by log size, from 10,000 on, by least squares. */
function logLogSlope(answers: readonly GrowthAnswer[], read: (answer: GrowthAnswer) => number): number {
  const points = answers.flatMap((answer, index) =>
    sizes[index]! >= 10_000 ? [[Math.log(sizes[index]!), Math.log(read(answer))] as const] : [],
  );
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [both, square] = [0, 0];
  for (const [x, y] of points) {
    both += (x - meanX) * (y - meanY);
    square += (x - meanX) ** 2;
  }
  return both / square;
}
