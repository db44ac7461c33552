// Ratings files with damage: bytes flipped, cut off, lines shuffled, doubled or emptied, columns dropped. Each must be refused, or
// read to exactly what a small reader of its own makes of it, with the columns that the undamaged file has.
import fc from 'fast-check';
import { ParseError } from '../../lib/data/parse-error.ts';
import type { Ratings } from '../../lib/data/ratings.ts';
import { type ReadReport, readRatings } from '../../lib/data/read-ratings.ts';

type Role = 'user' | 'item' | 'rating' | 'time' | 'other';

interface Sound {
  readonly separator: string;
  /** The names, or null without a header. */
  readonly names: readonly string[] | null;
  readonly roles: readonly Role[];
  readonly rows: readonly (readonly string[])[];
}

const separators = {
  csv: ',',
  tsv: '\t',
  'movielens-100k': '\t',
  'movielens-1m': '::',
  semicolon: ';',
  pipe: '|',
  space: ' ',
};

/** Undamaged files. */
const sounds = fc
  .record({
    separator: fc.constantFrom(',', '\t', '::', ';', '|', ' '),
    names: fc.constantFrom<readonly string[] | null>(
      null,
      null,
      ['userId', 'movieId', 'rating', 'timestamp'],
      ['user_id', 'isbn', 'stars', 'date_added'],
    ),
    roles: fc.constantFrom<readonly Role[]>(
      ['user', 'item', 'rating', 'time'],
      ['user', 'item', 'rating'],
      ['user', 'item', 'time'],
    ),
    rows: fc.array(fc.tuple(fc.nat(9), fc.nat(19), fc.integer({ min: 1, max: 10 }), fc.nat(99_999)), {
      minLength: 12,
      maxLength: 40,
    }),
  })
  .map(({ separator, names, roles, rows }): Sound => {
    const text = ([user, item, rating, time]: readonly [number, number, number, number]) => ({
      ...{ user: String(user + 20), item: String(item + 300), rating: String(rating / 2) },
      ...{ time: String(1_000_000_000 + time * 7), other: '' },
    });
    const places: Record<Role, number> = { user: 0, item: 1, rating: 2, time: 3, other: 0 };
    return {
      ...{ separator, roles },
      names: names && roles.map((role) => names[places[role]]!),
      rows: rows.map((row) => roles.map((role) => text(row)[role])),
    };
  });

type Damage =
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'byte'; at: number; byte: number }
  | { kind: 'cut'; at: number }
  | { kind: 'drop byte'; at: number }
  | { kind: 'shuffle'; by: number }
  | { kind: 'double line' | 'empty line' | 'drop line' | 'join lines'; at: number };

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: share, bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant('byte' as const),
    at: share,
    byte: fc.constantFrom(...[...'",;|:\t \n\r.-#%0eE+x\'\0é'].map((one) => one.charCodeAt(0))),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: share }),
  fc.record({ kind: fc.constant('drop byte' as const), at: share }),
  fc.record({ kind: fc.constant('shuffle' as const), by: fc.integer({ min: 1, max: 1000 }) }),
  fc.record({
    kind: fc.constantFrom(
      'double line' as const,
      'empty line' as const,
      'drop line' as const,
      'join lines' as const,
    ),
    at: share,
  }),
);

/** A file, its damage, and perhaps a column that was dropped before. */
export const damagedFiles = fc.record({
  sound: sounds,
  dropped: fc.option(fc.nat(3), { freq: 5 }),
  damage: fc.array(damages, { minLength: 1, maxLength: 3 }),
});

type DamagedFile = typeof damagedFiles extends fc.Arbitrary<infer T> ? T : never;

/** What is wrong with how a damaged file is read; null if nothing is. */
export async function faultOf({ sound, dropped, damage }: DamagedFile): Promise<string | null> {
  const keep = <T>(list: readonly T[]) => list.filter((_, place) => place !== dropped);
  const lines = [sound.names ? [sound.names] : [], sound.rows]
    .flat()
    .map((fields) => keep(fields).join(sound.separator));
  const bytes = damage.reduce(apply, Buffer.from(`${lines.join('\n')}\n`));
  let outcome: { ratings: Ratings; report: ReadReport };
  try {
    outcome = await readRatings(new File([new Uint8Array(bytes)], 'damaged.txt'));
  } catch (error) {
    if (!(error instanceof ParseError)) return `failed: ${(error as Error).stack}`;
    return error.message.includes('\n') ? `not one line: ${error.message}` : null;
  }
  const { ratings, report } = outcome;
  const roles = keep(sound.roles);
  // Whole numbers between a user and a time may be items as well as ratings: without a header, nobody can tell.
  const isItemGone = !sound.names && !roles.includes('item') && report.columns.rating === null;
  if (isItemGone && ratings.items.every((id) => /^\d+$/.test(id))) return null;
  for (const role of ['user', 'item', 'rating', 'time'] as const) {
    const position = report.columns[role]?.position ?? 0;
    if (position !== roles.indexOf(role) + 1)
      return `${role} was read from column ${position} of ${roles.join(' ')}`;
  }
  const want = smallReader(
    bytes.toString('utf8'),
    separators[report.format as keyof typeof separators],
    report,
  );
  return want === listed(ratings) ? null : `read as\n${listed(ratings)}\nand not as\n${want}`;
}

