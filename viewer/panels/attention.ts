// Who listens to whom: attention weights between clients, head by head. Absent clients still have a row and a column,
// marked grey: the server remembers them, so they are served, and others can still listen to them.
import { headTemperatures } from '../../lib/federated/temperature.ts';
import { element, write } from '../dom.ts';
import { grouped, share, short } from '../figures.ts';
import { drawHeat, largestOf } from '../heat.ts';
import { categoryColour } from '../palette.ts';
import { panelTitles } from '../panel-titles.ts';
import { Sheet } from '../sheet.ts';
import type { SavedTable } from '../take/csv.ts';
import {
  clientInputs,
  coloursOf,
  isPresentAt,
  looksOf,
  type Panel,
  type PanelTools,
  type View,
} from '../view.ts';

const GUTTER = 16;
const BOTTOM = 32;

export function attentionPanel({ explainer, choose }: PanelTools): Panel {
  let view: View;
  let order: readonly number[] = [];
  let pointed: readonly [number, number] = [0, 1];
  const sheet = new Sheet({
    label: 'Attention between clients',
    height: (width) => Math.min(340, Math.max(220, width)) + BOTTOM,
    onPoint: (place) => {
      const cell = place && cellAt(place);
      if (!cell) return explainer.hide(150);
      pointed = cell;
      explainer.show(sheet.canvas, () => explainWeight(view, order, pointed), place);
    },
    onArrow: (right, down) => {
      const count = order.length;
      pointed = [(pointed[0] + down + count) % count, (pointed[1] + right + count) % count];
      const cell = sideOf(sheet) / count;
      const place = { x: GUTTER + (pointed[1] + 0.5) * cell, y: GUTTER + (pointed[0] + 0.5) * cell };
      explainer.point(sheet.canvas, () => explainWeight(view, order, pointed), place);
    },
  });
  const heads = element('div', { class: 'fv-tabs', role: 'group', 'aria-label': 'Attention head' });
  const own = explainer.number('Attention inside the own group', () => explainOwnGroup(view));
  const strongest = explainer.number('Strongest attention', () => explainStrongest(view));
  const cellAt = ({ x, y }: { x: number; y: number }): [number, number] | null => {
    const [row, column] = [y, x].map((at) => Math.floor(((at - GUTTER) / sideOf(sheet)) * order.length)) as [
      number,
      number,
    ];
    const isInside = [row, column].every((at) => at >= 0 && at < order.length);
    return isInside ? [row, column] : null;
  };
  return {
    name: 'attention',
    title: panelTitles.attention,
    hint: 'A row is a client, its cells say how much it listens to each other client. Grey marks: absent in this round.',
    body: [
      heads,
      sheet.canvas,
      element('p', { class: 'fv-facts' }, 'Inside the own group ', own, ' · strongest ', strongest),
    ],
    canvases: [sheet.canvas],
    measure: () => sheet.measure(),
    inputs: (now) => [...clientInputs(now), now.known.attention?.refresh, now.head],
    draw(now) {
      view = now;
      order = orderOf(now);
      const { about } = now.trace;
      const looks = looksOf(
        now,
        order.map((owner) => about.owners[owner]!),
      );
      const inputs = [about, now.known.attention?.refresh, now.head, now.palette, order.join(), looks];
      sheet.draw(inputs, () => drawWeights(sheet, now, order));
    },
    annotate(now) {
      drawTabs(heads, now, (head) => choose({ head }));
      write(own, ownGroupShare(now) === null ? '–' : `${Math.round(100 * ownGroupShare(now)!)} %`);
      write(strongest, now.known.attention ? share(largestOf(weightsOf(now)!)) : '–');
      sheet.describe(
        `Attention between ${order.length} clients, head ${now.head + 1}; strongest weight ${strongest.textContent}`,
      );
    },
    tables: tablesOf,
    lines: () => [`inside the own group ${own.textContent}, strongest ${strongest.textContent}`],
  };
}

/** The weights of the head that is shown: a row for whoever listens, a column for whoever is listened to. */
function tablesOf(view: View): SavedTable[] {
  const weights = weightsOf(view);
  if (!weights) return [];
  const { about } = view.trace;
  const order = orderOf(view);
  const name = (owner: number) => about.ids[about.owners[owner]!] ?? String(owner);
  return [
    {
      name: `attention, head ${view.head + 1}`,
      header: ['listens', ...order.map(name)],
      rows: order.map((row) => [name(row), ...order.map((column) => weights[row * order.length + column]!)]),
    },
  ];
}

function sideOf(sheet: Sheet): number {
  return Math.min(sheet.width - GUTTER - 2, sheet.height - GUTTER - BOTTOM);
}

/** Owners by cluster, then by true group. */
function orderOf(view: View): number[] {
  const { about } = view.trace;
  const colours = coloursOf(view);
  const key = (owner: number) => {
    const place = about.owners[owner]!;
    return 1000 * (colours[place]! + 1) + (about.groups?.[place] ?? 0);
  };
  return [...about.owners.keys()].sort((a, b) => key(a) - key(b) || a - b);
}

/** α of the chosen head, [owners, owners]. */
function weightsOf({ known, trace, head }: View): Float32Array | null {
  const size = trace.about.owners.length ** 2;
  return known.attention?.refresh.attention?.weights.subarray(head * size, (head + 1) * size) ?? null;
}

