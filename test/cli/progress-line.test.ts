// The bar of a long run, in terminals narrow and wide: the time that is left is never what is cut off.
import test from 'tape';
import { progressLine } from '../../lib/cli/progress-line.ts';

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
