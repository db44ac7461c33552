// Lines, bands and dots between two axes. In: a sheet, ranges, series; out: a drawing, and a scale to find places on it.
import { short } from './figures.ts';
import type { Palette } from './palette.ts';
import type { Sheet } from './sheet.ts';
import type { Pen } from './take/pen.ts';

export interface Axis {
  readonly least: number;
  readonly most: number;
  readonly label: string;
  readonly format?: (value: number) => string;
}

export interface Frame {
  readonly context: Pen;
  x(value: number): number;
  y(value: number): number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LEFT = 40;
const RIGHT = 10;
const TOP = 20;
const BOTTOM = 28;

/** Draws the axes and gives the scale. */
export function frameOf(sheet: Sheet, palette: Palette, horizontal: Axis, vertical: Axis): Frame {
  const context = sheet.begin();
  const [left, right, top, bottom] = [LEFT, sheet.width - RIGHT, TOP, sheet.height - BOTTOM];
  const scale = (axis: Axis, from: number, to: number) => (value: number) =>
    from + ((value - axis.least) / (axis.most - axis.least || 1)) * (to - from);
  const x = scale(horizontal, left, right);
  const y = scale(vertical, bottom, top);
  context.strokeStyle = palette.line;
  context.fillStyle = palette.soft;
  context.beginPath();
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const tick of ticksOf(vertical, 4)) {
    context.moveTo(left, Math.round(y(tick)) + 0.5);
    context.lineTo(right, Math.round(y(tick)) + 0.5);
    context.fillText((vertical.format ?? short)(tick), left - 5, y(tick));
  }
  context.stroke();
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  for (const tick of ticksOf(horizontal, 5)) {
    context.fillText((horizontal.format ?? short)(tick), Math.min(right - 6, x(tick)), bottom + 13);
  }
  context.textAlign = 'right';
  context.fillText(horizontal.label, right, bottom + 25);
  context.textAlign = 'left';
  context.fillText(vertical.label, left, 10);
  return { context, x, y, left, right, top, bottom };
}

/** A line through points [x, y]; it breaks where y is no number. */
export function drawLine(
  frame: Frame,
  points: readonly (readonly [number, number])[],
  colour: string,
  width = 2,
) {
  const { context } = frame;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = 'round';
  context.beginPath();
  let isDown = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      isDown = false;
      continue;
    }
    if (isDown) context.lineTo(frame.x(x), frame.y(y));
    else context.moveTo(frame.x(x), frame.y(y));
    isDown = true;
  }
  context.stroke();
  context.lineWidth = 1;
}

/** The area between two lines over the same places. */
export function drawBand(
  frame: Frame,
  points: readonly (readonly [x: number, low: number, high: number])[],
  colour: string,
) {
  if (points.length === 0) return;
  const { context } = frame;
  context.fillStyle = colour;
  context.globalAlpha = 0.16;
  context.beginPath();
  for (const [x, , high] of points) context.lineTo(frame.x(x), frame.y(high));
  for (const [x, low] of [...points].reverse()) context.lineTo(frame.x(x), frame.y(low));
  context.fill();
  context.globalAlpha = 1;
}

export function drawDot(frame: Frame, x: number, y: number, colour: string, radius = 4) {
  if (!Number.isFinite(y)) return;
  frame.context.fillStyle = colour;
  frame.context.beginPath();
  frame.context.arc(frame.x(x), frame.y(y), radius, 0, 2 * Math.PI);
  frame.context.fill();
}

/** Round numbers inside a range. */
export function ticksOf({ least, most }: Axis, wanted: number): number[] {
  const span = most - least;
  if (!(span > 0)) return [least];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.ceil(least / step - 1e-9);
  const count = Math.floor(most / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
