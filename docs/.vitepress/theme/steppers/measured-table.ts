// What a lesson shows of a measured table of another page: some rows, some columns, in the order asked for. And what may be
// said of a cell such as `+.010 ± .004`: words follow the number.
import type { MeasuredTable } from '../tables.data.ts';
import { differenceInWords } from './words.ts';

/**
 * A part of a table.
 *
 * @param only rows by their first cell, in this order. Default: all.
 * @param columns names of columns, in the order in which they are shown: on a phone the first figure is what is seen at once.
 * Default: all, as they stand.
 */
export function partOf(
  { header, rows }: MeasuredTable,
  only?: readonly string[],
  columns?: readonly string[],
): MeasuredTable {
  const shown = columns?.map((name) => header.indexOf(name)).filter((column) => column >= 0) ?? [
    ...header.keys(),
  ];
  const wanted = only?.flatMap((name) => rows.filter(([first]) => first === name)) ?? rows;
  const pick = (cells: readonly string[]) => shown.map((column) => cells[column]!);
  return { header: pick(header), rows: wanted.map(pick) };
}

/** The cell of a row and a column and its meaning, e.g. `+.010 ± .004, ahead by more than two standard errors`. */
export function measuredDifference(table: MeasuredTable | undefined, row: string, column: string): string {
  const cell = table && partOf(table, [row], [column]).rows[0]?.[0];
  if (cell === undefined) return 'not measured at present';
  const [difference, standardError] = cell.split('±').map((part) => Number(part.replace('−', '-')));
  return `${cell}, ${differenceInWords(difference ?? Number.NaN, standardError ?? Number.NaN)}`;
}
