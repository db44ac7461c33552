// A canvas that is sharp on every screen and as wide as its place. In: a height; out: a context to draw with, in CSS
// pixels. Keyboard and pointer arrive as one thing: a position that somebody points at.

import { type Pen, WrittenPen } from './take/pen.ts';

export interface SheetOptions {
  /** What it shows, for screen readers. */
  readonly label: string;
  /** In CSS pixels; a function of the width where it depends on it. */
  readonly height: number | ((width: number) => number);
  /** The place under the pointer, or null when it has left. */
  readonly onPoint?: (place: { x: number; y: number } | null) => void;
  readonly onClick?: (place: { x: number; y: number }) => void;
  /** An arrow key. */
  readonly onArrow?: (right: number, down: number) => void;
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const sheets = new WeakMap<HTMLCanvasElement, Sheet>();

/** The sheet that a canvas belongs to. */
export function sheetOf(canvas: HTMLCanvasElement): Sheet | undefined {
  return sheets.get(canvas);
}

export class Sheet {
  readonly canvas = document.createElement('canvas');
  width = 0;
  height = 0;
  private readonly context = this.canvas.getContext('2d')!;
  private readonly options: SheetOptions;
  private label = '';
  private hasFont = false;
  private written: WrittenPen | null = null;
  private drawn: readonly unknown[] = [];

  constructor(options: SheetOptions) {
    this.options = options;
    sheets.set(this.canvas, this);
    this.canvas.className = 'fv-sheet';
    this.canvas.setAttribute('role', 'img');
    this.describe(options.label);
    if (options.onPoint) this.listen(options.onPoint);
    if (options.onClick) this.canvas.addEventListener('click', (event) => options.onClick!(placeOf(event)));
    if (options.onArrow) this.takeKeys(options.onArrow);
  }

  /** What a screen reader says about it now. */
  describe(label: string): void {
    if (label === this.label) return;
    this.label = label;
    this.canvas.setAttribute('aria-label', label);
  }

  /** Calls back to draw, unless all that the drawing depends on is as it was. */
  draw(inputs: readonly unknown[], paint: () => void): void {
    const all = () => [...inputs, this.width, this.height, window.devicePixelRatio];
    const isAsBefore = all().every((input, at) => Object.is(input, this.drawn[at]));
    if (this.written) paint();
    else if (!isAsBefore) {
      paint();
      this.drawn = all();
    }
  }

  /** A blank context for the next frame. */
  begin(): Pen {
    if (this.written) return this.written;
    const { canvas, context } = this;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const pixels = Math.round(this.width * ratio);
    const rows = Math.round(this.height * ratio);
    if (canvas.width !== pixels || canvas.height !== rows) {
      canvas.width = pixels;
      canvas.height = rows;
      this.hasFont = false; // a canvas of another size has forgotten everything
    }
    // Setting a font makes the browser work out the page's styles: not in every frame.
    if (!this.hasFont) context.font = '11px system-ui, sans-serif';
    this.hasFont = true;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.lineWidth = 1;
    context.globalAlpha = 1;
    context.setLineDash([]);
    return context;
  }

  /** From now on what is drawn is written down instead; the screen keeps what it has. */
  beginWriting(): void {
    this.written = new WrittenPen();
  }

  /** Draws on the screen again; what was written, as an SVG element. */
  endWriting(): string {
    const { written } = this.written!;
    this.written = null;
    return `<svg viewBox="0 0 ${this.width} ${this.height}" preserveAspectRatio="none">${written}</svg>`;
  }

  /** Takes the width of its place; call it when that may have changed, never while drawing. */
  measure(): void {
    const width = Math.max(120, this.canvas.parentElement?.clientWidth ?? 0);
    const { height } = this.options;
    this.width = width;
    this.height = typeof height === 'number' ? height : height(width);
    this.canvas.style.height = `${this.height}px`;
  }

  /** Makes it as high as what is to be drawn now. */
  setHeight(height: number): void {
    if (height === this.height) return;
    this.height = height;
    this.canvas.style.height = `${height}px`;
  }

  private listen(onPoint: NonNullable<SheetOptions['onPoint']>): void {
    this.canvas.addEventListener('pointermove', (event) => onPoint(placeOf(event)));
    this.canvas.addEventListener('pointerdown', (event) => onPoint(placeOf(event)));
    this.canvas.addEventListener('pointerleave', () => onPoint(null));
  }

  private takeKeys(onArrow: NonNullable<SheetOptions['onArrow']>): void {
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-roledescription', 'chart, explore with the arrow keys');
    this.canvas.addEventListener('keydown', (event) => {
      const arrow = arrows[event.key];
      if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      onArrow(...arrow);
    });
  }
}

function placeOf(event: MouseEvent): { x: number; y: number } {
  return { x: event.offsetX, y: event.offsetY };
}
