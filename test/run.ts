// Runs every test file below test/ in one process and prints failures and a summary.
// `npm test -- kmeans wire` runs only the files whose path contains one of the words. `--verbose` prints every test.
// FEDTLREC_NO_SKIP=1 (set by .ci/run) turns every skipped test into a failure.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test from 'tape';

interface Row {
  type: 'test' | 'assert' | 'end';
  name: string;
  id?: number;
  ok?: boolean;
  skip?: boolean | string;
  error?: Error;
  expected?: unknown;
  actual?: unknown;
  at?: string;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isVerbose = process.argv.includes('--verbose');
const mayNotSkip = process.env.FEDTLREC_NO_SKIP === '1';

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

const tally = { passed: 0, failed: 0, skipped: 0 };
let currentTest = '';

test.createStream({ objectMode: true }).on('data', (row: Row) => {
  if (row.type === 'test') {
    currentTest = row.name;
    if (row.skip) recordSkip(row.name, row.skip);
    else if (isVerbose) console.log(`  ${row.name}`);
  } else if (row.type === 'assert') {
    if (row.skip) recordSkip(`${currentTest}: ${row.name}`, row.skip);
    else if (row.ok) tally.passed++;
    else recordFailure(row);
  }
});

// A test that throws outside a promise would end the run without a summary.
process.on('uncaughtException', (error) => {
  recordFailure({ type: 'assert', name: String(error), error });
  finish();
  process.exit(1);
});

test.onFinish(finish);

function finish(): void {
  console.log(
    `\n${files.length} test files: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped (assertions)`,
  );
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

// Inside a test, because tape ends a run that has no test left, and importing takes longer than that.
test('every test file loads', async () => {
  for (const file of files) await import(pathToFileURL(join(folder, file)).href);
});
if (files.length === 0) {
  console.error(`no test file matches: ${words.join(' ')}`);
  process.exitCode = 1;
}

function recordSkip(name: string, reason: string | boolean): void {
  tally.skipped++;
  const why = typeof reason === 'string' ? `: ${reason}` : '';
  console.log(`${mayNotSkip ? 'FAIL (skipped)' : 'skip'}  ${name}${why}`);
  if (mayNotSkip) tally.failed++;
}

function recordFailure(row: Row): void {
  tally.failed++;
  console.log(`FAIL  ${currentTest}\n      ${row.name}`);
  if (row.expected !== undefined || row.actual !== undefined) {
    console.log(`      expected ${preview(row.expected)}\n      got      ${preview(row.actual)}`);
  }
  if (row.at) console.log(`      at ${relative(process.cwd(), row.at.replace(/^.*\(|\)$/g, ''))}`);
  else if (row.error?.stack) console.log(`      ${row.error.stack.split('\n').slice(0, 4).join('\n      ')}`);
}

function preview(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === undefined ? 'undefined' : text.length > 600 ? `${text.slice(0, 600)} …` : text;
}
