// Who is similar: clients in two dimensions as the server can see them, coloured by the cluster that K-means gives them,
// shaped by the group they truly belong to. Centroids move with every step of Lloyd's algorithm.
import { adjustedRandIndex } from '../../lib/trace/agreement.ts';
import { element, write } from '../dom.ts';
import { share, short } from '../figures.ts';
import { categoryColour } from '../palette.ts';
import { panelTitles } from '../panel-titles.ts';
import { Sheet } from '../sheet.ts';
import type { SavedTable } from '../take/csv.ts';
import type { Pen } from '../take/pen.ts';
import {
  clientInputs,
  colouringText,
  coloursOf,
  coloursOfClusters,
  focusPlace,
  isPresentAt,
  labelsAt,
  type Panel,
  type PanelTools,
  type View,
} from '../view.ts';

const MARGIN = 14;

export function planePanel({ explainer }: PanelTools): Panel {
  let view: View;
  let pointed = 0;
  const sheet = new Sheet({
    label: 'Clients in two dimensions',
    height: (width) => Math.min(320, Math.max(220, width * 0.8)),
    onPoint: (place) => {
      const near = place && nearest(sheet, view, place);
      if (near === null) return explainer.hide(150);
      pointed = near;
      explainer.show(
        sheet.canvas,
        () => explainClient(view, pointed),
        placeOn(sheet, view, pointed) ?? undefined,
      );
    },
    onArrow: (right, down) => {
      const count = view.trace.about.clients.length;
      pointed = (pointed + right + down + count) % count;
      explainer.point(
        sheet.canvas,
        () => explainClient(view, pointed),
        placeOn(sheet, view, pointed) ?? undefined,
      );
    },
  });
  const inertia = explainer.number('Inertia', () => explainInertia(view));
  const agreement = explainer.number('Agreement with the truth', () => explainAgreement(view));
  const step = element('span');
  const legend = element('span');
  return {
    name: 'plane',
    title: panelTitles.plane,
    hint: 'Near: similar tastes, as the server sees them. Shape: the true taste group, where known. Hollow: absent.',
    body: [
      sheet.canvas,
      element('p', { class: 'fv-facts' }, legend),
      element(
        'p',
        { class: 'fv-facts' },
        step,
        ' inertia ',
        inertia,
        ' · agreement with the truth ',
        agreement,
      ),
    ],
    canvases: [sheet.canvas],
    measure: () => sheet.measure(),
    inputs: (now) => [...clientInputs(now), now.known.sent?.round],
    draw(now) {
      view = now;
      drawPlane(sheet, now);
    },
    annotate(now) {
      const { refresh } = now.known;
      const traced = refresh?.refresh.steps[refresh.step];
      const steps = refresh?.refresh.steps.length ?? 0;
      write(legend, colouringText(now));
      write(
        step,
        traced
          ? `K-means of round ${refresh!.round.round}, step ${refresh!.step + 1} of ${steps} ·`
          : 'no clusters yet ·',
      );
      write(inertia, refresh ? short(traced?.inertia ?? refresh.refresh.inertia) : '–');
      write(
        agreement,
        refresh && refresh.refresh.clusters > 1 && now.trace.about.groups ? share(agreementOf(now)) : '–',
      );
      sheet.describe(
        `${now.trace.about.clients.length} clients; ${step.textContent} inertia ${inertia.textContent}, agreement ${agreement.textContent}`,
      );
    },
    tables: tablesOf,
    lines: () => [
      `${legend.textContent} ${step.textContent} inertia ${inertia.textContent}, agreement ${agreement.textContent}`,
    ],
  };
}

