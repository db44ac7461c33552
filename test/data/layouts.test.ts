import test from 'tape';
import { parseRatings } from '../../lib/data/parse.ts';
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

test('large numbers of which none is frequent are no ratings: such a file is refused until its columns are said', (t) => {
  const read = (third: (row: number) => number, options = {}) => {
    const rows = Array.from({ length: 60 }, (_, row) => [1 + (row % 7), 100 + ((row * 13) % 31), third(row)]);
    const text = `${rows.map((fields) => fields.join(',')).join('\n')}\n`;
    return parseRatings(text, { name: 'toy', ...options }).ratings.values;
  };
  const prices = (row: number) => 5000 + ((row * 7919) % 9973);
  t.throws(
    () => read(prices),
    /toy:1: there is no header, and which of the 3 columns is what cannot be told/,
  );
  const largest = Math.max(...Array.from({ length: 60 }, (_, row) => prices(row)));
  t.equal(Math.max(...read(prices, { columns: 'user,item,rating' })), largest);
  t.equal(Math.max(...read((row) => 1 + (row % 5))), 5, 'stars');
  t.equal(Math.max(...read((row) => (row % 3 === 0 ? 1 : row ** 2))), 59 ** 2, 'plays: most often once');
  t.end();
});
