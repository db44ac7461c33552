// Decides how a file is laid out, from its first records: separator, header, and which column is what.
// In: the beginning of the text; out: a plan for reading all of it. Where two readings are possible, the error says which, and
// names the option that decides.
import type { DateOrder } from './calendar.ts';
import { type ColumnContents, contentsOf, isDatum } from './column-contents.ts';
import type { ColumnChoice } from './column-option.ts';
import type { Column, Columns } from './columns.ts';
import { shown } from './columns.ts';
import { rolesOfContents } from './content-roles.ts';
import { FieldSplitter } from './fields.ts';
import { layoutOf, type RatingsFormat } from './formats.ts';
import { type Decision, hasKnownWords, hasUserAndItem, rolesOfHeader } from './header-roles.ts';
import { type DecimalMark, isNumber, type NumberStyle, styleOf } from './numbers.ts';
import { OtherFileError, ParseError } from './parse-error.ts';
import { nowhere, optionFor, type Places, placesOfChoice } from './places.ts';
import { type Preamble, readPreamble } from './preamble.ts';
import { type SampleRecord, sampleRecords, usualWidth } from './sample.ts';
import { detectFormat } from './separators.ts';
import { sideFileByName } from './side-files.ts';
import { type TimeKind, timeKindOfColumn } from './time-values.ts';

/** What was told by options. */
export interface Told {
  readonly format: RatingsFormat | 'auto';
  readonly columns: ColumnChoice | null;
  readonly decimal: DecimalMark | null;
  readonly dates: DateOrder | null;
}

