// The layouts in which ratings are published: which separator, whether quotes and a header occur, which column is what.
// In: text; out: its records as fields with the line they began on. `parse.ts` turns those into ratings.
// Layouts: the READMEs of MovieLens 100K and 1M (`u.data`, `ratings.dat`); CSV as in RFC 4180.
import Papa from 'papaparse';

/** The layouts this library reads. `movielens-1m` is also that of MovieTweetings, `space` that of FilmTrust. */
export type RatingsFormat = 'movielens-100k' | 'movielens-1m' | 'csv' | 'tsv' | 'space';

/** All formats, in the order in which they are tried. */
export const ratingsFormats: readonly RatingsFormat[] = [
  'movielens-1m',
  'movielens-100k',
  'tsv',
  'csv',
  'space',
];

interface Layout {
  readonly separator: string;
  /** The separator in words, for messages. */
  readonly separatorName: string;
  readonly hasQuotes: boolean;
  readonly mayHaveHeader: boolean;
}

const layouts: Record<RatingsFormat, Layout> = {
  'movielens-1m': { separator: '::', separatorName: '"::"', hasQuotes: false, mayHaveHeader: false },
  'movielens-100k': { separator: '\t', separatorName: 'tabs', hasQuotes: false, mayHaveHeader: false },
  tsv: { separator: '\t', separatorName: 'tabs', hasQuotes: true, mayHaveHeader: true },
  csv: { separator: ',', separatorName: 'commas', hasQuotes: true, mayHaveHeader: true },
  space: { separator: ' ', separatorName: 'spaces', hasQuotes: false, mayHaveHeader: true },
};

export function layoutOf(format: RatingsFormat): Layout {
  return layouts[format];
}

/** A source that cannot be read as ratings. The message names the source and, where there is one, the line. */
export class ParseError extends Error {
  /** The file or text, as the caller named it. */
  readonly source: string;
  /** The line, counted from 1; null if the whole source is at fault. */
  readonly line: number | null;

  constructor(source: string, line: number | null, problem: string) {
    super(`${source}${line === null ? '' : `:${line}`}: ${problem}`);
    this.name = 'ParseError';
    this.source = source;
    this.line = line;
  }
}

/** One line, or several where a quoted field spans them, cut at the separators. */
export interface TextRecord {
  readonly fields: readonly string[];
  /** The first line of the record, counted from 1. */
  readonly line: number;
}

/** Cuts text (line ends `\n`) into records. A final line end makes no further record; blank lines are records. */
export function* readRecords(text: string, format: RatingsFormat, source: string): Generator<TextRecord> {
  const { separator, hasQuotes } = layouts[format];
  if (hasQuotes && text.includes('"')) {
    yield* readQuotedRecords(text, separator, source);
    return;
  }
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield { fields: fieldsOf(text.slice(start, end), separator), line };
    start = end + 1;
  }
}

function fieldsOf(line: string, separator: string): string[] {
  if (separator === ' ') return line.trim().split(/[ \t]+/);
  // Twice as fast as `split`, which a million lines would notice.
  const fields: string[] = [];
  let start = 0;
  for (let end = line.indexOf(separator); end >= 0; end = line.indexOf(separator, start)) {
    fields.push(line.slice(start, end));
    start = end + separator.length;
  }
  fields.push(line.slice(start));
  return fields;
}

function* readQuotedRecords(text: string, separator: string, source: string): Generator<TextRecord> {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const { data, errors } = Papa.parse<string[]>(body, { delimiter: separator, newline: '\n' });
  const brokenRecord = errors.find((error) => error.type === 'Quotes')?.row;
  let line = 1;
  for (const [record, fields] of data.entries()) {
    if (record === brokenRecord)
      throw new ParseError(source, line, 'a quoted field must end with a quote before the separator');
    yield { fields, line };
    line += 1 + fields.reduce((newlines, field) => newlines + field.split('\n').length - 1, 0);
  }
}

/** Which field of a record holds what; `value` is -1 if a header names none, `time` is -1 if there are no times. */
export interface ColumnPlaces {
  readonly user: number;
  readonly item: number;
  readonly value: number;
  readonly time: number;
}

// As they read in lower case without spaces, `_`, `-` and RecBole's `:token`.
const columnNames = {
  user: ['user', 'userid', 'username', 'uid', 'reviewerid'],
  item: [
    ...['item', 'itemid', 'iid', 'movie', 'movieid', 'film', 'filmid', 'artist', 'artistid'],
    ...['track', 'trackid', 'book', 'bookid', 'isbn', 'product', 'productid', 'asin', 'parentasin'],
  ],
  value: ['rating', 'ratings', 'bookrating', 'weight', 'score', 'stars', 'overall', 'value', 'plays'].concat(
    'playcount',
    'count',
  ),
  time: ['timestamp', 'time', 'unixtime', 'unixreviewtime', 'ts'],
};

/** Reads a header; null if the fields do not name at least a user and an item column. */
export function headerColumns(fields: readonly string[]): ColumnPlaces | null {
  const names = fields.map((field) =>
    field
      .toLowerCase()
      .replace(/:.*$/, '')
      .replace(/[\s_-]/g, ''),
  );
  const placeOf = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const user = placeOf(columnNames.user);
  const item = placeOf(columnNames.item);
  if (user < 0 || item < 0) return null;
  return { user, item, value: placeOf(columnNames.value), time: placeOf(columnNames.time) };
}

/**
 * Finds the format from the first twenty lines that are not blank: the one whose separator cuts most of them into at
 * least three fields; among equals the order of `ratingsFormats` decides.
 *
 * @throws ParseError if no separator cuts any of them so
 */
export function detectFormat(text: string, source: string): RatingsFormat {
  const lines = firstLines(text, 20);
  const counts = ratingsFormats.map(
    (format) => lines.filter((line) => fieldsOf(line, layouts[format].separator).length >= 3).length,
  );
  const most = Math.max(...counts);
  if (most === 0) {
    throw new ParseError(
      source,
      1,
      'the format cannot be told: a line must have user, item and rating between "::", tabs, commas or spaces',
    );
  }
  const format = ratingsFormats[counts.indexOf(most)]!;
  const isNumbersOnly = lines.every((line) => /^[\d.\t]*$/.test(line));
  return format === 'movielens-100k' && !isNumbersOnly ? 'tsv' : format;
}

function firstLines(text: string, count: number): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length && lines.length < count; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line.trim() !== '') lines.push(line);
    start = end + 1;
  }
  return lines;
}
