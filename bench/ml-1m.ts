// FedTLRec on MovieLens-1M: rounds, a refresh of the attention over all clients every ten, evaluation with it.
import { type Bench, markdownTable } from './bench.ts';
import { inChild } from './child.ts';
import { absenceOf, isHere, movieLens1m } from './data-files.ts';
import type { TrainAnswer, TrainRequest } from './train-once.ts';

const rounds = Number(process.env.BENCH_ROUNDS ?? 150);

export const bench: Bench = {
  title: 'fedtlrec on MovieLens-1M',
  async run(say) {
    if (!isHere(movieLens1m)) return absenceOf(movieLens1m);
    const settings = { rounds, evaluateEvery: 10, refreshEvery: 10 };
    const request: TrainRequest = { recipe: 'fedtlrec', data: movieLens1m, settings, workers: 2 };
    const answer = await inChild<TrainAnswer>('train-once.ts', request);
    say(`${rounds} rounds: ${answer.seconds.toFixed(0)} s`);
    const evaluations = Math.ceil(rounds / 10) + 1; // and the test
    return [
      `6,040 clients, 3,706 items, ${rounds} rounds${rounds === 150 ? '' : ' (shortened by BENCH_ROUNDS)'}, 2 threads; refreshed and evaluated every 10 rounds. The
attention of all clients is worked out when they are evaluated.`,
      markdownTable(
        ['s', 's a round', 's an evaluation', 'CPU s', 'peak MB', 'NDCG@10'],
        [
          [
            answer.seconds.toFixed(0),
            (answer.training / rounds).toFixed(2),
            ((answer.evaluating + answer.refreshing) / evaluations).toFixed(1),
            answer.cpuSeconds.toFixed(0),
            answer.peakMb.toFixed(0),
            answer.ndcg10.toFixed(3),
          ],
        ],
      ),
    ].join('\n\n');
  },
};