/** Where clients and centroids stand. */
function tablesOf(view: View): SavedTable[] {
  const { about } = view.trace;
  const plane = view.known.sent?.details.plane;
  const labels = labelsAt(view);
  const clients = Array.from(about.clients, (_, place) => [
    about.ids[place] ?? place,
    plane?.[2 * place] ?? Number.NaN,
    plane?.[2 * place + 1] ?? Number.NaN,
    (labels[place] ?? -1) >= 0 ? labels[place]! + 1 : '',
    about.groups ? about.groups[place]! + 1 : '',
    isPresentAt(view, place) ? 'yes' : 'no',
  ]);
  const { refresh } = view.known;
  const centroids = refresh?.refresh.steps[refresh.step]?.centroids ?? new Float32Array(0);
  const rows = Array.from({ length: centroids.length / 2 }, (_, at) => [
    at + 1,
    centroids[2 * at]!,
    centroids[2 * at + 1]!,
  ]);
  return [
    { name: 'clients', header: ['client', 'x', 'y', 'cluster', 'true group', 'present'], rows: clients },
    ...(rows.length > 0 ? [{ name: 'centroids', header: ['cluster', 'x', 'y'], rows }] : []),
  ];
}

function agreementOf(view: View): number {
  return adjustedRandIndex(labelsAt(view), view.trace.about.groups!);
}

/** The square that all rounds of the trace fit in, so that points move and the paper does not. */
function reachOf(view: View): number {
  const { sent } = view.known;
  if (!sent) return 1;
  let reach = 0;
  for (const value of sent.details.plane) reach = Math.max(reach, Math.abs(value));
  return Math.max(0.3, Math.ceil(reach * 5) / 5);
}

function scaleOf(sheet: Sheet, reach: number) {
  const size = Math.min(sheet.width, sheet.height) / 2 - MARGIN;
  const stretch = Math.min(1.5, (sheet.width / 2 - MARGIN) / size);
  return {
    x: (value: number) => sheet.width / 2 + (value / reach) * size * stretch,
    y: (value: number) => sheet.height / 2 - (value / reach) * size,
  };
}

function placeOn(sheet: Sheet, view: View, client: number): { x: number; y: number } | null {
  const plane = view.known.sent?.details.plane;
  if (!plane) return null;
  const { x, y } = scaleOf(sheet, reachOf(view));
  return { x: x(plane[2 * client]!), y: y(plane[2 * client + 1]!) };
}

function nearest(sheet: Sheet, view: View, { x, y }: { x: number; y: number }): number | null {
  let best: number | null = null;
  let least = 18 ** 2;
  view.trace.about.clients.forEach((_, client) => {
    const place = placeOn(sheet, view, client);
    const distance = place ? (place.x - x) ** 2 + (place.y - y) ** 2 : Infinity;
    if (distance < least) [best, least] = [client, distance];
  });
  return best;
}

function drawPlane(sheet: Sheet, view: View): void {
  const context = sheet.begin();
  const { palette, trace, known } = view;
  const plane = known.sent?.details.plane;
  if (!plane) {
    context.fillStyle = palette.soft;
    context.textAlign = 'center';
    context.fillText('nobody has sent anything yet', sheet.width / 2, sheet.height / 2);
    return;
  }
  const { x, y } = scaleOf(sheet, reachOf(view));
  const size = trace.about.clients.length > 200 ? 3.2 : 4.2;
  const focus = focusPlace(view);
  const colours = coloursOf(view);
  trace.about.clients.forEach((_, client) => {
    const [atX, atY] = [x(plane[2 * client]!), y(plane[2 * client + 1]!)];
    const colour = categoryColour(palette, colours[client]!);
    shape(context, trace.about.groups?.[client] ?? 0, atX, atY, size);
    if (isPresentAt(view, client)) {
      context.fillStyle = colour;
      context.fill();
    } else {
      context.strokeStyle = colour;
      context.stroke();
    }
    if (client !== focus) return;
    context.strokeStyle = palette.ink;
    context.beginPath();
    context.arc(atX, atY, size + 4, 0, 2 * Math.PI);
    context.stroke();
  });
  drawCentroids(context, view, x, y);
}

