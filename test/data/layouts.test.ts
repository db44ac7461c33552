import test from 'tape';
import { layouts, readLayout } from './layouts.ts';

/** Of all layouts, every seventh; `bench/reading.ts` tries them all. */
const EVERY = 7;

test('one table in hundreds of layouts is read to the same ratings, or refused with the option that reads it', async (t) => {
  const counts = { read: 0, refused: 0 };
  let number = 0;
  for (const layout of layouts()) {
    if (number++ % EVERY !== 0) continue;
    const outcome = await readLayout(layout);
    if (outcome === 'read' || outcome === 'refused') counts[outcome]++;
    else t.fail(`${outcome}: ${JSON.stringify(layout)}`);
  }
  t.ok(counts.read + counts.refused >= 500, `${counts.read} are read, ${counts.refused} are refused`);
  t.ok(counts.read > 4 * counts.refused, 'most are read');
});
