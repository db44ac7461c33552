// Times: seconds, milliseconds, microseconds or nanoseconds since 1970, dates, or plain numbers that only order a user's
// ratings. A column is held to one of these kinds, found from its first fields.
// In: fields; out: seconds since 1970, or the number as it stands where it is an order.
import { type CalendarTime, type DateOrder, readCalendarTime } from './calendar.ts';

/** 1593878903,438 as 1593878903.438; anything else as it is. */
export function withDecimalPoint(field: string): string {
  return /^\s*[+-]?\d+,\d+\s*$/.test(field) ? field.replace(',', '.') : field;
}

/** What the fields of a time column are. `order`: numbers too small to be a time since 1973. */
export type TimeKind =
  | 'epoch s'
  | 'epoch ms'
  | 'epoch µs'
  | 'epoch ns'
  | 'order'
  | 'dates'
  | 'dates, day first'
  | 'dates, month first';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Digits after which seconds end, for the units that are not seconds. */
const DECIMALS: Partial<Record<TimeKind, number>> = { 'epoch ms': 3, 'epoch µs': 6, 'epoch ns': 9 };

/** The kind of a single field; null if it is no time. */
export function timeKindOf(field: string, order?: DateOrder): TimeKind | 'ambiguous date' | null {
  const date = readCalendarTime(field, order);
  if (date) return kindOfDate(date);
  const text = field.trim();
  if (!NUMBER.test(text)) return null;
  const size = Math.abs(Number(text));
  if (size < 1e8) return 'order';
  if (size < 1e11) return 'epoch s';
  if (size < 1e14) return 'epoch ms';
  if (size < 1e17) return 'epoch µs';
  return size < 1e20 ? 'epoch ns' : null;
}

function kindOfDate({ written }: CalendarTime): TimeKind | 'ambiguous date' {
  if (written === 'ambiguous') return 'ambiguous date';
  if (written === 'day-first') return 'dates, day first';
  return written === 'month-first' ? 'dates, month first' : 'dates';
}

/**
 * The kind that fits most of a column's fields. `share` says how many of them it fits, between 0 and 1; a kind of `ambiguous
 * date` means that day and month could be exchanged in every field.
 */
export function timeKindOfColumn(
  fields: readonly string[],
  order?: DateOrder,
): { kind: TimeKind | 'ambiguous date' | null; share: number } {
  const counts = new Map<TimeKind | 'ambiguous date' | null, number>();
  for (const field of fields) {
    const kind = timeKindOf(field, order);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const count = (kind: TimeKind | 'ambiguous date' | null) => counts.get(kind) ?? 0;
  // Fields with two readings go with those that have one.
  for (const known of ['dates, day first', 'dates, month first'] as const) {
    if (count(known) > 0) counts.set(known, count(known) + count('ambiguous date'));
  }
  if (count('dates, day first') > 0 || count('dates, month first') > 0) counts.delete('ambiguous date');
  if (count('epoch s') > 0) counts.set('epoch s', count('epoch s') + count('order'));
  counts.delete(null);
  const [kind, most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
  return { kind, share: fields.length > 0 ? most / fields.length : 0 };
}

/** The time that a field holds, in seconds where the kind has a unit; NaN if the field is not of this kind. */
export function readTime(field: string, kind: TimeKind): number {
  if (kind.startsWith('dates')) {
    const order =
      kind === 'dates, day first' ? 'day-first' : kind === 'dates, month first' ? 'month-first' : undefined;
    const date = readCalendarTime(field, order);
    if (!date || (order === undefined && kindOfDate(date) !== 'dates')) return Number.NaN;
    return date.seconds;
  }
  const text = field.trim();
  if (!NUMBER.test(text)) return Number.NaN;
  const size = Math.abs(Number(text));
  const decimals = DECIMALS[kind];
  if (decimals === undefined) return size < 1e11 ? Number(text) : Number.NaN;
  if (size < 10 ** (8 + decimals) || size >= 10 ** (11 + decimals)) return Number.NaN;
  return /^\d+$/.test(text)
    ? Number(`${text.slice(0, -decimals)}.${text.slice(-decimals)}`)
    : Number(text) / 10 ** decimals;
}

/** Whether the fields are points in time, rather than numbers that only order. */
export function isAbsolute(kind: TimeKind): boolean {
  return kind !== 'order';
}

/** All times of a column; null if they are of no single kind. */
export function timesOfColumn(fields: readonly string[]): Float64Array | null {
  const { kind } = timeKindOfColumn(fields);
  if (!kind || kind === 'ambiguous date') return null;
  return Float64Array.from(fields, (field) => readTime(field, kind));
}
