// Columns of text, aligned: the first to the left, the others to the right.
import { visibleText } from '../data/visible-text.ts';

/**
 * Lines of a table with a header; acting characters of ids are written out. What is wider than the terminal goes on below, with the
 * first column once more.
 *
 * @param width characters a line. Default: the terminal's; as many as are needed where there is none.
 */
export function textTable(
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  width: number = terminalWidth(),
): string[] {
  const rows = [titles, ...cells].map((row) => row.map(visibleText));
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return blocksOf(widths, width).flatMap((columns) =>
    rows.map((row) =>
      columns
        .map((column) =>
          column === 0 ? (row[0] ?? '').padEnd(widths[0]!) : (row[column] ?? '').padStart(widths[column]!),
        )
        .join(GAP)
        .trimEnd(),
    ),
  );
}

const GAP = '  ';

/** The columns that stand side by side, block by block; each block begins with the first column. */
function blocksOf(widths: readonly number[], width: number): number[][] {
  const blocks = [[0]];
  let used = widths[0]!;
  for (let column = 1; column < widths.length; column++) {
    const needed = GAP.length + widths[column]!;
    if (used + needed > width && blocks.at(-1)!.length > 1) {
      blocks.push([0]);
      used = widths[0]!;
    }
    blocks.at(-1)!.push(column);
    used += needed;
  }
  return blocks;
}

function terminalWidth(): number {
  return process.stdout.columns || Infinity;
}

/** Facts as lines: a label, then its text. */
export function labelledLines(facts: readonly (readonly [label: string, text: string])[]): string[] {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, text]) => `${label.padEnd(width)}  ${visibleText(text)}`);
}
