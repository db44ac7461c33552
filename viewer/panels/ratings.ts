// Who holds what: a row of dots for each client, and nobody sees more than its own row. Absent clients are grey.

import type { Trace } from '../../lib/trace/trace.ts';
import { element, write } from '../dom.ts';
import { grouped } from '../figures.ts';
import { categoryColour } from '../palette.ts';
import { panelTitles } from '../panel-titles.ts';
import { Sheet } from '../sheet.ts';
import type { SavedTable } from '../take/csv.ts';
import {
  clientInputs,
  coloursOf,
  focusPlace,
  isPresentAt,
  looksOf,
  type Panel,
  type PanelTools,
  type View,
} from '../view.ts';

const TOP = 4;
const BOTTOM = 18;
const LEFT = 12;

export function ratingsPanel({ explainer, choose }: PanelTools): Panel {
  let view: View;
  let order: OwnerOrder | null = null;
  let pointed = 0;
  const sheet = new Sheet({
    label: 'Ratings by owner',
    height: (width) => (width < 420 ? 200 : 240),
    onPoint: (place) => (place ? point(rowAt(place.y), place) : explainer.hide(200)),
    onClick: ({ y }) => pick(rowAt(y)),
    onArrow: (right, down) => {
      pointed = clamp(pointed + down + right);
      point(pointed, { x: LEFT, y: TOP + ((pointed + 1) * rowsHeight()) / order!.owners.length }, true);
      pick(pointed);
    },
  });
  const presence = explainer.number('Clients that are present', () => explainPresence(view));
  const sample = explainer.number('Sample of the client in focus', () => explainSample(view));
  const rowsHeight = () => sheet.height - TOP - BOTTOM;
  const clamp = (row: number) => Math.max(0, Math.min((order?.owners.length ?? 1) - 1, row));
  const rowAt = (y: number) => clamp(Math.floor(((y - TOP) / rowsHeight()) * (order?.owners.length ?? 1)));
  const ownerAt = (row: number) => order!.owners[row]!;
  const point = (row: number, place: { x: number; y: number }, isAsked = false) => {
    pointed = row;
    const explain = () => explainOwner(view, ownerAt(pointed));
    if (isAsked) explainer.point(sheet.canvas, explain, place);
    else explainer.show(sheet.canvas, explain, place);
  };
  const pick = (row: number) => {
    const focus = view.trace.about.focus.indexOf(view.trace.about.owners[ownerAt(row)]!);
    if (focus >= 0) choose({ focus });
  };
  return {
    name: 'ratings',
    title: panelTitles.ratings,
    hint: 'One row per client, one dot per rating. Rows never leave their device; grey rows are absent in this round.',
    body: [
      sheet.canvas,
      element(
        'p',
        { class: 'fv-facts' },
        'Present: ',
        presence,
        ' · sample of the client in focus: ',
        sample,
      ),
    ],
    canvases: [sheet.canvas],
    measure: () => sheet.measure(),
    inputs: clientInputs,
    draw(now) {
      view = now;
      if (order?.trace !== now.trace.start) order = orderOf(now.trace);
      const looks = looksOf(now, now.trace.about.owners);
      sheet.draw([order, now.palette, now.focus, looks], () => drawRows(sheet, now, order!));
    },
    annotate(now) {
      const { losses } = now.known.details?.details ?? {};
      const there = losses
        ? losses.filter((loss) => !Number.isNaN(loss)).length
        : now.trace.about.clients.length;
      const { clients, dataset } = now.trace.about;
      const of = clients.length < dataset.users ? ' followed' : '';
      write(presence, `${there} of ${clients.length}${of}`);
      write(sample, sampleText(now));
      sheet.describe(
        `Ratings of ${order!.owners.length} clients; ${there} of ${now.trace.about.clients.length} followed clients are present.`,
      );
    },
    tables: tablesOf,
    lines: () => [`present: ${presence.textContent}`],
  };
}

/** One row for each dot. */
function tablesOf(view: View): SavedTable[] {
  const { about, start } = view.trace;
  const rows = [...about.owners.keys()].flatMap((owner) => {
    const place = about.owners[owner]!;
    const items = start.ratingItems.subarray(start.ratingOffsets[owner], start.ratingOffsets[owner + 1]);
    const isPresent = isPresentAt(view, place) ? 'yes' : 'no';
    return Array.from(items, (item) => [about.ids[place] ?? place, about.items[item] ?? item, isPresent]);
  });
  return [{ name: 'ratings of the clients shown', header: ['client', 'item', 'client is present'], rows }];
}

/** In which order rows and columns stand; depends on the trace alone. */
interface OwnerOrder {
  readonly trace: Trace['start'];
  /** Owners (places in `about.owners`), those of a true group together. */
  readonly owners: readonly number[];
  /** Column of each item. */
  readonly column: Uint32Array;
  readonly columns: number;
  /** Where a group of items begins. */
  readonly borders: readonly number[];
}

