// Turns the text of a ratings file into `Ratings`, and reports what was read, skipped and dropped.
// In: text, whole or in pieces; out: ratings for the leave-one-out split. The first lines decide how the text is laid out
// (`detect.ts`); every later line is held to that, and one that cannot be a rating is an error that names the line.
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { ratingsFrom } from './build-ratings.ts';
import type { DateOrder } from './calendar.ts';
import { readColumnChoice } from './column-option.ts';
import type { Columns } from './columns.ts';
import { type Plan, planReading } from './detect.ts';
import { FieldSplitter } from './fields.ts';
import { layoutOf, type RatingsFormat, ratingsFormats } from './formats.ts';
import type { DecimalMark } from './numbers.ts';
import { OtherFileError, ParseError, quoted } from './parse-error.ts';
import type { Ratings } from './ratings.ts';
import { countUsersLeftOutOfSplit, timeSpanOf } from './ratings-facts.ts';
import { RecordReader } from './record-reader.ts';
import type { Told } from './told.ts';

/** What happened while a source was read. */
export interface ParseReport {
  /** The format, as asked for or as detected. */
  readonly format: RatingsFormat;
  /** Which column is what. */
  readonly columns: Columns;
  /** Records of the source: comments, the header, blank lines and ratings. */
  readonly lines: number;
  readonly hasHeader: boolean;
  readonly blankLines: number;
  readonly commentLines: number;
  /** Ratings dropped because the same user rated the same item later. */
  readonly duplicates: number;
  /** Ratings below `minRating`; null if none was asked for. */
  readonly belowMinimum: { readonly minRating: number; readonly dropped: number } | null;
  /** Users with fewer than three ratings: kept for training, left out of the leave-one-out split. */
  readonly usersLeftOutOfSplit: number;
  /** The smallest and the largest time; null if the source has none. */
  readonly timeSpan: { readonly first: number; readonly last: number } | null;
}

/** How a text is laid out, where it does not say so itself. */
export interface LayoutOptions {
  /** Default: found from the first lines. */
  format?: RatingsFormat | 'auto';
  /** Which column is what: `user,item,-,time` by position, or `user=userId,item=movieId` by name. Default: found. */
  columns?: string;
  /** The mark before decimals. Default: found; needed where "1,234" has two readings. */
  decimal?: DecimalMark;
  /** The order of dates such as 03/04/2020. Default: found; needed where they have two readings. */
  dates?: DateOrder;
  /** Ratings below it are left out. Default: every rating counts. */
  minRating?: number;
  /** Whether one user is enough, as in a file of one's own. Default: a file has at least two, or there is nobody to learn with. */
  allowsOneUser?: boolean;
}

export interface ParseOptions extends LayoutOptions {
  /** What the data set is called. */
  name: string;
  /** How errors call the source, e.g. a path. Default: the name. */
  source?: string;
}

/** Characters of the beginning that decide how the text is laid out. */
const SAMPLE_LENGTH = 1 << 18;

/**
 * Parses the text of a ratings file. Ids stay the strings of the source, without surrounding blanks; `LF`, `CRLF` and
 * `CR` end a line; a byte-order mark is ignored; blank lines are skipped and counted.
 *
 * @returns the ratings and the report
 * @throws ParseError naming source and line: an empty or binary text, columns that cannot be told, a record of
 * another length than the first, a rating that is negative or no number, a time that is none, or fewer than two users (unless one is allowed) or items
 * @throws RangeError if an option is unknown
 * @example
 * const { ratings } = parseRatings('ann,Alien,5\nbob,Heat,4\n', { name: 'films' });
 * ratings.items; // ["Alien", "Heat"]
 */
export function parseRatings(text: string, options: ParseOptions): { ratings: Ratings; report: ParseReport } {
  expectKind('parseRatings', 'text', text, 'text', "'ann,Alien,5\\nbob,Heat,4'");
  expectParts('parseRatings', 'options', options, "{ name: 'films' }", { name: 'text' });
  const parser = new RatingsParser(options);
  parser.push(text);
  return parser.end();
}

/** Parses text that comes in pieces, so that a file need not fit into one string. */
export class RatingsParser {
  private readonly options: ParseOptions;
  private readonly source: string;
  private readonly told: Told;
  /** The beginning, until there is enough of it to decide. */
  private beginning = '';
  private reader: RecordReader | null = null;
  private splitter: FieldSplitter | null = null;
  private plan: Plan | null = null;

