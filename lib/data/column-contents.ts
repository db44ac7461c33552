// What stands in a column, judged by the file's first records. In: the fields; out: the facts from which roles follow where
// no header tells them. Most fields decide, so that one wrong line is found as a wrong line later.
import { type DateOrder, readCalendarTime } from './calendar.ts';
import { isNumber, readNumber, styleOf } from './numbers.ts';
import { isAbsolute, type TimeKind, timeKindOfColumn } from './time-values.ts';

export interface ColumnContents {
  /** The fields without surrounding blanks, [records]. */
  readonly fields: readonly string[];
  readonly isBlank: boolean;
  readonly isNumeric: boolean;
  /** Points in time: dates, or numbers in the range of 1973 to 2100 in one unit. */
  readonly isTime: boolean;
  readonly timeKind: TimeKind | 'ambiguous date' | null;
  /** Few small numbers, or counts whose smallest is the most frequent. */
  readonly isRating: boolean;
  /** Whole numbers. */
  readonly isWhole: boolean;
  /** 0, 1, 2, … or 1, 2, 3, …, one a line. */
  readonly isIndex: boolean;
  /** What all ids' first letters say: u1 and user_7 are users, i1 and tt0111161 are items. */
  readonly looksLike: 'user' | 'item' | null;
  /** A kind of text that stands in lists of people or things, and never beside ratings alone. */
  readonly looksLikeFacts: 'people' | 'titles' | 'genres' | 'web addresses' | null;
}

/** Fewest lines in which 0, 1, 2, … is no accident. */
const LONG_ENOUGH_TO_COUNT = 10;

export function contentsOf(raw: readonly string[], order?: DateOrder): ColumnContents {
  const fields = raw.map((field) => field.trim());
  const filled = fields.filter((field) => field !== '');
  const numbers = filled.filter(isNumber);
  const isNumeric = filled.length > 0 && 2 * numbers.length >= filled.length;
  const { kind, share } = timeKindOfColumn(filled, order);
  const isMostly = share >= 0.5;
  const isDate = isMostly && (kind === 'ambiguous date' || kind?.startsWith('dates') === true);
  const times = kind && kind !== 'ambiguous date' && isMostly ? kind : null;
  return {
    fields,
    isBlank: filled.length === 0,
    isNumeric,
    isTime: isDate || (times !== null && isAbsolute(times) && isPlausible(filled, times)),
    timeKind: isMostly ? kind : null,
    isRating: isNumeric && isRating(numbers),
    isWhole: isNumeric && numbers.every((text) => /^[+-]?\d+$/.test(text)),
    isIndex: isIndex(fields),
    looksLike: looksLike(filled),
    looksLikeFacts: isNumeric || isDate ? null : looksLikeFacts(filled),
  };
}

/** Numbers of all records must lie between 1973 and 2100; 10-digit ids rarely do. */
function isPlausible(filled: readonly string[], kind: TimeKind): boolean {
  const digits = { 'epoch ms': 3, 'epoch µs': 6, 'epoch ns': 9 }[kind as string] ?? 0;
  const inside = filled.filter((field) => {
    const seconds = Number(field) / 10 ** digits;
    return seconds >= 1e8 && seconds < 4.2e9;
  });
  return 2 * inside.length >= filled.length;
}

function isRating(texts: readonly string[]): boolean {
  const mark = styleOf(texts)?.mark ?? 'point';
  const all = texts.map((text) => readNumber(text, mark)).filter((value) => !Number.isNaN(value));
  const numbers = all.filter((value) => value >= 0);
  if (numbers.length === 0 || 2 * numbers.length < all.length) return false;
  const counts = new Map<number, number>();
  for (const value of numbers) counts.set(value, (counts.get(value) ?? 0) + 1);
  const largest = numbers.reduce((most, value) => Math.max(most, value), 0);
  const isFewAndSmall = counts.size <= 25 && largest <= 100;
  if (isFewAndSmall) return true;
  const smallest = numbers.reduce((least, value) => Math.min(least, value), Infinity);
  const mostFrequent = Math.max(...counts.values());
  const isWhole = numbers.every(Number.isInteger);
  return isWhole && counts.get(smallest) === mostFrequent && mostFrequent >= numbers.length / 10;
}

function isIndex(fields: readonly string[]): boolean {
  if (fields.length < LONG_ENOUGH_TO_COUNT || !/^[01]$/.test(fields[0]!)) return false;
  const first = Number(fields[0]);
  return fields.every((field, place) => field === String(first + place));
}

const userIds = /^(u|usr|user|customer|reviewer|visitor|member|person|client|account|uid)[-_ #:]?\d+$/i;
const itemIds =
  /^(i|itm|item|iid|mov|movie|film|book|prod|product|song|track|artist|album|game|place|poi|tt|nm|sku)[-_ #:]?\d+$/i;

function looksLike(filled: readonly string[]): ColumnContents['looksLike'] {
  if (filled.length === 0) return null;
  if (filled.every((id) => userIds.test(id))) return 'user';
  return filled.every((id) => itemIds.test(id)) ? 'item' : null;
}

function looksLikeFacts(filled: readonly string[]): ColumnContents['looksLikeFacts'] {
  const isMost = (test: RegExp) => 2 * filled.filter((field) => test.test(field)).length > filled.length;
  if (isMost(/^(m|f|male|female)$/i)) return 'people';
  if (isMost(/\((19|20)\d{2}\)"?$/)) return 'titles';
  if (isMost(/^https?:\/\//)) return 'web addresses';
  if (isMost(/^[A-Z][\p{L}' -]+(\|[A-Z(][\p{L}' )-]+)+$/u)) return 'genres';
  return null;
}

/** Whether a field would be data rather than a column's name. */
export function isDatum(field: string): boolean {
  const text = field.trim();
  return text !== '' && (isNumber(text) || readCalendarTime(text) !== null || /^0x[\da-f]+$/i.test(text));
}
