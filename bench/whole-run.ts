// A whole run of FedTLRec on MovieLens-100K, with 0, 1 and 2 threads beside the main one, each in a process of its own.
import { type Bench, markdownTable } from './bench.ts';
import { buildPackage, type TrainAnswer, trainOnce } from './built-run.ts';
import { absenceOf, dataFile, isHere, movieLens100k } from './data-files.ts';
import { attentionOperations, attentionSpeed, floorText } from './product-floor.ts';

const rounds = Number(process.env.BENCH_ROUNDS ?? 150);
const workerCounts = [0, 1, 2];

export const bench: Bench = {
  title: 'A whole run: fedtlrec on MovieLens-100K',
  async run(say) {
    if (!isHere(movieLens100k)) return absenceOf(movieLens100k);
    const settings = { rounds, evaluateEvery: 5, refreshEvery: 10 };
    const answers: TrainAnswer[] = [];
    buildPackage();
    for (const workers of workerCounts) {
      const path = dataFile(movieLens100k);
      const answer = await trainOnce({ recipe: 'fedtlrec', path, settings, workers });
      answers.push(answer);
      say(`${workers} threads: ${answer.seconds.toFixed(1)} s, ${answer.digest.slice(0, 8)}`);
    }
    const [inline] = answers as [TrainAnswer];
    const rows = answers.map((answer, index) => [
      String(workerCounts[index]),
      answer.seconds.toFixed(1),
      answer.training.toFixed(1),
      answer.refreshing.toFixed(1),
      answer.evaluating.toFixed(1),
      answer.cpuSeconds.toFixed(1),
      `${((100 * inline.cpuSeconds) / answer.cpuSeconds).toFixed(0)} %`,
      answer.peakMb.toFixed(0),
      answer.digest.slice(0, 12),
    ]);
    const [clients, items] = [943, 1682];
    const evaluations = Math.ceil(rounds / settings.evaluateEvery) + 1; // and the test
    const operations = evaluations * attentionOperations(clients, items);
    const speed = await attentionSpeed(clients, items);
    const isSame = answers.every(({ digest }) => digest === inline.digest);
    const head = [
      'threads',
      's',
      'rounds',
      'refreshes',
      'evaluations',
      'CPU s',
      'efficiency',
      'peak MB',
      'digest',
    ];
    return [
      `${rounds} rounds${rounds === 150 ? '' : ' (shortened by BENCH_ROUNDS)'}, refreshed and evaluated every 5 rounds, with the built package; reading the data
is not counted. "efficiency" is the processor time without threads, divided by that with them; their start is counted.
The digest of the parameters is ${isSame ? 'the same for all' : '**NOT** the same'}.`,
      markdownTable(head, rows),
      `Of the ${evaluations} evaluations, the attention's products alone are ${floorText(operations, speed)}.`,
    ].join('\n\n');
  },
};