  /** @throws RangeError if an option is unknown */
  constructor(options: ParseOptions) {
    this.options = options;
    this.source = options.source ?? options.name;
    this.told = toldBy(options);
  }

  /** @throws ParseError as `parseRatings` */
  push(piece: string): void {
    if (this.splitter) {
      this.read(piece);
      return;
    }
    this.beginning += piece;
    if (this.beginning.length > SAMPLE_LENGTH + 1) this.begin(false);
  }

  /** @throws ParseError as `parseRatings` */
  end(): { ratings: Ratings; report: ParseReport } {
    if (!this.splitter) this.begin(true);
    this.splitter!.end();
    return this.finish();
  }

  /** @throws ParseError if what came so far is a list of something else: people, titles, tags */
  expectRatings(): void {
    if (this.splitter) return;
    try {
      this.begin(true);
    } catch (error) {
      if (error instanceof OtherFileError) throw error;
    }
  }

  private begin(isWhole: boolean): void {
    const text = this.beginning.startsWith('\uFEFF') ? this.beginning.slice(1) : this.beginning;
    this.beginning = '';
    const plan = planReading(
      isWhole ? text : wholeLines(text.slice(0, SAMPLE_LENGTH)),
      this.told,
      this.source,
    );
    const reader = new RecordReader(plan, this.source);
    this.splitter = new FieldSplitter(layoutOf(plan.format), this.source, (fields, line) =>
      reader.take(fields, line),
    );
    this.reader = reader;
    this.plan = plan;
    this.read(text);
  }

  private read(piece: string): void {
    if (piece.includes('\0')) throw new ParseError(this.source, null, 'this is a binary file, not text');
    this.splitter!.push(piece);
  }

  private finish(): { ratings: Ratings; report: ParseReport } {
    const { counts, rows } = this.reader!;
    const { format, columns, hasHeader, commentLines } = this.plan!;
    if (rows.length === 0) throw new ParseError(this.source, null, 'no user has an item');
    const all = rows.group(this.options.name);
    if (!this.options.allowsOneUser) expectTwo('users', all.ratings.users, this.source);
    expectTwo('items', all.ratings.items, this.source);
    const { ratings, belowMinimum } = this.withoutLowRatings(all.ratings);
    const report: ParseReport = {
      ...{ format, columns, hasHeader, commentLines },
      ...counts,
      duplicates: all.duplicates,
      belowMinimum,
      usersLeftOutOfSplit: countUsersLeftOutOfSplit(ratings),
      timeSpan: timeSpanOf(ratings),
    };
    return { ratings, report };
  }

  private withoutLowRatings(all: Ratings): Pick<ParseReport, 'belowMinimum'> & { ratings: Ratings } {
    const { minRating } = this.options;
    if (minRating === undefined) return { ratings: all, belowMinimum: null };
    if (!this.plan!.columns.rating)
      throw new ParseError(
        this.source,
        null,
        `no column of ratings is read, so --min-rating ${minRating} cannot be kept`,
      );
    try {
      const { ratings, dropped } = ratingsFrom(all, minRating);
      return { ratings, belowMinimum: { minRating, dropped } };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ParseError(this.source, null, error.message.replace(/^ratingsFrom: /, ''));
    }
  }
}

/** The options as the detection wants them. */
function toldBy({ format = 'auto', columns, decimal, dates, minRating }: ParseOptions): Told {
  const reject = (name: string, rule: string, got: unknown) => {
    throw new RangeError(`parseRatings: ${name} must be ${rule}, got ${got}`);
  };
  if (format !== 'auto' && !ratingsFormats.includes(format))
    reject('format', `one of auto, ${ratingsFormats.join(', ')}`, format);
  if (decimal !== undefined && decimal !== 'point' && decimal !== 'comma')
    reject('decimal', 'point or comma', decimal);
  if (dates !== undefined && dates !== 'day-first' && dates !== 'month-first')
    reject('dates', 'day-first or month-first', dates);
  if (minRating !== undefined && !Number.isFinite(minRating))
    reject('minRating', 'a finite number', minRating);
  const choice = columns === undefined ? null : readColumnChoice(columns);
  return { format, columns: choice, decimal: decimal ?? null, dates: dates ?? null };
}

/** Without a last line that was cut off. */
function wholeLines(text: string): string {
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  return end > 0 ? text.slice(0, end + 1) : text;
}

function expectTwo(what: string, ids: readonly string[], source: string): void {
  if (ids.length < 2)
    throw new ParseError(source, null, `there must be at least two ${what}, got only ${quoted(ids[0]!)}`);
}