function apply(bytes: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'shuffle') {
    const lines = bytes.toString('latin1').split('\n');
    const [first, ...others] = lines;
    const mixed = others
      .map((line, place) => [(place * damage.by * 31) % 1009, line] as const)
      .sort((a, b) => a[0] - b[0]);
    return Buffer.from([first, ...mixed.map(([, line]) => line)].join('\n'), 'latin1');
  }
  const at = Math.floor(damage.at * bytes.length);
  const copy = Buffer.from(bytes);
  if (damage.kind === 'flip') copy[at] = copy[at]! ^ (1 << damage.bit);
  if (damage.kind === 'byte') copy[at] = damage.byte;
  if (damage.kind === 'flip' || damage.kind === 'byte') return copy;
  if (damage.kind === 'cut') return copy.subarray(0, at);
  if (damage.kind === 'drop byte') return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)]);
  const lines = bytes.toString('latin1').split('\n');
  const line = Math.floor(damage.at * lines.length);
  if (damage.kind === 'double line') lines.splice(line, 0, lines[line]!);
  if (damage.kind === 'empty line') lines[line] = '';
  if (damage.kind === 'drop line') lines.splice(line, 1);
  if (damage.kind === 'join lines') lines.splice(line, 2, `${lines[line]}${lines[line + 1] ?? ''}`);
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** Reads the slow and obvious way: every character by itself, every rating in a map. */
function smallReader(
  text: string,
  separator: string,
  { columns, hasHeader, commentLines }: ReadReport,
): string {
  const records = recordsOf(text, separator).filter((fields) => fields.some((field) => field.trim() !== ''));
  const latest = new Map<string, { rating: number; time: number | null }>();
  for (const fields of records.slice(commentLines + (hasHeader ? 1 : 0))) {
    const field = (column: { position: number }) => fields[column.position - 1]!.trim();
    const rating = columns.rating ? numberOf(field(columns.rating)) : 1;
    const time = columns.time ? numberOf(field(columns.time)) : null;
    const key = `${field(columns.user)}\t${field(columns.item)}`;
    const earlier = latest.get(key);
    if (!earlier || time === null || time >= earlier.time!) latest.set(key, { rating, time });
  }
  return [...latest]
    .map(([key, { rating, time }]) => `${key}\t${rating}\t${time}`)
    .sort()
    .join('\n');
}

function recordsOf(text: string, separator: string): string[][] {
  const isCsv = [',', ';', '|'].includes(separator);
  if (!isCsv) {
    const lines = text.split(/\r\n|\r|\n/);
    return lines.map((line) =>
      (separator === ' ' ? line.trim().split(/[ \t]+/) : line.split(separator)).map(unquoted),
    );
  }
  const records: string[][] = [[]];
  let field = '';
  let quote: 'none' | 'open' | 'closed' = 'none';
  for (const letter of text.replace(/\r\n?/g, '\n')) {
    if (quote === 'open') {
      if (letter === '"') quote = 'closed';
      else field += letter;
    } else if (letter === '"' && quote === 'closed') {
      field += '"';
      quote = 'open';
    } else if (letter === '"' && field.trim() === '') {
      field = '';
      quote = 'open';
    } else if (letter === separator || letter === '\n') {
      records.at(-1)!.push(field);
      [field, quote] = ['', 'none'];
      if (letter === '\n') records.push([]);
    } else field += letter;
  }
  records.at(-1)!.push(field);
  return records;
}

function unquoted(field: string): string {
  const text = field.trim();
  const isWhole = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  const inner = text.slice(1, -1);
  return isWhole && !inner.replaceAll('""', '').includes('"') ? inner.replaceAll('""', '"') : field;
}

function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function listed({ users, items, offsets, itemOf, values, times }: Ratings): string {
  const lines = users.flatMap((user, number) =>
    Array.from(itemOf.subarray(offsets[number], offsets[number + 1]), (item, index) => {
      const place = offsets[number]! + index;
      return `${user}\t${items[item]}\t${values[place]}\t${times ? times[place] : null}`;
    }),
  );
  return lines.sort().join('\n');
}
