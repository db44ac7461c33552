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

test('what is said beside the bar is said where a bar of six marks still fits, and the line is never too wide', (t) => {
  const begun = start();
  const line = (columns: number, note: string, quality: string) =>
    progressLine({ ...facts, note, quality, done: 0, start: begun }, columns);
  const bare = line(0, '', '').length;
  for (const [
    note,
    quality,
  ] of [['', 'HR@10 .4'], ['a note of this length', ''], ['12 of 40', 'HR@10 .4']] as const) // biome-ignore format: pairs
    for (let columns = 0; columns < 120; columns++) {
      const text = line(columns, note, quality);
      let room = columns - bare - 7; // beside a bar of six and its blank
      for (const words of [note, quality].filter((words) => words !== '')) {
        const fits = room >= words.length + 2;
        t.equal(text.includes(`  ${words}`), fits, `${columns}: ${text}`);
        if (fits) room -= words.length + 2;
      }
      const bar = /[=-]{2,}/.exec(text)?.[0].length ?? 0;
      t.equal(bar, room < 0 ? 0 : Math.min(28, room + 6), `${columns}: ${text}`);
      t.ok(text.length <= Math.max(columns, bare));
    }
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

test('a bar that is shorter than its longest takes all the room there is', (t) => {
  const line = (columns: number) => progressLine({ ...facts, quality: '', done: 0, start: start() }, columns);
  const bare = 'fedtlrec '.length + ' round 0/150'.length;
  for (const [room, bar] of [[28, 28], [30, 28], [27, 27], [7, 7], [6, 6], [5, 0]] as const) // biome-ignore format: one line
    t.equal(/-*(?= ?round)/.exec(line(bare + room).slice(9))![0].length, bar, `${room} characters`);
  t.end();
});

test('in a terminal a queue draws a table that fills, and draws it anew below what it says', (t) => {
  const written: string[] = [];
  const { error } = console;
  const { isTTY, write, columns } = process.stderr;
  t.teardown(() => {
    console.error = error;
    Object.assign(process.stderr, { isTTY, write, columns });
  });
  console.error = (text: string) => written.push(text);
  Object.assign(process.stderr, { isTTY: true, columns: 80, write: (text: string) => written.push(text) });
  const settings = [{ seed: 3 }, { seed: 5 }] as Settings[];
  const progress = new QueueProgress([{ choice: { recipe: { name: 'fedmf' } }, settings }]);
  const table = (a: string) => `NDCG@10  seed 3  seed 5\nfedmf    ${a}       ·\n`;
  t.deepEqual(written.splice(0), [table('     ·')]);
  const summary = { recipe: 'fedmf', seed: 3, secondsTotal: 4.2, test: { ndcg10: 0.25 } };
  progress.add({ summary } as unknown as MeasuredRun, { worker: 'w', isKnown: true });
  const erase = '\u001b[2A\u001b[J';
  const said = 'fedtlrec: 1 of 2  fedmf, seed 3: NDCG@10 .250, known already';
  t.deepEqual(written.splice(0), [erase, said, table('  .250')]);
  progress.stop();
  progress.stop();
  t.deepEqual(written, [erase], 'once');
  t.end();
});