function orderOf({ about, start }: Trace): OwnerOrder {
  const owners = [...about.owners.keys()];
  const groupOf = (owner: number) => about.groups?.[about.owners[owner]!] ?? 0;
  owners.sort((a, b) => groupOf(a) - groupOf(b) || a - b);
  const counts = new Uint32Array(about.dataset.items);
  for (const item of start.ratingItems) counts[item]!++;
  const items = [...counts.keys()];
  const groups = start.itemGroups;
  items.sort((a, b) => (groups[a] ?? 0) - (groups[b] ?? 0) || counts[b]! - counts[a]! || a - b);
  const column = new Uint32Array(items.length);
  const borders: number[] = [];
  items.forEach((item, at) => {
    column[item] = at;
    if (at > 0 && groups[item] !== groups[items[at - 1]!]) borders.push(at);
  });
  return { trace: start, owners, column, columns: items.length, borders };
}

function drawRows(sheet: Sheet, view: View, { owners, column, columns, borders }: OwnerOrder): void {
  const context = sheet.begin();
  const { palette, trace } = view;
  const width = sheet.width - LEFT;
  const height = (sheet.height - TOP - BOTTOM) / owners.length;
  const dot = Math.max(1.5, Math.min(4, width / columns + 0.8));
  context.fillStyle = palette.wash;
  context.fillRect(LEFT, TOP, width, sheet.height - TOP - BOTTOM);
  const { ratingOffsets, ratingItems } = trace.start;
  const focus = focusPlace(view);
  const colours = coloursOf(view);
  owners.forEach((owner, row) => {
    const place = trace.about.owners[owner]!;
    const y = TOP + row * height;
    const isPresent = isPresentAt(view, place);
    context.fillStyle = isPresent ? categoryColour(palette, colours[place]!) : palette.soft;
    context.globalAlpha = isPresent ? 1 : 0.28;
    for (let at = ratingOffsets[owner]!; at < ratingOffsets[owner + 1]!; at++) {
      context.fillRect(
        LEFT + (column[ratingItems[at]!]! / columns) * width,
        y + 0.5,
        dot,
        Math.max(1, height - 1),
      );
    }
    context.globalAlpha = 1;
    if (place !== focus) return;
    context.strokeStyle = palette.ink;
    context.strokeRect(LEFT + 0.5, y - 0.5, width - 1, height + 1);
    context.fillStyle = palette.ink;
    context.beginPath();
    context.moveTo(2, y + height / 2 - 5);
    context.lineTo(LEFT - 2, y + height / 2);
    context.lineTo(2, y + height / 2 + 5);
    context.fill();
  });
  context.strokeStyle = palette.line;
  context.beginPath();
  for (const border of borders) {
    const x = Math.round(LEFT + (border / columns) * width) + 0.5;
    context.moveTo(x, TOP);
    context.lineTo(x, sheet.height - BOTTOM);
  }
  context.stroke();
  context.fillStyle = palette.soft;
  context.textAlign = 'left';
  const kind =
    borders.length > 0 ? 'items by true taste group, popular ones first' : 'items, popular ones first';
  context.fillText(kind, LEFT, sheet.height - 5);
}

function sampleText(view: View): string {
  const place = focusPlace(view);
  const owner = view.trace.about.owners.indexOf(place);
  if (owner < 0) return '–';
  const positives = ratingsOf(view.trace, owner);
  const { negatives } = view.trace.about.settings;
  return `${grouped(positives)} + ${grouped(positives * negatives)}`;
}

function ratingsOf({ start }: Trace, owner: number): number {
  return start.ratingOffsets[owner + 1]! - start.ratingOffsets[owner]!;
}

function explainPresence(view: View) {
  const { dropout, silentShare } = view.trace.about.settings;
  const silent = silentShare > 0 ? `; ${silentShare} of all fall silent for good` : '';
  return {
    formula: 'presence' as const,
    live: `round ${view.known.details?.round.round ?? 0}, dropout ${dropout}${silent}`,
  };
}

function explainSample(view: View) {
  const id = view.trace.about.ids[focusPlace(view)];
  return {
    formula: 'sample' as const,
    live: `client ${id}: ${sampleText(view)} (${view.trace.about.settings.negatives} negatives per positive)`,
  };
}

function explainOwner(view: View, owner: number) {
  const { about } = view.trace;
  const place = about.owners[owner]!;
  const group = about.groups ? `, true group ${about.groups[place]! + 1}` : '';
  const presence = isPresentAt(view, place) ? 'takes part' : 'is absent';
  const ratings = ratingsOf(view.trace, owner);
  return {
    formula: 'presence' as const,
    live: `client ${about.ids[place]} ${presence}: ${ratings} ratings${group}`,
  };
}
