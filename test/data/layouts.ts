// One table, written in more than a thousand layouts by a writer that knows nothing of the reader: each must be read to the
// same ratings, or refused with one line that names the option which then reads it.
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { ParseError } from '../../lib/data/parse-error.ts';
import type { Ratings } from '../../lib/data/ratings.ts';
import { type ReadOptions, readRatings } from '../../lib/data/read-ratings.ts';

type Role = 'user' | 'item' | 'rating' | 'time';

interface Row {
  readonly user: string;
  readonly item: string;
  readonly rating: number;
  /** Seconds. */
  readonly time: number;
}

export interface Layout {
  readonly separator: string;
  readonly header: 'none' | Record<Role, string>;
  readonly order: readonly (Role | 'index' | 'title')[];
  readonly time: keyof typeof timeWriters;
  readonly decimal: '.' | ',';
  readonly quotes: 'needed' | 'all';
  readonly encoding: 'utf-8' | 'utf-8 with mark' | 'utf-16le' | 'utf-16be' | 'utf-16le without mark';
  readonly packing: 'none' | 'gzip' | 'zip';
  readonly lineEnd: '\n' | '\r\n';
  readonly ids: 'numbers' | 'letters';
}

/** Eight users with seven items each; times in whole minutes, in no order. */
function table(ids: Layout['ids']): Row[] {
  const rows: Row[] = [];
  for (let user = 0; user < 8; user++) {
    for (let touch = 0; touch < 7; touch++) {
      const item = (user * 5 + touch * 3) % 23;
      const rating = 0.5 + ((user + touch * 2) % 10) / 2;
      const time = 1_593_878_880 + ((user * 13 + touch * 29) % 57) * 86_460;
      const names = ids === 'numbers' ? [`${user + 11}`, `${item + 101}`] : [`u${user}`, `i${item}`];
      rows.push({ user: names[0]!, item: names[1]!, rating, time });
    }
  }
  return rows.sort((a, b) => ((a.time / 60) % 17) - ((b.time / 60) % 17) || a.time - b.time);
}

const date = (time: number) => new Date(time * 1000).toISOString();
const timeWriters = {
  seconds: String,
  milliseconds: (time: number) => `${time}000`,
  microseconds: (time: number) => `${time}000000`,
  'float seconds': (time: number) => `${time}.0`,
  'ISO with T': (time: number) => date(time).replace('.000', ''),
  'ISO with a blank': (time: number) => date(time).slice(0, 19).replace('T', ' '),
  'with a zone': (time: number) => `${date(time + 7200).slice(0, 19)}+02:00`,
  'day/month': (time: number) => `${date(time).replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$3/$2/$1 $4')}`,
  'day.month': (time: number) => `${date(time).replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$3.$2.$1 $4')}`,
  'month/day with PM': (time: number) =>
    new Date(time * 1000).toLocaleString('en-US', { timeZone: 'UTC' }).replace(/\u202f/g, ' '),
  compact: (time: number) => date(time).replace(/[-T:]|\..*/g, ''),
} as const satisfies Record<string, (time: number) => string>;

const headers: readonly Layout['header'][] = [
  'none',
  { user: 'userId', item: 'movieId', rating: 'rating', time: 'timestamp' },
  { user: 'User-ID', item: 'ISBN', rating: 'Book-Rating', time: 'date' },
  { user: 'user_id:token', item: 'item_id:token', rating: 'rating:float', time: 'timestamp:float' },
  { user: 'reviewerID', item: 'asin', rating: 'overall', time: 'unixReviewTime' },
  { user: 'name', item: 'film', rating: 'stars', time: 'created_at' },
  { user: 'customer id', item: 'Product', rating: 'SCORE', time: 'Event Time' },
  { user: 'visitorid', item: 'track_id', rating: 'plays', time: 'datetime' },
];

const orders: readonly Layout['order'][] = [
  ['user', 'item', 'rating', 'time'],
  ['item', 'user', 'rating', 'time'],
  ['time', 'rating', 'item', 'user'],
  ['user', 'item', 'time', 'rating'],
  ['index', 'user', 'item', 'rating', 'time'],
  ['user', 'item', 'title', 'rating', 'time'],
  ['rating', 'user', 'time', 'item', 'title'],
];

