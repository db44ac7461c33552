import test from 'tape';
import { curveOf, plotCurves } from '../../lib/cli/curve-plot.ts';
import type { Baselines } from '../../lib/cli/dataset.ts';
import { readDuration } from '../../lib/cli/duration.ts';
import {
  bytesText,
  counted,
  differenceWithError,
  grouped,
  megabytesText,
  secondsText,
  share,
} from '../../lib/cli/figures.ts';
import type { RoundRow } from '../../lib/cli/round-rows.ts';
import { labelledLines, textTable } from '../../lib/cli/table.ts';
import { timeLeft } from '../../lib/cli/time-left.ts';

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

test('figures change their unit and their digits at the bounds, and a duration is read up to an hour', (t) => {
  t.deepEqual(
    [
      bytesText(999),
      bytesText(999.4),
      bytesText(1000),
      bytesText(9949),
      bytesText(10_000),
      bytesText(1e6 - 1),
    ],
    ['999 B', '999 B', '1.0 KB', '9.9 KB', '10 KB', '1,000 KB'],
  );
  t.deepEqual([bytesText(1e6), bytesText(10e6)], ['1.0 MB', '10 MB']);
  t.deepEqual(
    [secondsText(0.99), secondsText(1), secondsText(9.9), secondsText(10)],
    ['0.99 s', '1.0 s', '9.9 s', '10 s'],
  );
  t.deepEqual([megabytesText(0.512), megabytesText(1), megabytesText(12.3)], ['0.51 MB', '1.0 MB', '12 MB']);
  t.deepEqual(
    [differenceWithError(0, 0.1), counted(0, 'user'), grouped(1000)],
    ['+.000 ± .100', '0 users', '1,000'],
  );
  const read = (text: string) => readDuration('--every', text);
  t.deepEqual(
    [read('500ms'), read('20s'), read('1.5s'), read('60m'), read('3600s')],
    [500, 20_000, 1500, 3_600_000, 3_600_000],
  );
  for (const text of ['61m', '3600.001s', '0s', '20', 's', '1h', '-1s', '1 s'])
    t.throws(
      () => read(text),
      new RegExp(
        `^UsageError: --every must be a duration of at most 60m such as 500ms, 20s or 2m, got "${text}"$`,
      ),
      text,
    );
  t.end();
});

test('the time that is left is as long for each step as those before it, in seconds or minutes', (t) => {
  const { now } = performance;
  t.teardown(() => {
    performance.now = now;
  });
  performance.now = () => 1e6;
  const left = (seconds: number, done: number, left: number) => timeLeft(1e6 - 1000 * seconds, done, left);
  t.equal(left(10, 1, 4), '; about 40 s to go');
  t.equal(left(10, 2, 4), '; about 20 s to go');
  t.equal(left(80, 1, 1), '; about 80 s to go');
  t.equal(left(89.9, 1, 1), '; about 90 s to go');
  t.equal(left(90, 1, 1), '; about 2 min to go');
  t.equal(left(60, 1, 60), '; about 60 min to go');
  t.equal(left(0, 1, 1), '; about 1.0 s to go', 'never less than a second');
  t.deepEqual([left(10, 0, 4), left(10, 4, 0)], ['', ''], 'nothing known, nothing left');
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

test('a point is drawn from where it is reached, and the best and the last are told at the end', (t) => {
  const place = (round: number, ndcg10: number) => ({ round, megabytes: round / 10, ndcg10 });
  const up = [place(1, 0.1), place(2, 0.4), place(3, 0.2)];
  const baselines = { guessing: { ndcg10: 0.05 }, popularity: { ndcg10: 0.15 } } as unknown as Baselines;
  const lines = plotCurves([{ label: 'up', points: up }, { label: 'longer', points: [place(1, 0.1), place(4, 0.1)] }], baselines); // biome-ignore format: one line
  t.equal(
    lines[0],
    'Learning curve: NDCG@10 on validation, from .100 (▁) to .400 (█); guessing .050, popularity .150',
  );
  t.equal(lines[1], `        round 0 ${'·'.repeat(56 - 7 - 7 - 2)} round 4  best`);
  // A column is a fourteenth of a round; the point stands where the column's end has reached it.
  const drawn = `${' '.repeat(13)}${'▁'.repeat(14)}${'█'.repeat(14)}▃${' '.repeat(14)}`;
  t.equal(lines[2], `up      ${drawn}  .400`, 'nothing before the first and after the last');
  t.equal(lines[3], `longer  ${' '.repeat(13)}${'▁'.repeat(43)}  .100`);
  t.equal(lines[4], `        0.10 MB ${'·'.repeat(56 - 7 - 7 - 2)} 0.40 MB  in all`);
  const reached = (megabytes: number) =>
    Array.from({ length: 56 }, (_, column) => 0.1 * 4 ** ((column + 1) / 56)).filter(
      (end) => end < megabytes - 1e-9,
    ).length;
  const [second, third] = [reached(0.2), reached(0.3)];
  t.equal(
    lines[5],
    `up      ${`${'▁'.repeat(second)}${'█'.repeat(third - second)}▃`.padEnd(56)}  0.30 MB`,
    'on a logarithmic scale',
  );
  t.equal(lines[6], `longer  ${'▁'.repeat(56)}  0.40 MB`);
  t.equal(lines[7], '        sent and received by one client so far, on a logarithmic scale');
  t.equal(lines.length, 8);
  const silent = up.map((point) => ({ ...point, megabytes: 0 }));
  t.equal(plotCurves([{ label: 'up', points: silent }]).length, 3, 'without bytes there is no second plot');
  t.deepEqual(plotCurves([{ label: 'up', points: up.slice(0, 1) }]), [], 'one point is no curve');
  t.end();
});

test('the points of a curve are the rounds that were evaluated', (t) => {
  const validation = { hr10: 0.5, ndcg10: 0.25 };
  const rows = [{ round: 1 }, { round: 2, megabytesPerClient: 0.5, validation }] as unknown as RoundRow[];
  t.deepEqual(curveOf(rows), [{ round: 2, megabytes: 0.5, hr10: 0.5, ndcg10: 0.25 }]);
  t.end();
});

test('a curve that neither rises nor falls is drawn at full height', (t) => {
  const points = [1, 2].map((round) => ({ round, megabytes: 0, ndcg10: 0.25 }));
  const flat = plotCurves([{ label: 'flat', points }]).find((line) => line.startsWith('flat'));
  t.match(flat!, /^flat +█+ {2}\.250$/);
  t.end();
});
