// Which separator a text has: the one that cuts all of its first lines into the same number of fields.
// In: the beginning of the text; out: a format. Blanks separate only where nothing else does, because dates and titles have them.
import { layoutOf, type RatingsFormat } from './formats.ts';
import { ParseError } from './parse-error.ts';
import { type SampleRecord, sampleRecords, usualWidth } from './sample.ts';

const candidates = ['movielens-1m', 'tsv', 'semicolon', 'pipe', 'csv'] as const;

interface Cut {
  readonly format: RatingsFormat;
  readonly records: readonly SampleRecord[];
  readonly width: number;
  /** Share of the lines that have this width. */
  readonly share: number;
}

/**
 * Finds the format from the first two hundred records.
 *
 * @param from the first line that is no comment, counted from 1
 * @throws ParseError if no separator cuts them, or two cut them equally well
 */
export function detectFormat(text: string, from: number, source: string): RatingsFormat {
  const cut = (format: RatingsFormat): Cut => {
    const records = sampleRecords(text, layoutOf(format), { from, most: 200 });
    return { format, records, ...usualWidth(records) };
  };
  const useful = candidates.map(cut).filter(({ width, share }) => width > 1 && share >= 0.5);
  const blanks = cut('space');
  if (useful.length === 0) return expectBlanks(blanks, from, source);
  const even = useful.filter(({ share }) => share === 1);
  // Titles and decimals may have commas, where blanks cut every line alike and into more fields.
  if (even.length === 0 && blanks.share === 1 && useful.every(({ width }) => width < blanks.width))
    return 'space';
  const ranked = (even.length > 0 ? even : useful).sort((a, b) => b.width - a.width || b.share - a.share);
  const [best, second] = ranked as [Cut, ...Cut[]];
  if (second && second.width === best.width && second.share === best.share) {
    const [a, b] = [layoutOf(best.format).separatorName, layoutOf(second.format).separatorName];
    const rule = `lines may be cut at ${a} or at ${b}; --format ${best.format} or --format ${second.format} says which`;
    throw new ParseError(source, from, rule);
  }
  return best.format === 'tsv' && isCutAtBlanksToo(best, blanks) ? 'space' : best.format;
}

/** KONECT: "1 17" and further numbers behind tabs. */
function isCutAtBlanksToo(tabs: Cut, blanks: Cut): boolean {
  const isNumbers = (field: string) => /^\d+( +\d+)+$/.test(field.trim());
  return (
    blanks.share === 1 &&
    blanks.width > tabs.width &&
    tabs.records.every(({ fields }) => fields.some(isNumbers))
  );
}

function expectBlanks(blanks: Cut, from: number, source: string): RatingsFormat {
  const isNumbersOnly = blanks.records.every(({ fields }) => fields.every((field) => /^\d+$/.test(field)));
  const widths = new Set(blanks.records.map(({ fields }) => fields.length));
  if (isNumbersOnly && widths.size > 1 && blanks.records.length > 2 && blanks.share < 0.9) {
    throw new ParseError(
      source,
      from,
      'this looks like a LightGCN list (a user, and then all items of that user); --format lightgcn reads it',
    );
  }
  const isList = blanks.records.some(({ fields }) => fields.length > 1 && /[,;]$/.test(fields[0]!));
  if (blanks.width > 1 && blanks.share >= 0.5 && !isList) return 'space';
  throw new ParseError(
    source,
    from,
    'the format cannot be told: lines must have the same number of fields, between commas, tabs, semicolons, "|", "::" or spaces',
  );
}
