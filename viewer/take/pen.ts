// What panels draw with: the part of a canvas's context that they use. A second pen writes the same strokes down as SVG, so that a
// chart can be taken away as a drawing and not only as pixels.

/** All that a panel may ask of its canvas. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineJoin'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'imageSmoothingEnabled'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'rect'
  | 'arc'
  | 'fill'
  | 'stroke'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'setLineDash'
> & {
  /** Pixels of another canvas, blown up. */
  drawImage(
    image: HTMLCanvasElement,
    ...places: [number, number, number, number, number, number, number, number]
  ): void;
};

const anchors: Readonly<Record<string, string>> = { center: 'middle', right: 'end', end: 'end' };

/** A pen whose strokes are SVG elements. */
export class WrittenPen implements Pen {
  fillStyle: Pen['fillStyle'] = '#000';
  strokeStyle: Pen['strokeStyle'] = '#000';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  globalAlpha = 1;
  font = '11px system-ui, sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  imageSmoothingEnabled = true;
  private dash: number[] = [];
  private path = '';
  private readonly parts: string[] = [];

  /** Everything that was drawn, as SVG elements. */
  get written(): string {
    return this.parts.join('\n');
  }

  setLineDash(lengths: Iterable<number>): void {
    this.dash = [...lengths];
  }

  beginPath(): void {
    this.path = '';
  }

  moveTo(x: number, y: number): void {
    this.path += `M${round(x)} ${round(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `${this.path === '' ? 'M' : 'L'}${round(x)} ${round(y)}`;
  }

  closePath(): void {
    this.path += 'Z';
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
  }

  /** Whole circles only: no panel draws another arc. */
  arc(x: number, y: number, radius: number, start: number, end: number): void {
    if (Math.abs(end - start) < 2 * Math.PI - 1e-9) throw new Error('WrittenPen.arc: must be a whole circle');
    const r = round(radius);
    this.path += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${round(2 * radius)} 0a${r} ${r} 0 1 0 ${round(-2 * radius)} 0Z`;
  }

  fill(): void {
    this.parts.push(`<path d="${this.path}" ${this.filled()}/>`);
  }

  stroke(): void {
    this.parts.push(`<path d="${this.path}" ${this.stroked()}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.parts.push(`<rect ${box(x, y, width, height)} ${this.filled()}/>`);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.parts.push(`<rect ${box(x, y, width, height)} ${this.stroked()}/>`);
  }

  fillText(text: string, x: number, y: number): void {
    const [, size = '11', family = 'sans-serif'] = /([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const weight = /\b(bold|[6-9]00)\b/.test(this.font) ? ' font-weight="600"' : '';
    const middle = this.textBaseline === 'middle' ? 0.35 * Number(size) : 0;
    const anchor = anchors[this.textAlign] ? ` text-anchor="${anchors[this.textAlign]}"` : '';
    this.parts.push(
      `<text x="${round(x)}" y="${round(y + middle)}" font-size="${size}" font-family="${escaped(family)}"${weight}${anchor} ${this.filled()}>${escaped(text)}</text>`,
    );
  }

  drawImage(
    image: HTMLCanvasElement,
    ...places: [number, number, number, number, number, number, number, number]
  ): void {
    const [left, top, columns, rows, x, y, width, height] = places;
    const cut = document.createElement('canvas');
    cut.width = columns;
    cut.height = rows;
    cut.getContext('2d')!.drawImage(image, left, top, columns, rows, 0, 0, columns, rows);
    this.parts.push(
      `<image ${box(x, y, width, height)} preserveAspectRatio="none" style="image-rendering:pixelated" href="${cut.toDataURL()}"/>`,
    );
  }

  private filled(): string {
    return `fill="${this.fillStyle}"${this.globalAlpha < 1 ? ` fill-opacity="${this.globalAlpha}"` : ''}`;
  }

  private stroked(): string {
    const alpha = this.globalAlpha < 1 ? ` stroke-opacity="${this.globalAlpha}"` : '';
    const dash = this.dash.length > 0 ? ` stroke-dasharray="${this.dash.join(' ')}"` : '';
    return `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="${this.lineJoin}"${alpha}${dash}`;
  }
}

function box(x: number, y: number, width: number, height: number): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

/** A hundredth of a pixel is enough. */
export function round(value: number): number {
  return Math.round(100 * value) / 100;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
