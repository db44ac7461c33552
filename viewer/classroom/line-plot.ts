// A line of figures over rounds, as one small picture that says its last value in words, too.

/** Draws values, oldest first; gaps where there is none. */
export function linePlot(values: readonly (number | null)[], label: string): SVGElement {
  const known = values.filter((value): value is number => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'line');
  svg.setAttribute('viewBox', '0 0 100 50');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const points = values.flatMap((value, at) => {
    if (value === null) return [];
    const x = values.length === 1 ? 50 : (100 * at) / (values.length - 1);
    return [`${x.toFixed(2)},${(46 - (42 * (value - low)) / (high - low || 1)).toFixed(2)}`];
  });
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  line.setAttribute('points', points.join(' '));
  svg.append(line);
  return svg;
}
