// A table as CSV (RFC 4180): a line of names, then a line a row; numbers as programs read them.

export interface SavedTable {
  /** What the table is about; the file is named after it. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function csvOf({ header, rows }: SavedTable): string {
  return [header, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/** Not a number is an empty cell. */
function cellOf(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** An HTML table as it stands there; cells that span several columns are followed by empty ones. */
export function tableOf(table: HTMLTableElement, name: string): SavedTable {
  const [header = [], ...rows] = Array.from(table.rows, (row) =>
    Array.from(row.cells).flatMap((cell) => [textOf(cell), ...new Array<string>(cell.colSpan - 1).fill('')]),
  );
  return { name, header, rows };
}

/** Numbers with the minus sign of typography become numbers that programs read. */
function textOf(cell: HTMLElement): string {
  const text = (cell.textContent ?? '').trim().replace(/\s+/g, ' ');
  return /^−[\d.,]+$/.test(text) ? text.replace('−', '-') : text;
}
