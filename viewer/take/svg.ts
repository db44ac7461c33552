// A part of a page as one SVG file: backgrounds, frames, lines of text, drawings, and what panels drew, at the places where they
// stand on screen, in the colours that they have there. Buttons and sliders stay behind; what was chosen is written out.
import { escaped, round } from './pen.ts';

/** What a canvas shows, as an SVG element; null if nobody wrote it down. */
export type WrittenCanvas = (canvas: HTMLCanvasElement) => string | null;

/** Properties of SVG elements that may come from a style sheet. */
const drawn = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
];
const lettered = ['font-size', 'font-weight', 'font-style', 'font-family', 'text-anchor'];
/** What works only on a page. */
const left =
  'button:not(.fv-number, .fv-tab, .term), input[type=range], script, style, .take, .take-choices, [hidden]';
const PADDING = 12;

/** The part of the page as a file. */
export function svgOf(place: Element, canvases: WrittenCanvas = () => null): string {
  const lists = place.querySelectorAll<HTMLElement>('.take-choices');
  for (const list of lists) list.style.display = 'none'; // else it would leave a gap
  const outer = place.getBoundingClientRect();
  const writer = new Writer(outer.left - PADDING, outer.top - PADDING, canvases);
  writer.add(place);
  for (const list of lists) list.style.display = '';
  const [width, height] = [outer.width + 2 * PADDING, outer.height + 2 * PADDING].map(Math.ceil);
  const title = place.getAttribute('aria-label') ?? '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" fill="${paperBehind(place)}"/>
${writer.parts.join('\n')}
</svg>
`;
}

/** The first colour behind an element that is one. */
function paperBehind(place: Element | null): string {
  for (let at = place; at; at = at.parentElement) {
    const { colour, alpha } = colourOf(getComputedStyle(at).backgroundColor);
    if (alpha > 0.99) return colour;
  }
  return '#ffffff';
}

class Writer {
  readonly parts: string[] = [];
  private readonly left: number;
  private readonly top: number;
  private readonly canvases: WrittenCanvas;

  constructor(left: number, top: number, canvases: WrittenCanvas) {
    this.left = left;
    this.top = top;
    this.canvases = canvases;
  }

  add(element: Element): void {
    if (element.matches(left)) return;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (style.display === 'none' || style.visibility === 'hidden' || (box.width <= 1 && box.height <= 1))
      return;
    if (element instanceof SVGSVGElement) {
      this.addDrawing(element, box);
      return;
    }
    this.addBox(box, style);
    if (element instanceof HTMLCanvasElement) this.addCanvas(element, box);
    else if (element instanceof HTMLSelectElement)
      this.addLine(element.selectedOptions[0]?.text ?? '', box, style, 8);
    else if (element instanceof HTMLInputElement) this.addLine(element.checked ? '☑' : '☐', box, style);
    else this.addChildren(element, style);
  }

  private addChildren(element: Element, style: CSSStyleDeclaration): void {
    for (const child of element.childNodes) {
      if (child instanceof Element) this.add(child);
      else if (child instanceof Text) this.addText(child, style);
    }
  }

  /** Background and frame. */
  private addBox(box: DOMRect, style: CSSStyleDeclaration): void {
    const { colour, alpha } = colourOf(style.backgroundColor);
    const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
    if (alpha > 0) {
      this.parts.push(
        `<rect ${this.placeOf(box)} rx="${round(radius)}" fill="${colour}" fill-opacity="${round(alpha)}"/>`,
      );
    }
    const [x, y] = [box.left - this.left, box.top - this.top];
    const inset = /inset/.test(style.boxShadow) ? 2 : 0;
    if (inset > 0) {
      const ink = colourOf(style.color).colour;
      this.parts.push(
        `<rect x="${round(x + 1)}" y="${round(y + 1)}" width="${round(box.width - 2)}" height="${round(box.height - 2)}" fill="none" stroke="${ink}" stroke-width="2"/>`,
      );
    }
    const sides = [
      ['Top', x, y, x + box.width, y],
      ['Bottom', x, y + box.height, x + box.width, y + box.height],
      ['Left', x, y, x, y + box.height],
      ['Right', x + box.width, y, x + box.width, y + box.height],
    ] as const;
    for (const [side, x1, y1, x2, y2] of sides) {
      const width = Number.parseFloat(style[`border${side}Width`]);
      const line = colourOf(style[`border${side}Color`]);
      if (!(width > 0) || style[`border${side}Style`] === 'none' || line.alpha === 0) continue;
      this.parts.push(
        `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${line.colour}" stroke-opacity="${round(line.alpha)}" stroke-width="${width}"/>`,
      );
    }
  }

  private addText(node: Text, style: CSSStyleDeclaration): void {
    const range = document.createRange();
    let line = '';
    let place: DOMRect | null = null;
    const end = () => {
      if (place && line.trim() !== '') this.addLine(line.trim(), place, style);
      line = '';
      place = null;
    };
    for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const [box] = range.getClientRects();
      if (!box) continue;
      if (place && Math.abs(box.top - (place as DOMRect).top) > 2) end();
      place ??= box;
      line += line === '' ? word : ` ${word}`;
    }
    end();
  }

  private addLine(text: string, box: DOMRect, style: CSSStyleDeclaration, indent = 0): void {
    const size = Number.parseFloat(style.fontSize);
    const { colour, alpha } = colourOf(style.color);
    const weight = Number(style.fontWeight) > 500 ? ' font-weight="600"' : '';
    const opacity = alpha < 1 ? ` fill-opacity="${round(alpha)}"` : '';
    this.parts.push(
      `<text x="${round(box.left - this.left + indent)}" y="${round(box.top - this.top + box.height / 2 + 0.35 * size)}" font-size="${round(size)}" font-family="${escaped(style.fontFamily)}"${weight} fill="${colour}"${opacity}>${escaped(text)}</text>`,
    );
  }

  /** A drawing of the page with what style sheets say about it written into it. */
  private addDrawing(drawing: SVGSVGElement, box: DOMRect): void {
    const copy = drawing.cloneNode(true) as SVGSVGElement;
    const originals = [drawing, ...drawing.querySelectorAll('*')];
    const copies = [copy, ...copy.querySelectorAll('*')];
    originals.forEach((original, at) => {
      const [style, target] = [getComputedStyle(original), copies[at]!];
      if (style.display === 'none') target.setAttribute('display', 'none');
      for (const name of [
        ...drawn,
        ...(original.tagName === 'text' || original.tagName === 'tspan' ? lettered : []),
      ]) {
        const value = style.getPropertyValue(name);
        if (value !== '') target.setAttribute(name, /^(?:color|rgb)/.test(value) ? flat(value) : value);
      }
      for (const { name } of [...target.attributes])
        if (/^(?:data-|class$|style$|tabindex$|role$|aria-|on)/.test(name)) target.removeAttribute(name);
    });
    for (const [name, value] of Object.entries({
      x: box.left - this.left,
      y: box.top - this.top,
      width: box.width,
      height: box.height,
    }))
      copy.setAttribute(name, String(round(value)));
    this.parts.push(
      new XMLSerializer().serializeToString(copy).replace(' xmlns="http://www.w3.org/2000/svg"', ''),
    );
  }

  private addCanvas(canvas: HTMLCanvasElement, box: DOMRect): void {
    const place = this.placeOf(box);
    const written = this.canvases(canvas);
    this.parts.push(
      written?.replace('<svg ', `<svg ${place} `) ?? `<image ${place} href="${canvas.toDataURL()}"/>`,
    );
  }

  private placeOf({ left: x, top: y, width, height }: DOMRect): string {
    return `x="${round(x - this.left)}" y="${round(y - this.top)}" width="${round(width)}" height="${round(height)}"`;
  }
}

/** A colour as every program reads it; opacity, if there is any, is left to the element. */
function flat(text: string): string {
  const { colour, alpha } = colourOf(text);
  return alpha === 0 ? 'none' : colour;
}

/** What browsers say of a colour: `rgb(1, 2, 3)`, `rgba(1, 2, 3, 0.5)` or `color(srgb 0.1 0.2 0.3 / 0.5)`. */
function colourOf(text: string): { colour: string; alpha: number } {
  const numbers = Array.from(text.matchAll(/-?[\d.]+(?:e-?\d+)?/g), ([number]) => Number(number));
  const scale = text.startsWith('color(') ? 255 : 1;
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  const channels = [red, green, blue].map((value) => Math.min(255, Math.max(0, Math.round(value * scale))));
  return { colour: `rgb(${channels.join(', ')})`, alpha: text === 'transparent' ? 0 : alpha };
}
