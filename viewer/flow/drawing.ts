// Small drawings as SVG text, 200 × 112, so that a page can hold them before any program runs. Colours are CSS variables of
// style.ts: both themes show the same text.

export const drawingSize = { width: 200, height: 112 };

/** Text for HTML; ids come from data that nobody has checked. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

const place = (value: number) => Number(value.toFixed(1));

export function rect(x: number, y: number, width: number, height: number, rest: string): string {
  return `<rect x="${place(x)}" y="${place(y)}" width="${place(width)}" height="${place(height)}" ${rest}/>`;
}

export function circle(x: number, y: number, radius: number, rest: string): string {
  return `<circle cx="${place(x)}" cy="${place(y)}" r="${radius}" ${rest}/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, rest: string): string {
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" ${rest}/>`;
}

/** Letters that belong to a drawing; what is to be read stands beside it. */
export function letters(x: number, y: number, text: string, rest = ''): string {
  return `<text x="${x}" y="${y}" ${rest}>${escaped(text)}</text>`;
}

/** The colour of a cluster; a soft one for nobody. */
export function colourOf(colour: number): string {
  return colour < 0 ? 'var(--flow-soft)' : `var(--flow-c${colour % 8})`;
}

interface Grid {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A matrix as colours, row-major; `most`: the size that has the full colour. */
export function heat(
  values: readonly number[],
  columns: number,
  grid: Grid,
  most = Math.max(...values.map(Math.abs), 1e-12),
): string {
  const rows = Math.max(1, Math.round(values.length / columns));
  const [width, height] = [grid.width / columns, grid.height / rows];
  const cells = values.map((value, at) => {
    const part = Math.min(1, Math.abs(value) / most) ** 0.7;
    if (part < 0.02) return '';
    const x = grid.x + (at % columns) * width;
    const y = grid.y + Math.floor(at / columns) * height;
    const fill = value < 0 ? 'var(--flow-minus)' : 'var(--flow-plus)';
    return rect(x, y, width + 0.2, height + 0.2, `fill="${fill}" fill-opacity="${part.toFixed(2)}"`);
  });
  const frame = rect(grid.x, grid.y, grid.width, grid.height, 'fill="none" stroke="var(--flow-line)"');
  return cells.join('') + frame;
}

/** Where nothing has happened yet. */
export function nothing(text: string): string {
  return letters(100, 60, text, 'text-anchor="middle" fill="var(--flow-soft)"');
}

export function svg(inside: string): string {
  return `<svg viewBox="0 0 ${drawingSize.width} ${drawingSize.height}" aria-hidden="true" focusable="false">${inside}</svg>`;
}
