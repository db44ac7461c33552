// Which column of a file is what, as decided; said in one line of text and as an object for JSON.
import type { Role } from './column-option.ts';
import type { TimeKind } from './time-values.ts';

/** A column that is read. */
export interface Column {
  /** Counted from 1. */
  readonly position: number;
  /** The header's word; null without a header. */
  readonly name: string | null;
}

/** The columns of a file. */
export interface Columns {
  readonly user: Column;
  readonly item: Column;
  /** Null if every line is a like. */
  readonly rating: Column | null;
  /** Null if no times are read. */
  readonly time: (Column & { readonly kind: TimeKind }) | null;
  /** Columns that are not read. */
  readonly unused: readonly Column[];
  /** Whether `--columns` decided; otherwise the header or the contents did. */
  readonly isTold: boolean;
}

/** "user 1, item 2, time 3 (epoch s); rating: none, every line is a like". */
export function columnsText({ user, item, rating, time, unused }: Columns): string {
  const told = (role: Role, column: Column, extra: string[] = []) => {
    const notes = [column.name === null ? [] : [shown(column.name)], extra].flat();
    return `${role} ${column.position}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
  };
  const parts = [told('user', user), told('item', item)];
  if (rating) parts.push(told('rating', rating));
  if (time) parts.push(told('time', time, [kindText(time.kind)]));
  const absent = [
    rating ? '' : 'rating: none, every line is a like',
    time ? '' : 'time: none',
    unused.length > 0 ? `not used: ${listText(unused)}` : '',
  ];
  return [parts.join(', '), ...absent.filter((text) => text !== '')].join('; ');
}

function kindText(kind: TimeKind): string {
  return kind === 'order' ? 'an order' : kind;
}

function listText(columns: readonly Column[]): string {
  const shownOnes = columns.slice(0, 12).map(({ position, name }) => (name ? shown(name) : String(position)));
  return shownOnes.join(', ') + (columns.length > 12 ? ` and ${columns.length - 12} more` : '');
}

/** A name without characters that would break the line. */
export function shown(name: string): string {
  const text = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"');
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
