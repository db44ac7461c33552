// Two curves in one picture: the reader's, drawn through, and the library's, dashed; the numbers stand in a table below it.
import type { Plugged } from '../plugs/plugged.ts';

const WIDTH = 360;
const HEIGHT = 120;
const NAMESPACE = 'http://www.w3.org/2000/svg';

export function curves(mine: Plugged, library: Plugged): SVGSVGElement {
  const all = [...mine.curve, ...library.curve].filter(({ value }) => Number.isFinite(value));
  const most = Math.max(...all.map(({ value }) => value), 1e-9);
  const last = Math.max(...all.map(({ round }) => round), 1);
  const picture = document.createElementNS(NAMESPACE, 'svg');
  picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `${mine.measure} by round, yours and the library's`);
  const line = (plugged: Plugged, kind: string) => {
    const path = document.createElementNS(NAMESPACE, 'polyline');
    const points = plugged.curve
      .filter(({ value }) => Number.isFinite(value))
      .map(({ round, value }) => `${(WIDTH * round) / last},${HEIGHT - 4 - ((HEIGHT - 8) * value) / most}`);
    path.setAttribute('points', points.join(' '));
    path.setAttribute('class', kind);
    picture.append(path);
  };
  line(library, 'library');
  line(mine, 'mine');
  return picture;
}
