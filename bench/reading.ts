// Whether ratings files are read rightly, at length: one table in all of several thousand layouts, and a hundred thousand damaged
// files. `npm test` does the same with fewer. Run: npx tsx bench/reading.ts [damaged files] [seed]
import fc from 'fast-check';
import { layouts, readLayout } from '../test/data/layouts.ts';
import { damagedFiles, faultOf } from '../test/data/mutations.ts';

const files = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 12);

const outcomes = new Map<string, number>();
for (const layout of layouts()) {
  const outcome = await readLayout(layout);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
console.log('layouts:');
for (const [outcome, count] of outcomes) console.log(`  ${count} ${outcome}`);

const isSound = fc.asyncProperty(damagedFiles, async (file) => {
  const fault = await faultOf(file);
  if (fault !== null) throw new Error(fault);
});
await fc.assert(isSound, { seed, numRuns: files });
console.log(
  `${files} damaged files, seed ${seed}: each refused in one line, or read as a small reader reads it`,
);
process.exitCode = [...outcomes.keys()].every((outcome) => /^(read|refused)$/.test(outcome)) ? 0 : 1;
