// A line of figures over rounds between two axes, as one small picture that says its last value in words, too.

const [WIDTH, HEIGHT] = [320, 170];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 8, 20, 32];

/**
 * Draws a line; it is interrupted where there is no value.
 *
 * @param points round and value, oldest first
 * @param label what somebody hears who does not see the picture
 * @param quantity name of the vertical axis
 */
export function linePlot(
  points: readonly (readonly [round: number, value: number | null])[],
  label: string,
  quantity: string,
): SVGElement {
  const known = points.flatMap(([, value]) => (value === null ? [] : [value]));
  const [first, last] = [points[0]![0], points.at(-1)![0]];
  const ticks = ticksBetween(Math.min(...known), Math.max(...known));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (round: number) => LEFT + ((round - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  const svg = drawn('svg', {
    class: 'line',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': label,
  });
  const digits = Math.max(0, Math.min(6, Math.ceil(-Math.log10(ticks[1]! - low))));
  for (const tick of ticks) {
    svg.append(
      drawn('path', { d: `M${LEFT} ${y(tick)}H${WIDTH - RIGHT}` }),
      drawn('text', { x: LEFT - 6, y: y(tick) + 4, 'text-anchor': 'end' }, tick.toFixed(digits)),
    );
  }
  for (const round of new Set([first, last])) {
    const anchor = round === first ? 'start' : 'end';
    svg.append(drawn('text', { x: x(round), y: HEIGHT - BOTTOM + 16, 'text-anchor': anchor }, String(round)));
  }
  svg.append(
    drawn('text', { x: LEFT, y: 12 }, quantity),
    drawn('text', { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 4, 'text-anchor': 'middle' }, 'round'),
  );
  for (const line of unbroken(points)) {
    const places = line.map(([round, value]) => `${x(round).toFixed(1)},${y(value).toFixed(1)}`);
    if (line.length > 1) svg.append(drawn('polyline', { points: places.join(' ') }));
    else svg.append(drawn('circle', { cx: x(line[0]![0]), cy: y(line[0]![1]), r: 2.5 }));
  }
  return svg;
}

/** Two to six round numbers that include everything: steps of 1, 2 or 5 times a power of ten. */
export function ticksBetween(low: number, high: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 3));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => span / size <= 4)!;
  const [from, to] = [
    Math.floor(low / step + 1e-9),
    Math.max(Math.ceil(high / step - 1e-9), Math.floor(low / step + 1e-9) + 1),
  ];
  return Array.from({ length: to - from + 1 }, (_, at) => (from + at) * step);
}

/** The stretches without a gap. */
function unbroken(points: readonly (readonly [number, number | null])[]): [number, number][][] {
  const lines: [number, number][][] = [[]];
  for (const [round, value] of points) {
    if (value === null) lines.push([]);
    else lines.at(-1)!.push([round, value]);
  }
  return lines.filter((line) => line.length > 0);
}

function drawn(name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}
