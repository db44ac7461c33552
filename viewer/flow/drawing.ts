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

/** How strong a colour can be, in steps: a drawing has one shape for each, however many numbers it shows. */
const SHADES = 24;

/** A matrix as colours, row-major; `most`: the size that has the full colour. */
export function heat(
  values: readonly number[],
  columns: number,
  grid: Grid,
  most = Math.max(...values.map(Math.abs), 1e-12),
): string {
  const rows = Math.max(1, Math.round(values.length / columns));
  const [width, height] = [grid.width / columns, grid.height / rows];
  const cell = `h${place(width + 0.2)}v${place(height + 0.2)}h${place(-width - 0.2)}z`;
  const shapes = new Array<string>(2 * SHADES + 1).fill('');
  values.forEach((value, at) => {
    const shade = Math.round(SHADES * Math.min(1, Math.abs(value) / most) ** 0.7);
    const x = place(grid.x + (at % columns) * width);
    const y = place(grid.y + Math.floor(at / columns) * height);
    if (shade > 0) shapes[value < 0 ? SHADES - shade : SHADES + shade] += `M${x} ${y}${cell}`;
  });
  const paths = shapes.map((shape, at) => {
    const fill = at < SHADES ? 'var(--flow-minus)' : 'var(--flow-plus)';
    const opacity = (Math.abs(at - SHADES) / SHADES).toFixed(2);
    return shape === '' ? '' : `<path d="${shape}" fill="${fill}" fill-opacity="${opacity}"/>`;
  });
  const frame = rect(grid.x, grid.y, grid.width, grid.height, 'fill="none" stroke="var(--flow-line)"');
  return paths.join('') + frame;
}

/** Circles of one size as one shape. */
export function circles(
  middles: readonly (readonly [x: number, y: number])[],
  radius: number,
  rest: string,
): string {
  const around = `a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
  return `<path d="${middles.map(([x, y]) => `M${place(x - radius)} ${place(y)}${around}`).join('')}" ${rest}/>`;
}

/** Where nothing has happened yet. */
export function nothing(text: string): string {
  return letters(100, 60, text, 'class="flow-nothing" text-anchor="middle" fill="var(--flow-soft)"');
}

export function svg(inside: string): string {
  return `<svg viewBox="0 0 ${drawingSize.width} ${drawingSize.height}" aria-hidden="true" focusable="false">${inside}</svg>`;
}
