import test from 'tape';
import { plotCurves } from '../../lib/cli/curve-plot.ts';
import {
  bytesText,
  counted,
  differenceWithError,
  grouped,
  secondsText,
  share,
} from '../../lib/cli/figures.ts';
import { labelledLines, textTable } from '../../lib/cli/table.ts';

test('figures read the same everywhere', (t) => {
  t.deepEqual(
    [share(0.6544), share(-0.0312), share(1), share(0), share(Number.NaN)],
    ['.654', '-.031', '1.000', '.000', '-'],
  );
  t.deepEqual(
    [differenceWithError(0.0312, 0.004), differenceWithError(-0.5, 0)],
    ['+.031 ± .004', '-.500 ± .000'],
  );
  t.deepEqual(
    [grouped(1000209), grouped(999), counted(1, 'user'), counted(2000, 'user')],
    ['1,000,209', '999', '1 user', '2,000 users'],
  );
  t.deepEqual(
    [bytesText(812), bytesText(2636), bytesText(114376), bytesText(16.2e6)],
    ['812 B', '2.6 KB', '114 KB', '16 MB'],
  );
  t.deepEqual([secondsText(0.214), secondsText(4.26), secondsText(75.4)], ['0.21 s', '4.3 s', '75 s']);
  t.end();
});

test('tables align the first column to the left and the others to the right', (t) => {
  t.deepEqual(
    textTable(
      ['recipe', 'HR'],
      [
        ['a', '.1'],
        ['longer', '1.000'],
      ],
    ),
    ['recipe     HR', 'a          .1', 'longer  1.000'],
  );
  t.deepEqual(
    labelledLines([
      ['Data', 'x'],
      ['', 'y'],
    ]),
    ['Data  x', '      y'],
  );
  t.end();
});

test('a curve climbs from the lowest to the highest bar, and the cheap recipe ends further to the left', (t) => {
  const points = (megabytes: number) =>
    [1, 2, 3, 4].map((round) => ({ round, megabytes: megabytes * round, ndcg10: round / 10 }));
  const lines = plotCurves([
    { label: 'cheap', points: points(0.1) },
    { label: 'dear', points: points(1) },
    { label: 'central', points: [{ round: 0, megabytes: 0, ndcg10: 0.2 }] },
  ]);
  t.match(lines[0]!, /from \.100 \(▁\) to \.400 \(█\)/);
  const axes = lines.filter((line) => line.includes('···'));
  const width = (line: string) => line.replace(/^ +/, '').replace(/ {2}(best|in all)$/, '').length;
  t.deepEqual(axes.map(width), [56, 56], 'axes are as wide as the bars');
  const [cheapRounds, dearRounds] = lines.filter((line) => /^cheap|^dear/.test(line));
  t.match(cheapRounds!, /^cheap +▁+▃+▆+█+ +\.400$/, 'every evaluation lasts until the next');
  t.equal(dearRounds!.slice(7), cheapRounds!.slice(7), 'against rounds the two are equal');
  const [cheapBytes, dearBytes] = lines.filter((line) => /MB$/.test(line) && /^(cheap|dear)/.test(line));
  t.match(cheapBytes!, /^cheap {2}▁+▃+▆*█* {20,}0\.40 MB$/, 'the cheap one begins at once and ends early');
  t.match(dearBytes!, /^dear {20,}▁+▃+▆+█* {2}4\.0 MB$/, 'the dear one begins late');
  t.notOk(
    lines.some((line) => line.startsWith('central')),
    'a recipe without rounds has no curve',
  );
  t.deepEqual(plotCurves([{ label: 'central', points: [] }]), [], 'and alone draws nothing');
  t.end();
});

test('a curve that neither rises nor falls is drawn at full height', (t) => {
  const points = [1, 2].map((round) => ({ round, megabytes: 0, ndcg10: 0.25 }));
  const flat = plotCurves([{ label: 'flat', points }]).find((line) => line.startsWith('flat'));
  t.match(flat!, /^flat +█+ {2}\.250$/);
  t.end();
});
