// Runs all benchmarks, or those named on the command line, and writes each one's section into bench/results.md; the
// sections of the others stay as they are. `npm run bench`, `npm run bench -- matmul`. Those that are lists of runs take `--queue URL`, and
// `npm run bench -- worker URL --threads N` does them (docs/many-machines.md).
import { readFileSync, writeFileSync } from 'node:fs';
import type { Bench } from './bench.ts';
import { describeMachine, describeVersions } from './machine.ts';

/** A new benchmark is one file that exports a `Bench`, and one line here; results.md keeps this order. */
const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  matmul: () => import('./matmul.ts'),
  'int16-rows': () => import('./int16-rows.ts'),
  kmeans: () => import('./kmeans.ts'),
  stars: () => import('./stars.ts'),
  webgpu: () => import('./webgpu.ts'),
  'client-epochs': () => import('./client-epochs.ts'),
  rounds: () => import('./rounds.ts'),
  'whole-run': () => import('./whole-run.ts'),
  growth: () => import('./growth.ts'),
  'ml-1m': () => import('./ml-1m.ts'),
  runtimes: () => import('./runtimes.ts'),
  classroom: () => import('./classroom.ts'),
  'classroom-soak': () => import('./classroom-soak.ts'),
  lists: () => import('./lists.ts'),
  queue: () => import('./queue.ts'),
  'queue-rounds': () => import('./queue-rounds.ts'),
  search: () => import('./search.ts'),
  table: () => import('./table.ts'),
  ablations: () => import('./ablations.ts'),
  aggregators: () => import('./aggregators.ts'),
  codecs: () => import('./codecs.ts'),
  order: () => import('./order.ts'),
  sequence: () => import('./sequence.ts'),
  course: () => import('./course.ts'),
  'results-page': () => import('./results-page.ts'),
};
/** These are not about speed: they run only if they are named, and write pages of docs/. */
const onlyByName = [
  'search',
  'table',
  'ablations',
  'aggregators',
  'codecs',
  'order',
  'sequence',
  'results-page',
];

/** These take long: they run only if they are named. */
const onlyNamed = ['classroom-soak'];

const results = new URL('results.md', import.meta.url);
const introduction = `# Benchmark results

Written by \`npm run bench\`, which overwrites changes made by hand. Every section says what it was measured on. Peers: \`npm ci\` in bench/.
`;

const names = process.argv.slice(2);
const at = names.indexOf('--queue');
if (at >= 0) process.env.BENCH_QUEUE = names.splice(at, 2)[1] ?? '';
const soak = names.indexOf('--soak');
if (soak >= 0) names.splice(0, names.length, 'classroom-soak'); // classroom --soak
const unknown = names.find((name) => !(name in benches));
if (names[0] === 'worker') await (await import('./worker.ts')).main(names.slice(1));
else if (unknown === undefined)
  await runAll(
    names.length > 0
      ? names
      : Object.keys(benches).filter((name) => ![...onlyByName, ...onlyNamed].includes(name)),
  );
else {
  console.error(`bench: the name must be one of ${Object.keys(benches).join(', ')}, got ${unknown}`);
  process.exitCode = 2;
}

async function runAll(chosen: readonly string[]): Promise<void> {
  for (const name of chosen) {
    const { bench } = await benches[name]!();
    console.log(`${bench.title}\n`);
    const body = await bench.run((line) => console.log(`  ${line}`));
    console.log(`\n${body}\n`);
    const date = new Date().toISOString().slice(0, 10);
    const facts = `Measured on ${date}: ${describeMachine()}. ${describeVersions()}.\nCommand: \`npm run bench -- ${name}\`.`;
    if (!onlyByName.includes(name)) writeSection(name, `${bench.title}\n\n${facts}\n\n${body}\n`);
  }
}

/** Replaces the section of one benchmark, which stands between its own mark and the next. */
function writeSection(name: string, section: string): void {
  const sections = new Map(
    readResults()
      .split(/^(?=<!-- [\w-]+ -->\n)/m)
      .flatMap((part) => {
        const mark = /^<!-- ([\w-]+) -->\n/.exec(part);
        return mark ? [[mark[1]!, part.slice(mark[0].length).trim()] as const] : [];
      }),
  );
  sections.set(name, `## ${section.trim()}`);
  const written = Object.keys(benches)
    .filter((key) => sections.has(key) && !onlyByName.includes(key))
    .map((key) => `<!-- ${key} -->\n${sections.get(key)}\n`);
  writeFileSync(results, [introduction, ...written].join('\n'));
}

function readResults(): string {
  try {
    return readFileSync(results, 'utf8');
  } catch {
    return '';
  }
}
