// Decides how a file is laid out, from its first records: separator, header, and which column is what.
// In: the beginning of the text; out: a plan for reading all of it. Where two readings are possible, the error says which, and
// names the option that decides.
import type { DateOrder } from './calendar.ts';
import { type ColumnContents, contentsOf } from './column-contents.ts';
import { type Column, type Columns, shown } from './columns.ts';
import { decideColumns } from './decide-columns.ts';
import { FieldSplitter } from './fields.ts';
import { findHeader } from './find-header.ts';
import { layoutOf, type RatingsFormat } from './formats.ts';
import { isNumber, type NumberStyle, styleOf } from './numbers.ts';
import { OtherFileError, ParseError } from './parse-error.ts';
import { nowhere, type Places } from './places.ts';
import { type Preamble, readPreamble } from './preamble.ts';
import { type SampleRecord, sampleRecords, usualWidth } from './sample.ts';
import { detectFormat } from './separators.ts';
import { type TimeKind, timeKindOfColumn, withDecimalPoint } from './time-values.ts';
import type { Told } from './told.ts';

/** How a text is to be read. */
export interface Plan {
  readonly format: RatingsFormat;
  /** Lines above this one hold no rating: comments, blank lines, the header. */
  readonly firstLine: number;
  readonly hasHeader: boolean;
  readonly commentLines: number;
  /** Fields of a record. */
  readonly width: number;
  /** A line with this many fields. */
  readonly widthLine: number;
  readonly places: Places;
  readonly ratingStyle: NumberStyle;
  readonly timeKind: TimeKind;
  readonly dateOrder: DateOrder | null;
  readonly columns: Columns;
}

/** Records that the decision is based on. */
const SAMPLE_RECORDS = 5000;

/** @throws ParseError naming what is missing, or which two readings there are, and the option that decides */
export function planReading(text: string, told: Told, source: string): Plan {
  const isTable = told.format === 'auto' || layoutOf(told.format).cut === undefined;
  const preamble = readPreamble(text, source, isTable);
  const format = formatOf(text, told.format, preamble, source);
  const from = preamble.firstLine;
  const records = sampleRecords(text, layoutOf(format), { from, most: SAMPLE_RECORDS });
  if (records.length === 0) expectReadable(text, format, source);
  if (format === 'lightgcn') return planOfLists(records, preamble);
  const header = findHeader(records, format, preamble, told);
  const body = header ? records.filter(({ line }) => line > header.line) : records;
  if (body.length === 0) throw new ParseError(source, null, 'there is a header but no rating');
  const { width } = usualWidth(body);
  const sample = body.filter(({ fields }) => fields.length === width);
  const contents = Array.from({ length: width }, (_, place) =>
    contentsOf(
      sample.map(({ fields }) => fields[place]!),
      told.dates ?? undefined,
    ),
  );
  const line = header?.line ?? body[0]!.line;
  const decision = decideColumns({ format, preamble, header, contents, told, sample, source });
  if ('problem' in decision) {
    const kind = decision.isOther ? OtherFileError : ParseError;
    throw new kind(source, line, decision.problem);
  }
  const names = header && header.fields.length === width ? header.fields : null;
  const values = valuesOf(decision, contents, told, names);
  if ('problem' in values) throw new ParseError(source, line, values.problem);
  return {
    ...{ format: nameOf(format, header !== null, contents, decision), ...values },
    firstLine: (header ? header.line : from - 1) + 1,
    hasHeader: header !== null,
    commentLines: preamble.comments.length - (header && header.line < from ? 1 : 0),
    ...{ width, widthLine: sample[0]!.line, places: decision, dateOrder: told.dates },
    columns: columnsOf(decision, names, width, values.timeKind, told.columns !== null),
  };
}

/** The splitter says what is wrong with the first record. */
function expectReadable(text: string, format: RatingsFormat, source: string): never {
  const splitter = new FieldSplitter(layoutOf(format), source, () => {});
  splitter.push(text);
  splitter.end();
  throw new ParseError(source, null, 'the file has no records');
}