function drawTabs(heads: HTMLElement, view: View, onHead: (head: number) => void): void {
  const temperatures = temperaturesOf(view);
  const { length: count } = temperatures;
  if (heads.childElementCount !== count) {
    const tabs = Array.from({ length: count }, (_, at) => {
      const tab = element('button', { type: 'button', class: 'fv-tab' }, `head ${at + 1}`);
      tab.addEventListener('click', () => onHead(at));
      return tab;
    });
    heads.replaceChildren(...tabs);
  }
  [...heads.children].forEach((tab, at) => {
    tab.setAttribute('aria-pressed', String(at === view.head));
    write(tab, `head ${at + 1}, τ ${short(temperatures[at]!)}`);
  });
}

function drawWeights(sheet: Sheet, view: View, order: readonly number[]): void {
  const context = sheet.begin();
  const { palette, trace } = view;
  const weights = weightsOf(view);
  const side = sideOf(sheet);
  const count = order.length;
  context.fillStyle = palette.soft;
  context.textAlign = 'left';
  if (!weights) {
    context.fillText('no attention between clients so far', GUTTER, 40);
    return;
  }
  const sorted = new Float32Array(count * count);
  order.forEach((owner, row) => {
    order.forEach((other, column) => {
      sorted[row * count + column] = weights[owner * count + other]!;
    });
  });
  drawHeat(context, palette, sorted, [count, count], largestOf(weights), {
    x: GUTTER,
    y: GUTTER,
    width: side,
    height: side,
  });
  const cell = side / count;
  const colours = coloursOf(view);
  order.forEach((owner, at) => {
    const place = trace.about.owners[owner]!;
    const isPresent = isPresentAt(view, place);
    const from = GUTTER + at * cell;
    const mark = (x: number, y: number, width: number, height: number) => {
      context.fillStyle = isPresent ? categoryColour(palette, colours[place]!) : palette.line;
      context.fillRect(x, y, width, height);
    };
    mark(3, from + 0.5, 8, Math.max(1, cell - 1));
    mark(from + 0.5, 3, Math.max(1, cell - 1), 8);
    if (isPresent) return;
    context.fillStyle = palette.paper;
    context.globalAlpha = 0.55;
    context.fillRect(GUTTER, from, side, cell);
    context.globalAlpha = 1;
  });
  context.fillStyle = palette.soft;
  const { round } = view.known.attention!.round;
  const lines = [
    `${grouped(count)} of ${grouped(trace.about.dataset.users)} clients; ↓ listens, → is listened to`,
    `round ${round}; pale 0, darkest ${share(largestOf(weights))}`,
  ];
  lines.forEach((line, at) => {
    context.fillText(line, GUTTER, GUTTER + side + 13 + 14 * at);
  });
}

/** How much of the shown attention stays inside the true group, or the cluster; null without attention. */
function ownGroupShare(view: View): number | null {
  const weights = weightsOf(view);
  if (!weights) return null;
  const { about } = view.trace;
  const count = about.owners.length;
  const groups = about.groups ?? coloursOf(view);
  const group = (owner: number) => groups[about.owners[owner]!];
  let [inside, all] = [0, 0];
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const weight = weights[row * count + column]!;
      all += weight;
      if (group(row) === group(column)) inside += weight;
    }
  }
  return all > 0 ? inside / all : null;
}

/** τ of each head at the refresh that is shown. */
function temperaturesOf({ known, trace }: View): number[] {
  return headTemperatures(trace.about.settings, known.attention?.round.round ?? 0);
}

function explainWeight(view: View, order: readonly number[], [row, column]: readonly [number, number]) {
  const weights = weightsOf(view);
  const [u, v] = [order[row], order[column]];
  if (!weights || u === undefined || v === undefined) return null;
  const { about } = view.trace;
  const count = about.owners.length;
  const name = (owner: number) => about.ids[about.owners[owner]!]!;
  if (u === v) return { formula: 'attention' as const, live: `client ${name(u)} does not listen to itself` };
  const weight = weights[u * count + v]!;
  const cosine = view.known.attention!.refresh.attention!.cosines[u * count + v]!;
  const absent = isPresentAt(view, about.owners[u]!) ? '' : `; ${name(u)} is absent, but remembered`;
  const temperature = temperaturesOf(view)[view.head]!;
  if (weight === 0)
    return {
      formula: 'attention' as const,
      live: `${name(v)} is in no cluster that ${name(u)} looks at: α = 0${absent}`,
    };
  const total = Math.exp(cosine / temperature) / weight;
  return {
    formula: 'attention' as const,
    live: `${name(u)} to ${name(v)}: exp(${short(cosine)} / ${short(temperature)}) / ${short(total)} = ${short(weight)}${absent}`,
  };
}

function explainOwnGroup(view: View) {
  const kind = view.trace.about.groups ? 'true group' : 'cluster';
  const part = ownGroupShare(view);
  return {
    formula: 'attention' as const,
    live:
      part === null
        ? 'no attention yet'
        : `${(100 * part).toFixed(1)} % of the weights shown go to the own ${kind}`,
  };
}

function explainStrongest(view: View) {
  const weights = weightsOf(view);
  if (!weights) return { formula: 'attention' as const, live: 'no attention yet' };
  const count = view.trace.about.owners.length;
  const at = weights.indexOf(Math.max(...weights));
  const [u, v] = [Math.floor(at / count), at % count];
  return explainWeight(view, [u, v], [0, 1]);
}
