// Turns the text of a ratings file into `Ratings`, and reports what was read, skipped and dropped.
// In: text that is already decoded (the browser's file picker, or `node/ratings-file.ts`); out: ratings for the
// leave-one-out split. Every line that cannot be a rating is an error that names the line; nothing is guessed.
import {
  type ColumnPlaces,
  detectFormat,
  headerColumns,
  layoutOf,
  ParseError,
  type RatingsFormat,
  ratingsFormats,
  readRecords,
} from './formats.ts';
import {
  buildRatings,
  countUsersLeftOutOfSplit,
  type RatingRow,
  type Ratings,
  timeSpanOf,
} from './ratings.ts';

/** What happened while a source was read. */
export interface ParseReport {
  /** The format, as asked for or as detected. */
  readonly format: RatingsFormat;
  /** Records of the source: the header, blank lines and ratings. */
  readonly lines: number;
  readonly hasHeader: boolean;
  readonly blankLines: number;
  /** Ratings dropped because the same user rated the same item in a later line. */
  readonly duplicates: number;
  /** Users with fewer than three ratings: kept for training, left out of the leave-one-out split. */
  readonly usersLeftOutOfSplit: number;
  /** The smallest and the largest time; null if the source has none. */
  readonly timeSpan: { readonly first: number; readonly last: number } | null;
}

export interface ParseOptions {
  /** What the data set is called. */
  name: string;
  /** How errors call the source, e.g. a path; the name unless told. */
  source?: string;
  /** The format; found from the first lines unless told. */
  format?: RatingsFormat | 'auto';
}

/**
 * Parses the text of a ratings file. Ids stay the strings of the source, without surrounding blanks; `LF`, `CRLF` and
 * `CR` end a line; a byte-order mark is ignored; blank lines are skipped and counted.
 *
 * @returns the ratings and the report
 * @throws ParseError naming source and line: an empty or binary text, a record without user, item and rating or of
 * another length than the first, a rating that is negative or no number, a time that is none, or fewer than two users or items
 * @throws RangeError if the format is unknown
 */
export function parseRatings(text: string, options: ParseOptions): { ratings: Ratings; report: ParseReport } {
  const source = options.source ?? options.name;
  const plainText = plain(text, source);
  const format =
    !options.format || options.format === 'auto' ? detectFormat(plainText, source) : options.format;
  if (!ratingsFormats.includes(format)) {
    throw new RangeError(
      `parseRatings: format must be one of auto, ${ratingsFormats.join(', ')}, got ${format}`,
    );
  }
  const counts = { lines: 0, hasHeader: false, blankLines: 0 };
  const { ratings, duplicates } = buildRatings(options.name, readRows(plainText, format, source, counts));
  if (ratings.users.length === 0) throw new ParseError(source, null, 'there is a header but no rating');
  expectTwo('users', ratings.users, source);
  expectTwo('items', ratings.items, source);
  return {
    ratings,
    report: {
      format,
      ...counts,
      duplicates,
      usersLeftOutOfSplit: countUsersLeftOutOfSplit(ratings),
      timeSpan: timeSpanOf(ratings),
    },
  };
}

/** The text without byte-order mark and with `\n` at every line's end. */
function plain(text: string, source: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (body.trim() === '') throw new ParseError(source, null, 'the file is empty');
  if (body.includes('\0')) throw new ParseError(source, null, 'this is a binary file, not text');
  return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

function* readRows(
  text: string,
  format: RatingsFormat,
  source: string,
  counts: { lines: number; hasHeader: boolean; blankLines: number },
): Generator<RatingRow> {
  let first: { places: ColumnPlaces; line: number; length: number } | null = null;
  for (const { fields, line } of readRecords(text, format, source)) {
    counts.lines++;
    if (fields.every((field) => field.trim() === '')) {
      counts.blankLines++;
      continue;
    }
    if (!first) {
      const header = layoutOf(format).mayHaveHeader ? readHeader(fields, line, source) : null;
      first = {
        places: header ?? placesByPosition(fields, line, format, source),
        line,
        length: fields.length,
      };
      if (header) {
        counts.hasHeader = true;
        continue;
      }
    }
    if (fields.length !== first.length) {
      const rule = `a line must have ${first.length} fields like line ${first.line}`;
      throw new ParseError(source, line, `${rule}, got ${fields.length}`);
    }
    yield readRow(fields, first.places, line, source);
  }
}

/** The places that a header names, or null if this is no header. A field that is a number cannot stand in a header. */
function readHeader(fields: readonly string[], line: number, source: string): ColumnPlaces | null {
  if (fields.some((field) => !Number.isNaN(toNumber(field)))) return null;
  const places = headerColumns(fields);
  if (places?.value === -1) {
    throw new ParseError(
      source,
      line,
      `the header must name a rating column, got ${quoted(fields.join(', '))}`,
    );
  }
  return places;
}

/** Without a header the order is user, item, rating and, if there is a fourth field, time. */
function placesByPosition(
  fields: readonly string[],
  line: number,
  format: RatingsFormat,
  source: string,
): ColumnPlaces {
  if (fields.length < 3) {
    const rule = `a line must have user, item and rating between ${layoutOf(format).separatorName}`;
    throw new ParseError(source, line, `${rule}, got ${fields.length}`);
  }
  return { user: 0, item: 1, value: 2, time: fields.length > 3 ? 3 : -1 };
}

function readRow(fields: readonly string[], places: ColumnPlaces, line: number, source: string): RatingRow {
  const user = fields[places.user]!.trim();
  const item = fields[places.item]!.trim();
  if (user === '') throw new ParseError(source, line, 'a user id must not be empty');
  if (item === '') throw new ParseError(source, line, 'an item id must not be empty');
  const valueField = fields[places.value]!;
  const value = toNumber(valueField);
  if (!Number.isFinite(Math.fround(value)))
    throw new ParseError(source, line, `a rating must be a number, got ${quoted(valueField)}`);
  if (value < 0)
    throw new ParseError(source, line, `a rating must not be negative, got ${quoted(valueField)}`);
  if (places.time < 0) return { user, item, value, time: null };
  const timeField = fields[places.time]!;
  const time = toNumber(timeField);
  if (!Number.isFinite(time))
    throw new ParseError(source, line, `a time must be a number, got ${quoted(timeField)}`);
  return { user, item, value, time };
}

/** Like `Number`, but blank text is no number rather than 0. */
function toNumber(field: string): number {
  return field.trim() === '' ? Number.NaN : Number(field);
}

function quoted(field: string): string {
  return JSON.stringify(field.length > 40 ? `${field.slice(0, 40)}…` : field);
}

function expectTwo(what: string, ids: readonly string[], source: string): void {
  if (ids.length < 2)
    throw new ParseError(source, null, `there must be at least two ${what}, got only ${quoted(ids[0]!)}`);
}