function formatOf(
  text: string,
  format: RatingsFormat | 'auto',
  preamble: Preamble,
  source: string,
): RatingsFormat {
  if (format !== 'auto') return format;
  if (preamble.konect === 'bip') return 'space';
  if (preamble.konect) {
    const what = `links between nodes of one kind (KONECT ${preamble.konect})`;
    throw new ParseError(source, 1, `this looks like ${what}, not like ratings`);
  }
  const told = { ',': 'csv', ';': 'semicolon', '\t': 'tsv', '|': 'pipe' }[preamble.separator ?? ''];
  return (told as RatingsFormat | undefined) ?? detectFormat(text, preamble.firstLine, source);
}

/** The format's name in reports: numbers between tabs are MovieLens 100K. */
function nameOf(
  format: RatingsFormat,
  hasHeader: boolean,
  contents: readonly ColumnContents[],
  { rating }: Places,
): RatingsFormat {
  const isNumbers = contents.every(({ fields }) => fields.every((field) => /^[\d.]*$/.test(field)));
  return format === 'tsv' && !hasHeader && isNumbers && rating === 2 ? 'movielens-100k' : format;
}

/** LightGCN's lists: the first number of a line is the user, all others are items. */
function planOfLists(records: readonly SampleRecord[], preamble: Preamble): Plan {
  const places = { ...nowhere, user: 0, item: 1 };
  return {
    ...{ format: 'lightgcn', firstLine: preamble.firstLine, hasHeader: false, places, dateOrder: null },
    ...{ commentLines: preamble.comments.length, width: 0, widthLine: records[0]!.line },
    ...{ ratingStyle: { mark: 'point', isCertain: true }, timeKind: 'order' },
    columns: columnsOf(places, null, 2, 'order', false),
  };
}

/** How numbers and times are written. */
function valuesOf(
  { rating, time }: Places,
  contents: readonly ColumnContents[],
  told: Told,
  names: readonly string[] | null,
): Pick<Plan, 'ratingStyle' | 'timeKind'> | { problem: string } {
  const called = (place: number) => (names ? `"${shown(names[place]!)}"` : `column ${place + 1}`);
  const ratings = rating < 0 ? [] : contents[rating]!.fields.filter(isNumber);
  const ratingStyle = told.decimal ? { mark: told.decimal, isCertain: true } : styleOf(ratings);
  if (!ratingStyle) {
    const field = ratings.find((text) => /[.,]/.test(text))!;
    return {
      problem: `ratings like "${field}" have two readings; --decimal point or --decimal comma says which mark stands before the decimals`,
    };
  }
  if (time < 0) return { ratingStyle, timeKind: 'order' };
  const isComma = told.decimal === 'comma';
  const fields = contents[time]!.fields.filter((field) => field !== '');
  const filled = isComma ? fields.map(withDecimalPoint) : fields;
  const { kind } = timeKindOfColumn(filled, told.dates ?? undefined);
  if (kind === 'ambiguous date') {
    return {
      problem: `dates like "${filled[0]}" have two readings; --dates day-first or --dates month-first says which`,
    };
  }
  if (!kind) {
    return {
      problem: `a time must be a number or a date, got ${JSON.stringify((filled[0] ?? '').slice(0, 40))} in ${called(time)}`,
    };
  }
  return { ratingStyle, timeKind: kind };
}

function columnsOf(
  places: Places,
  names: readonly string[] | null,
  width: number,
  kind: TimeKind,
  isTold: boolean,
): Columns {
  const column = (place: number): Column => ({ position: place + 1, name: names?.[place]?.trim() ?? null });
  const used = Object.values(places);
  const unused = Array.from({ length: width }, (_, place) => place).filter((place) => !used.includes(place));
  return {
    user: column(places.user),
    item: column(places.item),
    rating: places.rating < 0 ? null : column(places.rating),
    time: places.time < 0 ? null : { ...column(places.time), kind },
    unused: unused.map(column),
    isTold,
  };
}
