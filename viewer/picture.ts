// The panels as one picture. In: what is drawn on screen; out: a PNG, made here; nothing leaves the page.
import type { Palette } from './palette.ts';
import type { Panel } from './view.ts';

const COLUMN = 460;
const GAP = 18;

/** Puts all panels side by side in columns, with a title. */
export function pictureOf(panels: readonly Panel[], palette: Palette, title: string): HTMLCanvasElement {
  const columns = 3;
  const heights = new Array<number>(columns).fill(64);
  const places = panels.map((panel) => {
    const column = heights.indexOf(Math.min(...heights));
    const y = heights[column]!;
    heights[column] = y + heightOf(panel) + GAP;
    return { panel, x: GAP + column * (COLUMN + GAP), y };
  });
  const picture = document.createElement('canvas');
  const scale = 2;
  picture.width = scale * (columns * (COLUMN + GAP) + GAP);
  picture.height = scale * Math.max(...heights);
  const context = picture.getContext('2d')!;
  context.scale(scale, scale);
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = palette.ink;
  context.font = '600 20px system-ui, sans-serif';
  context.fillText(title, GAP, 38);
  for (const { panel, x, y } of places) drawPanel(context, panel, palette, x, y);
  return picture;
}

function heightOf({ canvases, lines }: Panel): number {
  return (
    28 + canvases.reduce((sum, canvas) => sum + scaledHeight(canvas) + 6, 0) + 17 * (lines?.().length ?? 0)
  );
}

function scaledHeight(canvas: HTMLCanvasElement): number {
  return (canvas.height / Math.max(1, canvas.width)) * COLUMN;
}

function drawPanel(
  context: CanvasRenderingContext2D,
  panel: Panel,
  palette: Palette,
  x: number,
  y: number,
): void {
  context.fillStyle = palette.ink;
  context.font = '600 14px system-ui, sans-serif';
  context.fillText(panel.title, x, y + 14);
  let top = y + 24;
  for (const canvas of panel.canvases) {
    if (canvas.width === 0) continue;
    context.drawImage(canvas, x, top, COLUMN, scaledHeight(canvas));
    top += scaledHeight(canvas) + 6;
  }
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = palette.soft;
  for (const line of panel.lines?.() ?? []) {
    context.fillText(line, x, top + 12);
    top += 17;
  }
}
