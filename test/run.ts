// Runs every test file below test/ and prints failures and a summary; with many files, in several processes beside each other,
// each of which takes the next file as soon as it has done with one.
// `npm test -- kmeans wire` runs only the files whose path contains one of the words. `--verbose` prints every test with its
// seconds; `--slowest` ends with the files that cost most: seconds of processor time (with ended child processes, on Linux)
// and on the clock.
// FEDTLREC_NO_SKIP=1 (set by .ci/run) turns every skipped test into a failure.
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
const showsSlowest = process.argv.includes('--slowest');
const mayNotSkip = process.env.FEDTLREC_NO_SKIP === '1';

/** Below this many files, starting further processes would take longer than it saves. */
const FEWEST_TO_SHARE = 8;
/** How many files `--slowest` names. */
const SLOWEST = 30;
/** Begun first, so that no process is left alone with one of them at the end: see `--slowest`; a queue's tests wait. */
const longest = ['docs/changing', 'queue/', 'prototypes', 'examples', 'simulator/threads', 'cli/output'];
const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  .sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
const isHelper = process.connected && process.env.FEDTLREC_TEST_HELPER === '1'; // one of several processes
/** One more than there are cores: many tests wait for a process, a socket or a deadline. */
const helpers = Math.min(4, availableParallelism() + 1);
const waiting = found.values();

interface Cost {
  readonly file: string;
  readonly cpu: number; // seconds of processor time
  readonly clock: number; // seconds
}

const tally = { passed: 0, failed: 0, skipped: 0, costs: [] as Cost[] };
let currentTest = '';
let started = 0;

if (!isHelper && found.length >= FEWEST_TO_SHARE) await runInHelpers();
else runHere();

function isLong(file: string): boolean {
  return longest.some((start) => file.startsWith(start));
}

/** Files are dealt out one by one, so that all processes end at about the same time. */
async function runInHelpers(): Promise<void> {
  const exits = Array.from({ length: helpers }, async (_, index) => {
    const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
      env: { ...process.env, FEDTLREC_TEST_HELPER: '1' },
    });
    let has = false;
    child.on('message', (message: 'next' | typeof tally) => {
      if (message === 'next') return child.send(waiting.next().value ?? '');
      has = true;
      for (const name of ['passed', 'failed', 'skipped'] as const) tally[name] += message[name];
      tally.costs.push(...message.costs);
    });
    const [code] = await once(child, 'exit');
    if (has && (code === 0 || tally.failed > 0)) return;
    tally.failed++;
    console.log(
      `FAIL  process ${index + 1} of ${helpers} ended with ${code}${has ? '' : ' before its summary'}`,
    );
  });
  await Promise.all(exits);
  summarize();
}

/** The next file to run, '' if there is none. */
async function nextFile(): Promise<string> {
  if (!isHelper) return waiting.next().value ?? '';
  process.send?.('next');
  const [file] = await once(process, 'message');
  return file;
}

/** Loads a file, whose tests run next, then the one after it. A test itself, because tape ends a run that has none left. */
function runNextFile(previous?: { file: string; before: Omit<Cost, 'file'> }): void {
  test('the next test file loads', async () => {
    const before = spent();
    if (previous) {
      const { file, before: start } = previous;
      tally.costs.push({ file, cpu: before.cpu - start.cpu, clock: before.clock - start.clock });
    }
    const file = await nextFile();
    if (file === '') return;
    try {
      await import(pathToFileURL(join(folder, file)).href);
    } finally {
      runNextFile({ file, before });
    }
  });
}

/** What this process, its threads and its ended children have used so far. */
function spent(): Omit<Cost, 'file'> {
  const { user, system } = process.cpuUsage(); // microseconds
  const stat = '/proc/self/stat'; // after the name: …, utime, stime, cutime, cstime in hundredths of a second
  const fields = existsSync(stat) ? readFileSync(stat, 'utf8').split(') ')[1]!.split(' ') : [];
  const children = (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
  return { cpu: (user + system) / 1e6 + children, clock: performance.now() / 1000 };
}

function runHere(): void {
  EventEmitter.defaultMaxListeners = 0; // tape listens once for every file that loads while it runs
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

  runNextFile();
  if (found.length === 0) {
    console.error(`no test file matches: ${words.join(' ')}`);
    process.exitCode = 1;
  }
}

function finish(): void {
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
  if (isHelper) process.send?.(tally);
  else summarize();
}

function summarize(): void {
  const { passed, failed, skipped } = tally;
  if (showsSlowest) printCosts();
  console.log(
    `\n${found.length} test files: ${passed} passed, ${failed} failed, ${skipped} skipped (assertions)`,
  );
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

function printCosts(): void {
  const line = ({ file, cpu, clock }: Cost) =>
    `${cpu.toFixed(2).padStart(8)} ${clock.toFixed(2).padStart(8)}  ${file}`;
  const costs = tally.costs.sort((a, b) => b.cpu - a.cpu);
  const cpu = costs.reduce((sum, cost) => sum + cost.cpu, 0);
  console.log(`\n     cpu    clock  (seconds)\n${costs.slice(0, SLOWEST).map(line).join('\n')}`);
  console.log(`${cpu.toFixed(2).padStart(8)}           all ${costs.length}`);
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
