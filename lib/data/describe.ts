// The facts about a data set that one should know before training on it; `fedtlrec data info` prints them.
// In: ratings and, if they came from a file, the report of the parser; out: an object, and the same as text.
import { expectParts } from '../numeric/arguments.ts';
import { type Columns, columnsText } from './columns.ts';
import type { ParseReport } from './parse.ts';
import type { Ratings } from './ratings.ts';
import { countUsersLeftOutOfSplit, timeSpanOf } from './ratings-facts.ts';
import { fewestForSplit } from './split.ts';
import { visibleText } from './visible-text.ts';

export interface RatingsDescription {
  readonly name: string;
  /** How the file was laid out; null if the ratings came from no file. */
  readonly format: string | null;
  /** How the file's bytes stood for letters; null if the ratings came from no file. */
  readonly encoding: string | null;
  /** The file of a zip archive that was read; null if there was no archive. */
  readonly member: string | null;
  /** Which column is what; null if the ratings came from no file. */
  readonly columns: Columns | null;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Interactions over users × items, between 0 and 1. */
  readonly density: number;
  readonly ratingsPerUser: { readonly fewest: number; readonly median: number; readonly most: number };
  readonly values: { readonly smallest: number; readonly largest: number };
  /** The smallest and largest time; null if there are none. */
  readonly timeSpan: { readonly first: number; readonly last: number } | null;
  readonly dropped: {
    /** Ratings replaced by a later one of the same user and item: later by time, or by line where times are equal or absent. */
    readonly duplicates: number;
    /** Ratings below the smallest that counts. */
    readonly lowRatings: number;
    readonly blankLines: number;
    readonly commentLines: number;
    readonly headerLines: number;
  };
  /** The smallest rating that counts as a like; null if every rating does. */
  readonly minRating: number | null;
  /** Users with fewer than three ratings: they train, but are not evaluated. */
  readonly usersLeftOutOfSplit: number;
}

/** A parser's report, with what a reader of files adds to it. */
type AnyReport = ParseReport & { readonly encoding?: string; readonly member?: string | null };

/** Collects the facts. `report` is the parser's; without it nothing counts as dropped. */
export function describeRatings(ratings: Ratings, report: AnyReport | null = null): RatingsDescription {
  expectParts('describeRatings', 'ratings', ratings, 'parseRatings(…)', {
    users: 'list',
    items: 'list',
    offsets: 'list',
    itemOf: 'list',
    values: 'list',
  });
  const users = ratings.users.length;
  const items = ratings.items.length;
  const interactions = ratings.itemOf.length;
  const lengths = Uint32Array.from(
    { length: users },
    (_, user) => ratings.offsets[user + 1]! - ratings.offsets[user]!,
  ).sort();
  return {
    name: ratings.name,
    format: report?.format ?? null,
    encoding: report?.encoding ?? null,
    member: report?.member ?? null,
    columns: report?.columns ?? null,
    users,
    items,
    interactions,
    density: interactions / (users * items),
    ratingsPerUser: { fewest: lengths[0]!, median: medianOf(lengths), most: lengths[users - 1]! },
    values: {
      smallest: ratings.values.reduce((least, value) => Math.min(least, value), Infinity),
      largest: ratings.values.reduce((most, value) => Math.max(most, value), -Infinity),
    },
    timeSpan: timeSpanOf(ratings),
    dropped: {
      duplicates: report?.duplicates ?? 0,
      lowRatings: report?.belowMinimum?.dropped ?? 0,
      blankLines: report?.blankLines ?? 0,
      commentLines: report?.commentLines ?? 0,
      headerLines: report?.hasHeader ? 1 : 0,
    },
    minRating: report?.belowMinimum?.minRating ?? null,
    usersLeftOutOfSplit: countUsersLeftOutOfSplit(ratings),
  };
}

/** The description as lines of text, for a terminal. */
export function renderDescription(facts: RatingsDescription): string {
  expectParts('renderDescription', 'facts', facts, 'describeRatings(ratings)', {
    ratingsPerUser: 'object',
    users: 'number',
  });
  const { ratingsPerUser: perUser, dropped } = facts;
  const lines: [label: string, text: string][] = [
    ['data set', sourceText(facts)],
    ...(facts.columns ? [['columns', columnsText(facts.columns)] as [string, string]] : []),
    ['users', grouped(facts.users)],
    ['items', grouped(facts.items)],
    ['interactions', grouped(facts.interactions)],
    ['density', `${(facts.density * 100).toFixed(4)} %`],
    ['ratings a user', `${perUser.fewest} to ${perUser.most}, median ${perUser.median}`],
    ['rating values', valuesText(facts)],
    ['time span', timeText(facts)],
    ['dropped', droppedText(dropped)],
    [
      'not evaluated',
      `${counted(facts.usersLeftOutOfSplit, 'user')} with fewer than ${fewestForSplit} ratings (kept for training)`,
    ],
  ];
  return lines.map(([label, text]) => `${label.padEnd(16)}${visibleText(text)}`).join('\n');
}

function medianOf(sorted: Uint32Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function sourceText({ name, format, encoding, member }: RatingsDescription): string {
  const facts = [
    format === null ? '' : `format ${format}`,
    encoding === null || encoding === 'utf-8' ? '' : encoding,
    member === null ? '' : `file ${member}`,
  ].filter((text) => text !== '');
  return facts.length > 0 ? `${name} (${facts.join(', ')})` : name;
}

function valuesText({ values, columns, minRating }: RatingsDescription): string {
  if (columns && !columns.rating) return 'none: every line is a like';
  const range = `${values.smallest} to ${values.largest}`;
  return minRating === null && values.smallest < values.largest ? `${range}; ${everyRatingCounts}` : range;
}

/** Said where ratings differ and all of them count. */
export const everyRatingCounts = 'every rating counts as a like (--min-rating changes that)';

/** Times from 1973 on in seconds are shown as dates; others are ranks. */
function timeText({ timeSpan: span, columns }: RatingsDescription): string {
  if (!span) {
    const why = columns?.isTold ? 'no column of times was named' : 'no times';
    return `${why}: the leave-one-out split holds out random items`;
  }
  const kind = columns?.time?.kind;
  const isDate = kind ? kind !== 'order' : span.first >= 1e8 && span.last < 1e11;
  if (!isDate) return `${span.first} to ${span.last} (an order, not seconds)`;
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  return `${day(span.first)} to ${day(span.last)}`;
}

function droppedText(dropped: RatingsDescription['dropped']): string {
  const parts = [
    dropped.duplicates > 0
      ? `${counted(dropped.duplicates, 'rating')} replaced by a later one of the same user and item`
      : '',
    dropped.lowRatings > 0 ? `${counted(dropped.lowRatings, 'rating')} below --min-rating` : '',
    dropped.blankLines > 0 ? counted(dropped.blankLines, 'blank line') : '',
    dropped.commentLines > 0 ? counted(dropped.commentLines, 'comment line') : '',
    dropped.headerLines > 0 ? 'the header' : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join('; ') : 'nothing';
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 1000209 → 1,000,209, the same on every machine. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
