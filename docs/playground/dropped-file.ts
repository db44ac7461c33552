// A file that was dropped on the playground, read in its worker. In: the file, and how the reader says it is to be read; out: ratings,
// and a line about them.
import { columnsText } from '../../lib/data/columns.ts';
import { ParseError } from '../../lib/data/parse-error.ts';
import type { Ratings } from '../../lib/data/ratings.ts';
import { readRatings } from '../../lib/data/read-ratings.ts';
import { readReadingWords } from './reading-words.ts';

/** @throws ParseError naming the file, and the line where there is one */
export async function readDropped(file: File, reading: string): Promise<{ ratings: Ratings; note: string }> {
  try {
    const { ratings, report } = await readRatings(file, readReadingWords(reading));
    const dropped = report.duplicates > 0 ? `, ${report.duplicates} earlier duplicates dropped` : '';
    const counts = `${ratings.users.length} users, ${ratings.items.length} items, ${ratings.itemOf.length} ratings`;
    return { ratings, note: `${file.name}: ${counts}${dropped}; columns: ${columnsText(report.columns)}` };
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new ParseError(file.name, null, 'the file was changed or moved; drop it once more');
  }
}
