import fc from 'fast-check';
import test from 'tape';
import { damagedFiles, faultOf } from './mutations.ts';

/** `bench/reading.ts` makes a hundred thousand. */
const FILES = 1500;

test('a damaged file is refused in one line, or read as a small reader reads it', async (t) => {
  const isSound = fc.asyncProperty(damagedFiles, async (file) => {
    const fault = await faultOf(file);
    if (fault !== null) throw new Error(fault);
  });
  await fc.assert(isSound, { seed: 12, numRuns: FILES });
  t.pass(`${FILES} files`);
});
