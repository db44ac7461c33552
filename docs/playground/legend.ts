// What do the colours mean? Every colour and sign of the picture and the panels, with a drawing of each.
import { element } from '../../viewer/index.ts';

const dot = (look: string) => `<circle cx="12" cy="9" r="6" ${look}/>`;
const entries: readonly (readonly [drawing: string, meaning: string])[] = [
  [
    [0, 1, 2, 3]
      .map((at) => `<rect x="${6 * at}" y="3" width="5" height="12" fill="var(--flow-c${at})"/>`)
      .join(''),
    'A colour is a group that K-means found; it keeps its colour from round to round. Before that, colours in the panels are the true taste groups, where they are known.',
  ],
  [
    '<circle cx="4" cy="9" r="3.4"/><rect x="9" y="6" width="6" height="6"/><path d="M20 4.5l4 8h-8z"/>',
    'A shape is a true taste group, which no server knows: circle, square, triangle, diamond.',
  ],
  [
    dot('fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="3 2"'),
    'Hollow, dashed or grey: absent in this round, and remembered.',
  ],
  [
    `${dot('fill="var(--flow-c0)"')}<circle cx="12" cy="9" r="8.4" fill="none" stroke="currentColor"/>`,
    'Ringed: the client in focus.',
  ],
  [
    '<path d="M9.5 2h5v4.5h4.5v5h-4.5v4.5h-5v-4.5h-4.5v-5h4.5z" fill="var(--flow-c1)" stroke="currentColor"/>',
    'A cross: the mean of a group. Its line is the way it came in the last step.',
  ],
  [
    '<rect x="0" y="3" width="8" height="12" fill="var(--flow-plus)"/><rect x="8" y="3" width="8" height="12" fill="none" stroke="var(--flow-line)"/><rect x="16" y="3" width="8" height="12" fill="var(--flow-minus)"/>',
    'In matrices: blue is positive, orange negative, pale near 0. In attention, dark is much.',
  ],
  [
    '<text x="12" y="15" text-anchor="middle" fill="var(--flow-star)">★</text>',
    'The item that was hidden from training.',
  ],
  [
    '<path d="M0 13L24 5" stroke="var(--flow-c0)" stroke-width="2.5"/><path d="M0 16L24 9" stroke="var(--flow-c1)" stroke-width="2.5"/>',
    'Curves: one colour a run. A pale band is ± one standard error.',
  ],
  [
    '<path d="M0 9H24" stroke="currentColor" stroke-width="1.5" stroke-dasharray="4 3"/>',
    'Dashed levels: guessing and popularity, which any recommender must beat.',
  ],
];

export function makeLegend(): HTMLElement {
  const rows = entries.map(([drawing, meaning]) => {
    const row = element('li', {}, meaning);
    row.insertAdjacentHTML(
      'afterbegin',
      `<svg viewBox="0 0 24 18" width="32" height="24" aria-hidden="true" fill="currentColor">${drawing}</svg>`,
    );
    return row;
  });
  return element(
    'details',
    { class: 'pg-legend flow' },
    element('summary', {}, 'What do the colours mean?'),
    element('ul', {}, ...rows),
  );
}
