// FedTLRec on MovieLens-1M: rounds, a refresh of the attention over all clients every ten, evaluation with it.
import { type Bench, markdownTable } from './bench.ts';
import { buildPackage, trainOnce } from './built-run.ts';
import { absenceOf, dataFile, isHere, movieLens1m } from './data-files.ts';
import { attentionOperations, attentionSpeed, floorText } from './product-floor.ts';

const rounds = Number(process.env.BENCH_ROUNDS ?? 150);

/** The default, and K-means as an index. */
const attends = {
  'all clients (the default)': {},
  'the nearest 6 of 12 clusters': { clusters: 12, probes: 6 },
};

export const bench: Bench = {
  title: 'fedtlrec on MovieLens-1M',
  async run(say) {
    if (!isHere(movieLens1m)) return absenceOf(movieLens1m);
    const path = dataFile(movieLens1m);
    buildPackage();
    const evaluations = Math.ceil(rounds / 10) + 1; // and the test
    const rows: string[][] = [];
    for (const [name, chosen] of Object.entries(attends)) {
      const settings = { rounds, evaluateEvery: 10, refreshEvery: 10, ...chosen };
      const answer = await trainOnce({ recipe: 'fedtlrec', path, settings, workers: 2 });
      rows.push([
        name,
        answer.seconds.toFixed(0),
        (answer.training / rounds).toFixed(2),
        ((answer.evaluating + answer.refreshing) / evaluations).toFixed(1),
        answer.cpuSeconds.toFixed(0),
        answer.peakMb.toFixed(0),
        answer.ndcg10.toFixed(3),
      ]);
      say(rows.at(-1)!.join(' · '));
    }
    const [clients, items] = [6040, 3706];
    const speed = await attentionSpeed(clients, items);
    return [
      `6,040 clients, 3,706 items, ${rounds} rounds${rounds === 150 ? '' : ' (shortened by BENCH_ROUNDS)'}, 2 threads; refreshed and evaluated every 10 rounds. The
attention of all clients is worked out when they are evaluated.`,
      markdownTable(
        ['a client attends to', 's', 's a round', 's an evaluation', 'CPU s', 'peak MB', 'NDCG@10'],
        rows,
      ),
      `Where everyone attends to everyone, the attention's products of one evaluation are ${floorText(attentionOperations(clients, items), speed)}.`,
    ].join('\n\n');
  },
};
