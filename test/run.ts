// Runs every test file below test/ and prints failures and a summary; with many files, in two processes beside each other.
// `npm test -- kmeans wire` runs only the files whose path contains one of the words. `--verbose` prints every test with its
// seconds.
// FEDTLREC_NO_SKIP=1 (set by .ci/run) turns every skipped test into a failure.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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

/** Below this many files, starting a second process would take longer than it saves. */
const FEWEST_TO_SHARE = 8;
const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
const share = process.env.FEDTLREC_TEST_SHARE; // `1/2`: the first of two processes
const shares = Math.min(2, availableParallelism());
const isShared = share === undefined && shares > 1 && found.length >= FEWEST_TO_SHARE;
const [turn, turns] = (share ?? '1/1').split('/').map(Number) as [number, number];
const files = found.filter((_, place) => place % turns === turn - 1);

const tally = { passed: 0, failed: 0, skipped: 0 };
let currentTest = '';
let started = 0;

if (isShared) await runInShares();
else runHere();

/** Each process has every second file, so that long neighbours are dealt out. */
async function runInShares(): Promise<void> {
  const exits = Array.from({ length: shares }, async (_, index) => {
    const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
      env: { ...process.env, FEDTLREC_TEST_SHARE: `${index + 1}/${shares}` },
    });
    let has = false;
    child.on('message', (counts: typeof tally) => {
      has = true;
      for (const name of ['passed', 'failed', 'skipped'] as const) tally[name] += counts[name];
    });
    const [code] = await once(child, 'exit');
    if (has && (code === 0 || tally.failed > 0)) return;
    tally.failed++;
    console.log(
      `FAIL  process ${index + 1} of ${shares} ended with ${code}${has ? '' : ' before its summary'}`,
    );
  });
  await Promise.all(exits);
  summarize();
}

function runHere(): void {
  test.createStream({ objectMode: true }).on('data', (row: Row) => {
    if (row.type === 'test') {
      currentTest = row.name;
      if (row.skip) recordSkip(row.name, row.skip);
      started = performance.now();
    } else if (row.type === 'end') {
      const seconds = (performance.now() - started) / 1000;
      if (isVerbose) console.log(`${seconds.toFixed(2).padStart(7)}  ${currentTest}`);
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

  // Inside a test, because tape ends a run that has no test left, and importing takes longer than that.
  test('every test file loads', async () => {
    for (const file of files) await import(pathToFileURL(join(folder, file)).href);
  });
  if (files.length === 0) {
    console.error(`no test file matches: ${words.join(' ')}`);
    process.exitCode = 1;
  }
}

function finish(): void {
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
  if (share === undefined) summarize();
  else process.send?.(tally);
}

function summarize(): void {
  const { passed, failed, skipped } = tally;
  console.log(
    `\n${found.length} test files: ${passed} passed, ${failed} failed, ${skipped} skipped (assertions)`,
  );
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
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
