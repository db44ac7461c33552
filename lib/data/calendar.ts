// Dates as people and programs write them. In: a field; out: seconds since 1970 (UTC where no zone is written) and how the
// field was written, so that a column can be held to one way. 03/04/2020 is read only where the order is known.

/** Which number of 03/04/2020 is the day. */
export type DateOrder = 'day-first' | 'month-first';

export interface CalendarTime {
  readonly seconds: number;
  /** `ambiguous` if day and month could be exchanged. */
  readonly written: 'year first' | 'compact' | 'in words' | DateOrder | 'ambiguous';
}

const CLOCK =
  /^[T,\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i;
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(.*)$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)(.*)$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?Z?)?$/;
const MONTH_FIRST_WORDS = /^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})(?!\d)(.*)$/i;
const DAY_FIRST_WORDS = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[-\s]([a-z]{3,9})\.?[-,\s]+(\d{4})(?!\d)(.*)$/i;
/** As C's `ctime` and Twitter write it: Tue Apr 03 18:00:09 +0000 2012. */
const YEAR_AT_THE_END =
  /^[a-z]{3}\s+([a-z]{3})\s+(\d{1,2})\s+(\d{2}:\d{2}:\d{2}(?:\s+(?:[A-Z]{3}|[+-]\d{4}))?)\s+(\d{4})$/i;
/** As in the first Amazon reviews: 09 13, 2009. */
const MONTH_DAY_COMMA_YEAR = /^(\d{1,2}) (\d{1,2}), (\d{4})$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Reads a date, with or without a time of day; null if it is none. `order` decides dates that have two readings. */
export function readCalendarTime(field: string, order?: DateOrder): CalendarTime | null {
  const text = field.trim();
  return yearFirst(text) ?? yearLast(text, order) ?? compact(text) ?? inWords(text);
}

function yearFirst(text: string): CalendarTime | null {
  const parts = YEAR_FIRST.exec(text);
  return parts && timeOf([parts[1]!, parts[2]!, parts[3]!], parts[4]!, 'year first');
}

function yearLast(text: string, order?: DateOrder): CalendarTime | null {
  const parts = YEAR_LAST.exec(text);
  if (!parts) return null;
  const [, first, mark, second, year, clock] = parts as unknown as string[];
  const dayFirst = timeOf([year!, second!, first!], clock!, 'day-first');
  const monthFirst = timeOf([year!, first!, second!], clock!, 'month-first');
  if (mark === '.') return dayFirst; // nobody writes the month first between points
  if (order) return order === 'day-first' ? dayFirst : monthFirst;
  if (dayFirst && monthFirst) return { seconds: Number.NaN, written: 'ambiguous' };
  return dayFirst ?? monthFirst;
}

/** 20200705 and 20200705000823, from 1900 to 2100. */
function compact(text: string): CalendarTime | null {
  const parts = COMPACT.exec(text);
  if (!parts || Number(parts[1]) < 1900 || Number(parts[1]) > 2100) return null;
  const clock = parts[4] === undefined ? '' : `${parts[4]}:${parts[5]}:${parts[6] ?? '00'}`;
  return timeOf([parts[1]!, parts[2]!, parts[3]!], clock, 'compact');
}

function inWords(text: string): CalendarTime | null {
  const month = (word: string) => String(MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1);
  let parts = MONTH_FIRST_WORDS.exec(text);
  if (parts) return timeOf([parts[3]!, month(parts[1]!), parts[2]!], parts[4]!, 'in words');
  parts = DAY_FIRST_WORDS.exec(text);
  if (parts) return timeOf([parts[3]!, month(parts[2]!), parts[1]!], parts[4]!, 'in words');
  parts = YEAR_AT_THE_END.exec(text);
  if (parts) return timeOf([parts[4]!, month(parts[1]!), parts[2]!], parts[3]!, 'in words');
  parts = MONTH_DAY_COMMA_YEAR.exec(text);
  return parts && timeOf([parts[3]!, parts[1]!, parts[2]!], '', 'in words');
}

/** Puts date and time of day together; null if there is no such day or time. */
function timeOf(
  [year, month, day]: readonly [string, string, string],
  clock: string,
  written: CalendarTime['written'],
): CalendarTime | null {
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(midnight);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  const seconds = clock.trim() === '' ? 0 : secondsOfDay(clock);
  return seconds === null ? null : { seconds: sumExactly(midnight / 1000, seconds), written };
}

/** Seconds after midnight UTC as whole seconds and the written decimals. */
function secondsOfDay(clock: string): { whole: number; decimals: string } | null {
  const parts = CLOCK.exec(clock);
  if (!parts) return null;
  const [, hourText, minute, second, decimals = '', half, zone] = parts as unknown as string[];
  let hour = Number(hourText);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half[0]!.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hour > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  const whole = hour * 3600 + Number(minute) * 60 + Number(second ?? 0) - secondsEast(zone);
  return { whole, decimals };
}

function secondsEast(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (!parts) return 0;
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60);
}

/** The number nearest to whole seconds and decimals: the one that the same time as 1593878903.438 gives. */
function sumExactly(midnight: number, time: 0 | { whole: number; decimals: string }): number {
  if (time === 0) return midnight;
  const whole = midnight + time.whole;
  if (time.decimals === '') return whole;
  return whole >= 0 ? Number(`${whole}.${time.decimals}`) : whole + Number(`0.${time.decimals}`);
}
