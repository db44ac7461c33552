import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'tape';
import type { ReportData } from '../../lib/node/report.ts';
import { decodeTrace } from '../../lib/trace/trace-file.ts';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const quick = ['--data', data, '--rounds', '4', '--evaluate-every', '2', '--factors', '4', '--json'];

function readReport(file: string): { html: string; data: ReportData } {
  const html = readFileSync(file, 'utf8');
  const json = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)![1]!;
  return { html, data: JSON.parse(json) };
}

test('a report holds the recorded run and the figures that were printed, and loads nothing', async (t) => {
  const file = join(folder, 'new', 'report.html');
  const { code, stdout, stderr } = await runHere(['train', ...quick, '--report', file]);
  t.deepEqual([code, stderr], [0, '']);
  const { html, data: said } = readReport(file);
  const summary = jsonLines(stdout).at(-1);
  const share = (value: number) => value.toFixed(3).replace(/^0/, '');
  t.deepEqual(
    said.tables[0]!.rows.map(([, hit]) => hit!.split(' ')[0]),
    [summary.validation, summary.test, summary.guessing, summary.popularity].map(({ hr10 }) => share(hr10)),
  );
  const [run] = said.traces;
  const trace = decodeTrace(gunzipSync(Buffer.from(run!.packed, 'base64')));
  t.equal(run!.label, 'fedtlrec');
  t.deepEqual(
    trace.rounds.map(({ loss }) => loss),
    jsonLines(stdout)
      .slice(0, -1)
      .map(({ loss }) => loss),
  );
  t.match(html, /default-src 'none'/, 'its policy forbids any request');
  t.notOk(
    /(?:src|href)="(?!data:)/.test(html.replace(/<script[\s\S]*?<\/script>/g, '')),
    'no address in the page',
  );
  t.match(
    said.commands.join('\n'),
    /^# in a clone of fedtlrec \d.*\nnpm ci\nnpm run -s fedtlrec -- /,
    'how to repeat it',
  );
  const facts = Object.fromEntries(said.facts);
  t.match(facts.Versions ?? '', /^fedtlrec \d+\.\d+\.\d+, Node v\d+/);
  t.match(facts.Round ?? '', /^round \d+ of \d+, the best on validation/);
  t.match(facts['Re-fit'] ?? '', /fits its vector|none/);
});

test('a comparison lays its recipes over each other; a report of that name is replaced', async (t) => {
  const file = join(folder, 'comparison.html');
  writeFileSync(file, 'an older report');
  const { code } = await runHere([
    'compare',
    ...quick,
    ...['--recipes', 'fedmf,fedtlrec,popularity', '--seeds', '1,2', '--report', file],
  ]);
  t.equal(code, 0);
  const { data: said } = readReport(file);
  t.deepEqual(
    said.traces.map(({ label }) => label),
    ['fedmf', 'fedtlrec', 'popularity'],
  );
  t.deepEqual(
    said.tables.map(({ rows }) => rows.length),
    [4, 2],
    'figures with those of guessing, and differences to the first',
  );
});

test('a report stays below 700 KB, however many recipes and rounds', async (t) => {
  const file = join(folder, 'large.html');
  const recipes = ['--recipes', 'fedtlrec,without-low-rank,fedmf,colr', '--rounds', '60', '--clusters', '2'];
  const { code } = await runHere(['compare', ...quick, ...recipes, '--factors', '16', '--report', file]);
  t.equal(code, 0);
  const { html, data: said } = readReport(file);
  t.ok(html.length < 700_000, `${html.length} characters`);
  const [trace] = said.traces.map(({ packed }) => decodeTrace(gunzipSync(Buffer.from(packed, 'base64'))));
  t.equal(trace!.rounds.length, 60, 'no round is lost');
});