/** How a text is to be read. */
export interface Plan {
  readonly format: RatingsFormat;
  /** Lines above this one hold no rating: comments, blank lines, the header. */
  readonly firstLine: number;
  readonly hasHeader: boolean;
  readonly commentLines: number;
  /** Fields of a record. */
  readonly width: number;
  /** A line that has so many fields. */
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
  const decision = decide({ format, preamble, header, contents, told, sample, source });
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

interface Header {
  readonly fields: readonly string[];
  readonly line: number;
}

/** The record that names the columns: the first one, or a comment above it. */
function findHeader(
  records: readonly SampleRecord[],
  format: RatingsFormat,
  preamble: Preamble,
  { columns, format: toldFormat }: Told,
): Header | null {
  if (toldFormat !== 'auto' && layoutOf(format).isFixed && !columns) return null;
  const [first, ...body] = records as [SampleRecord, ...SampleRecord[]];
  if (columns?.by === 'name') return hasNames(columns, first, body) ? first : null;
  if (isHeader(first.fields, body)) return first;
  const comment = preamble.comments.at(-1)?.replace(/^[#%]\s*/, '') ?? '';
  const [named] = sampleRecords(comment, layoutOf(format), { from: 1, most: 1 });
  const isNamed = named?.fields.length === first.fields.length && hasUserAndItem(named.fields);
  return isNamed ? { fields: named.fields, line: preamble.firstLine - 1 } : null;
}

/** Whether the first record has the names that were told. A number is a name only where it can be no position. */
function hasNames(
  { names }: Extract<ColumnChoice, { by: 'name' }>,
  { fields }: SampleRecord,
  body: readonly SampleRecord[],
): boolean {
  const words = fields.map((field) => field.trim().toLowerCase());
  const told = [...names.values()].map((name) => name.toLowerCase());
  const asNames = told.filter((name) => !/^[1-9]\d*$/.test(name));
  return asNames.length > 0
    ? asNames.some((name) => words.includes(name)) || !fields.some(isDatum)
    : isHeader(fields, body);
}

function isHeader(fields: readonly string[], body: readonly SampleRecord[]): boolean {
  if (fields.some(isDatum)) return false;
  if (hasKnownWords(fields)) return true;
  return fields.some((field, place) => {
    const below = body.map((record) => record.fields[place] ?? '').filter((text) => text.trim() !== '');
    return field.trim() !== '' && below.length > 0 && 2 * below.filter(isDatum).length > below.length;
  });
}

/** What the decision is made from. */
interface Evidence {
  readonly format: RatingsFormat;
  readonly preamble: Preamble;
  readonly header: Header | null;
  readonly contents: readonly ColumnContents[];
  readonly told: Told;
  readonly sample: readonly SampleRecord[];
  readonly source: string;
}

function decide(evidence: Evidence): Decision {
  const { format, preamble, header, contents, told } = evidence;
  const width = contents.length;
  const names = header?.fields ?? null;
  if (told.columns) {
    const known = names && names.length === width ? names.map((name) => name.trim()) : null;
    return placesOfChoice(told.columns, known, width);
  }
  const inOrder = { user: 0, item: 1, rating: width > 2 ? 2 : -1, time: width > 3 ? 3 : -1 };
  if (told.format !== 'auto' && layoutOf(format).isFixed)
    return width > 2 ? inOrder : { problem: tooNarrow(format, width) };
  if (width < 2) return { problem: tooNarrow(format, width) };
  if (preamble.konect && width <= 4) return inOrder;
  if (!names) return withoutHeader(evidence);
  if (names.length !== width) return shortHeader(names, evidence);
  return rolesOfHeader(names, contents);
}

function tooNarrow(format: RatingsFormat, width: number): string {
  const { separatorName, isFixed } = layoutOf(format);
  const rule = isFixed ? 'user, item and rating' : 'user and item';
  return `a line must have ${rule} between ${separatorName}, got ${width}`;
}

/** R writes the names of rows without a name for their column. */
function shortHeader(names: readonly string[], { contents, sample }: Evidence): Decision {
  const width = contents.length;
  const line = sample[0]!.line;
  const rule = `the header has ${names.length} fields, and line ${line} has ${width}`;
  if (names.length === 1) return { problem: `${rule}; --format says what stands between fields` };
  if (names.length !== width - 1 || !areRowNames(contents[0]!)) return { problem: rule };
  const decision = rolesOfHeader(['', ...names], contents);
  const hint =
    'problem' in decision ? '' : `; --columns ${optionFor(decision, null)} reads row names in front`;
  return { problem: rule + hint };
}

/** Row names differ in all lines. */
function areRowNames({ fields }: ColumnContents): boolean {
  return new Set(fields).size === fields.length;
}

function withoutHeader({ contents, sample, source }: Evidence): Decision {
  const [first, ...others] = sample as [SampleRecord, ...SampleRecord[]];
  const fields = first.fields.map((field) => field.trim());
  if (fields.length > 2 && fields.every((field, place) => field === String(place))) {
    const time = fields.length > 3 ? 3 : -1;
    const places = { user: 0, item: 1, rating: 2, time };
    return {
      problem: `line ${first.line} may be a header of column numbers or a rating; ${way(places, fields)} takes it as a header, --columns ${optionFor(places, null)} as a rating`,
    };
  }
  const decision = rolesOfContents(contents, sideFileByName(source));
  if ('problem' in decision || decision.rating >= 0 || decision.time >= 0) return decision;
  return expectLikes(fields, others, decision);
}

/** Two columns of ids: somebody must have two items, and the first line must not be a header of unknown words. */
function expectLikes(fields: readonly string[], others: readonly SampleRecord[], places: Places): Decision {
  const option = `--columns ${optionFor(places, null)}`;
  const [user, item] = [fields[places.user]!, fields[places.item]!];
  const recurs = (place: number, id: string) => others.some((record) => record.fields[place]!.trim() === id);
  const isWords = !fields.some((field) => /\d/.test(field));
  const isKnown = recurs(places.user, user) || recurs(places.item, item);
  const ids = [user, ...others.map((record) => record.fields[places.user]!.trim())];
  if (new Set(ids).size === ids.length && ids.length > 2)
    return {
      problem: `this looks like a list, not like ratings: no first field occurs twice; ${option} reads it as likes`,
    };
  if (!isWords || isKnown) return places;
  const names = `user=${shown(user)},item=${shown(item)}`;
  return {
    problem: `line 1 may be a header or a like; --columns ${names} takes it as a header, ${option} as a like`,
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
  const filled = contents[time]!.fields.filter((field) => field !== '').map((field) =>
    isComma ? field.replace(',', '.') : field,
  );
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

function way(places: Places, names: readonly string[]): string {
  return `--columns ${optionFor(places, names)}`;
}