/** One shape per true group: circle, square, triangle, diamond. */
function shape(context: Pen, group: number, x: number, y: number, size: number): void {
  context.beginPath();
  const kind = group % 4;
  if (kind === 0) context.arc(x, y, size, 0, 2 * Math.PI);
  else if (kind === 1) context.rect(x - size, y - size, 2 * size, 2 * size);
  else {
    const corners = kind === 2 ? [-90, 30, 150] : [0, 90, 180, 270];
    corners.forEach((degrees, at) => {
      const angle = (degrees * Math.PI) / 180;
      const [cornerX, cornerY] = [x + 1.35 * size * Math.cos(angle), y + 1.35 * size * Math.sin(angle)];
      if (at === 0) context.moveTo(cornerX, cornerY);
      else context.lineTo(cornerX, cornerY);
    });
    context.closePath();
  }
}

/** Crosses, with the way each has come since the step before. */
function drawCentroids(
  context: Pen,
  view: View,
  x: (value: number) => number,
  y: (value: number) => number,
): void {
  const { palette, known } = view;
  const { refresh } = known;
  const step = refresh?.refresh.steps[refresh.step];
  const isOfThisRound = refresh?.round === known.sent?.round;
  if (!refresh || !step || !isOfThisRound) return; // the plane has turned since
  const before = refresh.refresh.steps[refresh.step - 1]?.centroids;
  const colours = coloursOfClusters(view);
  for (let cluster = 0; cluster < step.centroids.length / 2; cluster++) {
    const [atX, atY] = [x(step.centroids[2 * cluster]!), y(step.centroids[2 * cluster + 1]!)];
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    if (before) {
      context.beginPath();
      context.moveTo(x(before[2 * cluster]!), y(before[2 * cluster + 1]!));
      context.lineTo(atX, atY);
      context.stroke();
    }
    context.fillStyle = categoryColour(palette, colours[cluster]!);
    context.lineWidth = 2;
    context.beginPath();
    for (let corner = 0; corner < 12; corner++) {
      const along = [-8, -2.5, -2.5, 2.5, 2.5, 8, 8, 2.5, 2.5, -2.5, -2.5, -8];
      const across = [-2.5, -2.5, -8, -8, -2.5, -2.5, 2.5, 2.5, 8, 8, 2.5, 2.5];
      context.lineTo(atX + along[corner]!, atY + across[corner]!);
    }
    context.closePath();
    context.fill();
    context.stroke();
  }
  context.lineWidth = 1;
}

function explainClient(view: View, client: number) {
  const { about } = view.trace;
  const plane = view.known.sent?.details.plane;
  const cluster = labelsAt(view)[client];
  const parts = [`client ${about.ids[client]}`];
  if (plane) parts.push(`at (${short(plane[2 * client]!)}, ${short(plane[2 * client + 1]!)})`);
  if (cluster !== undefined && cluster >= 0) parts.push(`cluster ${cluster + 1}`);
  if (about.groups) parts.push(`true group ${about.groups[client]! + 1}`);
  if (!isPresentAt(view, client)) parts.push('absent');
  return { formula: 'plane' as const, live: parts.join(', ') };
}

function explainInertia({ known }: View) {
  const { refresh } = known;
  if (!refresh) return { formula: 'inertia' as const, live: 'K-means has not run yet' };
  const step = refresh.refresh.steps[refresh.step];
  const moved = step ? `; ${step.moved} clients changed their cluster` : '';
  return {
    formula: 'inertia' as const,
    live: `${refresh.refresh.clusters} clusters: ${short(step?.inertia ?? refresh.refresh.inertia)}${moved}`,
  };
}

function explainAgreement(view: View) {
  if (!view.trace.about.groups)
    return { formula: 'agreement' as const, live: 'nobody knows the true groups of these data' };
  if (!view.known.refresh) return { formula: 'agreement' as const, live: 'no clusters yet' };
  return {
    formula: 'agreement' as const,
    live: `${share(agreementOf(view))} over ${view.trace.about.clients.length} followed clients`,
  };
}
