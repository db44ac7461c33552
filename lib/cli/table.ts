// Columns of text, aligned: the first to the left, the others to the right.
import { visibleText } from '../data/visible-text.ts';

/** Lines of a table with a header; acting characters of ids are written out. */
export function textTable(titles: readonly string[], cells: readonly (readonly string[])[]): string[] {
  const header = titles.map(visibleText);
  const rows = cells.map((row) => row.map(visibleText));
  const widths = header.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** Facts as lines: a label, then its text. */
export function labelledLines(facts: readonly (readonly [label: string, text: string])[]): string[] {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, text]) => `${label.padEnd(width)}  ${visibleText(text)}`);
}
