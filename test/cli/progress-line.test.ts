// The bar of a long run, in terminals narrow and wide: the time that is left is never what is cut off.
import test from 'tape';
import { showChunks } from '../../lib/cli/chunk-progress.ts';
import type { MeasuredRun } from '../../lib/cli/measured-run.ts';
import type { Progress } from '../../lib/cli/progress.ts';
import { progressLine } from '../../lib/cli/progress-line.ts';
import { QueueProgress } from '../../lib/cli/queue-progress.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import type { ChunkArrival } from '../../lib/queue/chunk-rounds.ts';

/** Half an hour ago, so that the words for what is left have their full length. */
const start = () => performance.now() - 1_800_000;
const facts = { label: 'fedtlrec', all: 150, note: '', quality: 'validation NDCG@10 .405' };

test('at 60, 80 and 120 columns the bar says how far and how long still, and fits', (t) => {
  for (const columns of [60, 80, 120]) {
    for (const label of ['fedtlrec', 'fedtlrec-as-described']) {
      for (const note of ['', '12 of 40 chunks']) {
        const line = progressLine({ ...facts, label, note, done: 50, start: start() }, columns);
        t.ok(line.length <= columns, `${columns}: ${line}`);
        t.ok(line.startsWith(label) && line.includes('round 50/150  about 60 min to go'), line);
      }
    }
  }
  t.match(
    progressLine({ ...facts, done: 50, start: start() }, 80),
    /=+-+ round .* validation NDCG@10 \.405$/,
  );
  t.doesNotMatch(
    progressLine({ ...facts, done: 50, start: start() }, 48),
    /validation/,
    'what fits least goes first',
  );
  t.end();
});

test('a third of the rounds fills a third of the bar; before the first and after the last, no time is told', (t) => {
  const bar = (done: number) => /[=-]{6,}/.exec(progressLine({ ...facts, done, start: start() }, 100))![0];
  t.equal(bar(50).lastIndexOf('=') + 1, Math.round(bar(50).length / 3));
  t.equal(bar(0), '-'.repeat(28));
  t.equal(bar(150), '='.repeat(28));
  for (const done of [0, 150])
    t.doesNotMatch(progressLine({ ...facts, done, start: start() }, 100), /to go/, String(done));
  t.equal(
    progressLine({ ...facts, quality: '', done: 0, start: start() }, 10),
    'fedtlrec round 0/150',
    'too narrow',
  );
  t.end();
});

test('what comes in is told by round or beside the bar, with the time that is left', (t) => {
  const told = (isBar: boolean) => {
    const said: string[] = [];
    const progress: Progress = {
      isBar,
      note: (text) => said.push(`note: ${text}`),
      say: (text) => said.push(text),
      ...{ show: () => {}, stop: () => {} },
    };
    const shown = showChunks(progress, 2);
    const arrive = (round: number, done: number, worker: string) =>
      shown.onChunk!({ round, done, chunks: 2, worker } as ChunkArrival);
    arrive(1, 1, 'a');
    arrive(1, 2, 'b');
    arrive(2, 1, 'a');
    arrive(2, 2, 'a');
    shown.onTrouble!('a chunk was lost');
    shown.onChange!(false);
    shown.onChange!(true);
    return said;
  };
  const notes = ['note: 1 of 2 chunks', 'note: 2 of 2 chunks'];
  const last = ['a chunk was lost', 'the line to the server broke; trying again', 'the server is back'];
  t.deepEqual(told(true), [...notes, ...notes, ...last]);
  t.deepEqual(told(false), [
    ...notes,
    'round 1 of 2: 2 chunks by 2 workers; about 1.0 s to go',
    ...notes,
    'round 2 of 2: 2 chunks by 1 worker',
    ...last,
  ]);
  t.end();
});

test('a queue tells each run that comes in, and how many are left', (t) => {
  const settings = [{ seed: 3 }, { seed: 5 }] as Settings[];
  const said: string[] = [];
  const { error } = console;
  const { isTTY } = process.stderr;
  console.error = (text: string) => said.push(text);
  process.stderr.isTTY = false;
  try {
    const plan = ['fedmf', 'colr'].map((name) => ({ choice: { recipe: { name } }, settings }));
    const progress = new QueueProgress(plan);
    const add = (recipe: string, seed: number, isKnown: boolean) =>
      progress.add(
        { summary: { recipe, seed, secondsTotal: 4.2, test: { ndcg10: 0.25 } } } as unknown as MeasuredRun,
        { worker: 'w7', isKnown },
      );
    add('fedmf', 3, true);
    add('colr', 5, false);
    progress.say('a worker left');
    progress.stop();
  } finally {
    console.error = error;
    process.stderr.isTTY = isTTY;
  }
  t.deepEqual(said, [
    'fedtlrec: 1 of 4  fedmf, seed 3: NDCG@10 .250, known already',
    'fedtlrec: 2 of 4  colr, seed 5: NDCG@10 .250, 4.2 s on w7; about 1.0 s to go',
    'fedtlrec: a worker left',
  ]);
  t.end();
});