/** The fields of a file, quoted as its writer would. */
function write(rows: readonly Row[], layout: Layout): string {
  const { separator, order, quotes } = layout;
  const quote = (field: string) => {
    const needs = separator === ' ' ? /[\s"]/.test(field) : field.includes(separator) || field.includes('"');
    return quotes === 'all' || needs ? `"${field.replaceAll('"', '""')}"` : field;
  };
  const line = (fields: readonly string[]) => fields.map(quote).join(separator);
  const records = rows.map((row, index) =>
    line(
      order.map((column) => {
        if (column === 'index') return String(index);
        if (column === 'title') return `The one, no. ${index % 9}: a tale`;
        if (column === 'rating') return row.rating.toFixed(1).replace('.', layout.decimal);
        return column === 'time' ? timeWriters[layout.time](row.time) : row[column];
      }),
    ),
  );
  const { header } = layout;
  const names = header === 'none' ? [] : [line(order.map((column) => nameOf(column, header)))];
  return [...names, ...records].map((text) => text + layout.lineEnd).join('');
}

function nameOf(column: Layout['order'][number], header: Record<Role, string>): string {
  if (column === 'index') return 'Unnamed: 0';
  return column === 'title' ? 'title' : header[column];
}

function encode(text: string, encoding: Layout['encoding']): Uint8Array {
  if (encoding.startsWith('utf-8')) return Buffer.from((encoding === 'utf-8' ? '' : '\uFEFF') + text);
  const bytes = Buffer.from((encoding.endsWith('mark') ? '' : '\uFEFF') + text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}

function pack(bytes: Uint8Array, packing: Layout['packing']): File {
  if (packing === 'gzip') return new File([gzipSync(bytes)], 'table.csv.gz');
  if (packing === 'none') return new File([new Uint8Array(bytes)], 'table.csv');
  const archive = zipSync({ 'set/README.txt': Buffer.from('read me'), 'set/ratings.csv': bytes });
  return new File([new Uint8Array(archive)], 'set.zip');
}

/** The ratings as a sorted list, without their numbers. */
function told(ratings: Ratings): string {
  const lines: string[] = [];
  for (let user = 0; user < ratings.users.length; user++) {
    for (let place = ratings.offsets[user]!; place < ratings.offsets[user + 1]!; place++) {
      const item = ratings.items[ratings.itemOf[place]!];
      lines.push([ratings.users[user], item, ratings.values[place], ratings.times?.[place]].join(' '));
    }
  }
  return lines.sort().join('\n');
}

function toldOf(rows: readonly Row[]): string {
  return rows
    .map(({ user, item, rating, time }) => [user, item, rating, time].join(' '))
    .sort()
    .join('\n');
}

/** What somebody who knows the file would say. */
function rightOptions({ order, header, decimal, time, separator }: Layout): ReadOptions {
  const formats = {
    ',': 'csv',
    '\t': 'tsv',
    ';': 'semicolon',
    '|': 'pipe',
    '::': 'movielens-1m',
    ' ': 'space',
  } as const;
  const byPosition = order
    .map((column) => (column === 'index' || column === 'title' ? '-' : column))
    .join(',');
  const byName = (['user', 'item', 'rating', 'time'] as const)
    .map((role) => `${role}=${header === 'none' ? '' : header[role]}`)
    .join(',');
  return {
    columns: header === 'none' ? byPosition : byName,
    format: formats[separator as keyof typeof formats],
    decimal: decimal === ',' ? 'comma' : 'point',
    ...(time === 'day/month' ? { dates: 'day-first' } : {}),
    ...(time === 'month/day with PM' ? { dates: 'month-first' } : {}),
  };
}

/** All combinations of the first four, each with one of the others' in turn. */
export function* layouts(): Generator<Layout> {
  const encodings = ['utf-8', 'utf-8 with mark', 'utf-16le', 'utf-16be', 'utf-16le without mark'] as const;
  const packings = ['none', 'gzip', 'zip'] as const;
  let turn = 0;
  for (const separator of [',', '\t', ';', '|', '::', ' ']) {
    for (const header of headers) {
      for (const order of orders) {
        for (const time of Object.keys(timeWriters) as (keyof typeof timeWriters)[]) {
          turn++;
          yield {
            ...{ separator, header, order, time },
            decimal: turn % 4 === 1 ? ',' : '.',
            quotes: turn % 3 === 1 ? 'all' : 'needed',
            encoding: encodings[turn % 5]!,
            packing: packings[turn % 7 < 5 ? 0 : (turn % 7) - 4]!,
            lineEnd: turn % 2 === 0 ? '\n' : '\r\n',
            // Without a header and with bare numbers, nobody can tell an item before a user.
            ids:
              header === 'none' && order.indexOf('item') < order.indexOf('user')
                ? 'letters'
                : turn % 2 === 0
                  ? 'letters'
                  : 'numbers',
          };
        }
      }
    }
  }
}

/** How one layout is read: `read`, `refused` rightly, or what is wrong. */
export async function readLayout(layout: Layout): Promise<string> {
  const rows = table(layout.ids);
  const want = toldOf(rows);
  const file = pack(encode(write(rows, layout), layout.encoding), layout.packing);
  const read = (options?: ReadOptions) => readRatings(file, options).then(({ ratings }) => told(ratings));
  const outcome = await read().catch((error: unknown) => error);
  if (outcome === want) return 'read';
  if (!(outcome instanceof ParseError)) return `read as something else, or failed: ${outcome}`;
  const { message } = outcome;
  if (!/--(columns|decimal|dates|format|encoding)/.test(message) || message.includes('\n')) return message;
  const again = await read(rightOptions(layout)).catch(String);
  return again === want ? 'refused' : `${message}; and with the right options: ${again.slice(0, 200)}`;
}
