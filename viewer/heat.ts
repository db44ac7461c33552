// A matrix as colours: one pixel a number, drawn once and blown up. In: numbers, row-major, and the largest size; out:
// a picture on a sheet. Zero has the colour of the paper, positive and negative numbers have a colour each.
import type { Palette } from './palette.ts';
import type { Pen } from './take/pen.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const scratch = document.createElement('canvas');

/** Draws [rows, columns] into a box; numbers of size `most` or more have the full colour. */
export function drawHeat(
  context: Pen,
  palette: Palette,
  values: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  most: number,
  box: Box,
): void {
  if (rows === 0 || columns === 0) return;
  const image = new ImageData(columns, rows);
  const { zero, most: positive, least: negative } = palette;
  for (let at = 0; at < rows * columns; at++) {
    const value = values[at]!;
    const end = value < 0 ? negative : positive;
    const part = most > 0 ? Math.min(1, Math.abs(value) / most) ** 0.7 : 0;
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * at + channel] = zero[channel]! + part * (end[channel]! - zero[channel]!);
    }
    image.data[4 * at + 3] = 255;
  }
  if (scratch.width < columns || scratch.height < rows) {
    scratch.width = Math.max(scratch.width, columns);
    scratch.height = Math.max(scratch.height, rows);
  }
  scratch.getContext('2d', { willReadFrequently: true })!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, columns, rows, box.x, box.y, box.width, box.height);
  context.strokeStyle = palette.line;
  context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
}

/** The largest size among the values. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]!));
  return largest;
}
