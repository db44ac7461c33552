// How the examples print: few digits, aligned columns. Few digits, so that the last bit of a sum, which may differ from
// one engine to the next, cannot change a line that a test compares.

/** A number with a fixed count of digits; never "-0.00". */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Prints rows under a header: the first column to the left, the others to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  for (const row of cells) {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    );
    console.log(`  ${padded.join('  ')}`.trimEnd());
  }
  console.log();
}

/** Prints a paragraph with an empty line after it. */
export function say(...lines: string[]): void {
  console.log(`${lines.join('\n')}\n`);
}
