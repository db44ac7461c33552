// The record that names the columns, if there is one: the first, or a comment above it.
// In: the first records; out: the names and their line, or null.
import { isDatum } from './column-contents.ts';
import type { ColumnChoice } from './column-option.ts';
import { layoutOf, type RatingsFormat } from './formats.ts';
import { hasKnownWords, hasUserAndItem } from './header-roles.ts';
import type { Preamble } from './preamble.ts';
import { type SampleRecord, sampleRecords } from './sample.ts';
import type { Told } from './told.ts';

export interface Header {
  readonly fields: readonly string[];
  readonly line: number;
}

/** The record that names the columns: the first one, or a comment above it. */
export function findHeader(
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
