// Does it recommend better: the figures of all runs against rounds, and against the megabytes of one client, where a
// cheap recipe is further to the left; with standard errors, and the spread over the followed clients of the chosen run.
import { type MetricName, metrics } from '../../lib/evaluation/metrics.ts';
import type { Trace, TraceRound } from '../../lib/trace/trace.ts';
import { element, select, write } from '../dom.ts';
import { share, short } from '../figures.ts';
import { pairedText } from '../paired.ts';
import { categoryColour } from '../palette.ts';
import { panelTitles } from '../panel-titles.ts';
import { type Axis, drawBand, drawDot, drawLine, frameOf } from '../plot.ts';
import { Sheet } from '../sheet.ts';
import { type Quartiles, quartiles, spreadInWords, spreadText } from '../spread.ts';
import type { SavedTable } from '../take/csv.ts';
import { type Panel, type PanelTools, runInputs, type View } from '../view.ts';

type Point = readonly [round: TraceRound, value: number];

export function qualityPanel({ explainer, choose }: PanelTools): Panel {
  let view: View;
  const overRounds = new Sheet({ label: 'Figures against rounds', height: 180 });
  const overBytes = new Sheet({ label: 'Figures against megabytes', height: 180 });
  const clients = new Sheet({ label: 'Spread over clients', height: 96 });
  const metric = select(
    'Figure',
    metrics.map(({ name, label }) => [name, label] as const),
    (value) => choose({ metric: value as MetricName }),
  );
  const spread = explainer.number('Spread over clients', () => explainSpread(view));
  const legend = element('ul', { class: 'fv-legend' });
  const comparison = element('p', { class: 'fv-facts' });
  const paired = element('p', { class: 'fv-facts' });
  const figures: HTMLButtonElement[] = [];
  let shown = '';
  return {
    name: 'quality',
    title: panelTitles.quality,
    hint: 'On validation items that nobody has trained on. Band: ± standard error; with two runs, of both. Bars: how figures spread over clients.',
    body: [
      element(
        'div',
        { class: 'fv-row' },
        metric.element,
        element('span', { class: 'fv-facts' }, 'spread over clients ', spread),
      ),
      legend,
      comparison,
      paired,
      overRounds.canvas,
      overBytes.canvas,
      clients.canvas,
    ],
    canvases: [overRounds.canvas, overBytes.canvas, clients.canvas],
    measure: () =>
      [overRounds, overBytes, clients].forEach((sheet) => {
        sheet.measure();
      }),
    inputs: evaluationInputs,
    draw(now) {
      view = now;
      const inputs = [...evaluationInputs(now), now.palette];
      const rounds = now.runs.map(({ trace }) =>
        Math.max(trace.about.settings.rounds, trace.rounds.at(-1)?.round ?? 0),
      );
      const axis = { least: 0, most: Math.max(1, ...rounds), label: 'round', format: String };
      overRounds.draw(inputs, () => drawCurves(overRounds, now, axis, ({ round }) => round));
      const bytes = Math.max(...now.runs.map(({ trace }) => trace.rounds.at(-1)?.megabytes ?? 0)) || 1;
      const byteAxis = { least: 0, most: bytes, label: 'MB sent and received by one client' };
      overBytes.draw(inputs, () => drawCurves(overBytes, now, byteAxis, ({ megabytes }) => megabytes));
      clients.draw(inputs, () => drawSpread(clients, now));
    },
    annotate(now) {
      const names = now.runs.map(({ label }) => label).join('\n');
      if (names !== shown) {
        shown = names;
        figures.length = 0;
        legend.replaceChildren(...now.runs.map(({ label }, run) => entry(label, run)));
      }
      now.runs.forEach((_, run) => {
        (legend.children[run] as HTMLElement).style.setProperty('--key', categoryColour(now.palette, run));
        write(figures[run]!, figureText(now, run));
      });
      metric.control.value = now.metric;
      write(comparison, baselineText(now));
      write(paired, pairedText(now));
      paired.hidden = paired.textContent === '';
      write(spread, spreadText(quartilesNow(now)));
      const title = labelOf(now.metric);
      overRounds.describe(
        `${title} against rounds. ${now.runs.map(({ label }, run) => `${label}: ${figureText(now, run)}`).join('; ')}`,
      );
      clients.describe(`${title} of single clients: ${spreadInWords(quartilesNow(now))}`);
      overBytes.describe(`${title} against megabytes sent and received by one client`);
    },
    tables: tablesOf,
    lines: () =>
      [...legend.children, paired].map((item) => item.textContent ?? '').filter((line) => line !== ''),
  };

  function entry(label: string, run: number): HTMLElement {
    const figure = explainer.number(`${label}: figure`, () => explainFigure(view, run));
    figures.push(figure);
    return element(
      'li',
      {},
      element('span', { class: 'fv-key', 'aria-hidden': 'true' }),
      `${label} `,
      figure,
    );
  }
}

/** All that the figures of a moment depend on: the latest evaluation of each run. */
function evaluationInputs(view: View): readonly unknown[] {
  const latest = view.knownOf.map(({ evaluation }) => evaluation?.evaluation);
  return [...runInputs(view), ...latest, view.metric];
}

/** The curves, and what each followed client has. */
function tablesOf(view: View): SavedTable[] {
  const title = labelOf(view.metric);
  const curves = view.runs.flatMap(({ label }, run) =>
    pointsOf(view, run).map(([round, value]) => [
      ...[label, round.round, round.megabytes, value, errorOf(round, view.metric)],
    ]),
  );
  const { about } = view.trace;
  const column = about.metrics.indexOf(view.metric);
  const figures = perClientOf(view);
  const spread = Array.from(about.clients, (_, place) => [
    about.ids[place] ?? place,
    figures[place * about.metrics.length + column] ?? Number.NaN,
  ]);
  return [
    { name: `${title} by round`, header: ['run', 'round', 'MB', title, 'standard error'], rows: curves },
    { name: `${title} of each client`, header: ['client', title], rows: spread },
  ];
}

/** The mean over the followed clients before the first round: what untrained weights give. */
function startOf({ runs, metric }: View, run: number): number {
  const values = columnOf(runs[run]!.trace, runs[run]!.trace.start.perClient, metric);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One metric of all clients that have it, from [N, metrics]. */
function columnOf({ about }: Trace, perClient: Float32Array, metric: MetricName): Float32Array {
  const column = about.metrics.indexOf(metric);
  return perClient.filter((value, at) => at % about.metrics.length === column && !Number.isNaN(value));
}

/** What a round was worth by a metric; nothing where it was not evaluated, or the trace is older than the metric. */
function figureOf({ evaluation }: TraceRound, metric: MetricName): number[] {
  const figure = evaluation?.validation[metric];
  return figure === undefined ? [] : [figure];
}

function errorOf({ evaluation }: TraceRound, metric: MetricName): number {
  return evaluation?.standardErrors[metric] ?? Number.NaN;
}

function labelOf(metric: MetricName): string {
  return metrics.find(({ name }) => name === metric)!.label;
}

/** Points of a run up to the moment on screen. */
function pointsOf(view: View, run: number): Point[] {
  const { trace } = view.runs[run]!;
  const { evaluatedRounds } = view.knownOf[run]!;
  return trace.rounds
    .slice(0, evaluatedRounds)
    .flatMap((round) => figureOf(round, view.metric).map((value) => [round, value] as const));
}

function drawCurves(sheet: Sheet, view: View, horizontal: Axis, at: (round: TraceRound) => number): void {
  const { palette, runs, metric } = view;
  const title = labelOf(metric);
  const everything = runs.flatMap(({ trace }) => trace.rounds.flatMap((round) => figureOf(round, metric)));
  const banded = runs.length === 2 ? [0, 1] : [view.run]; // two can be told apart
  const bands = banded.map((run) => ({ run, points: bandOf(view, run) }));
  const highest = bands.flatMap(({ points }) => points.map(([, , high]) => high));
  const levels = baselinesOf(view).map(({ level }) => level);
  const most = Math.min(1, 1.1 * Math.max(0.1, ...everything, ...levels, ...highest));
  const frame = frameOf(sheet, palette, horizontal, { least: 0, most, label: title, format: share });
  for (const { run, points } of bands) {
    const band = points.map(([round, low, high]) => [at(round), low, high] as const);
    drawBand(frame, band, categoryColour(palette, run));
  }
  drawBaselines(frame, view, horizontal);
  runs.forEach(({ trace }, run) => {
    const colour = categoryColour(palette, run);
    const future = trace.rounds.flatMap((round) =>
      figureOf(round, metric).map((value) => [at(round), value] as const),
    );
    frame.context.globalAlpha = 0.25;
    drawLine(frame, future, colour, 1);
    frame.context.globalAlpha = 1;
    const points = pointsOf(view, run);
    const isFlat = points.length === 1 && points[0]![0].round === 0; // a recipe without rounds: a level to compare with
    const learnt = points.map(([round, value]) => [at(round), value] as const);
    if (isFlat) {
      drawLine(
        frame,
        [horizontal.least, horizontal.most].map((x) => [x, points[0]![1]] as const),
        colour,
        1.5,
      );
    } else if (trace.about.settings.rounds > 0) {
      drawLine(frame, [[0, startOf(view, run)], ...learnt], colour);
    }
    const last = points.at(-1);
    if (last && !isFlat) drawDot(frame, at(last[0]), last[1], colour);
  });
}

/** The levels that any recommender must be held against: guessing and popularity; none in traces of version 1. */
function baselinesOf({ trace, metric }: View): { name: string; level: number }[] {
  const { baselines } = trace.about;
  return (['guessing', 'popularity'] as const).flatMap((name) => {
    const level = baselines?.[name][metric] ?? null;
    return level === null ? [] : [{ name, level }];
  });
}

function baselineText(view: View): string {
  const levels = baselinesOf(view).map(({ name, level }) => `${name} ${share(level)}`);
  return levels.length === 0 ? '' : `To compare with (dashed lines): ${levels.join(', ')}`;
}

function drawBaselines(frame: ReturnType<typeof frameOf>, view: View, { least, most }: Axis): void {
  frame.context.setLineDash([4, 4]);
  for (const { level } of baselinesOf(view)) {
    drawLine(
      frame,
      [least, most].map((x) => [x, level] as const),
      view.palette.ink,
      1,
    );
  }
  frame.context.setLineDash([]);
}

/** The mean ± its standard error over users, at each evaluation up to now. */
function bandOf(view: View, run: number): (readonly [round: TraceRound, low: number, high: number])[] {
  return pointsOf(view, run).flatMap(([round, value]) => {
    const error = errorOf(round, view.metric);
    return Number.isFinite(error) ? [[round, value - error, value + error] as const] : [];
  });
}

/** Figures of the followed clients, as they were measured last. */
function perClientOf({ known, trace }: View): Float32Array {
  return known.evaluation?.evaluation.perClient ?? trace.start.perClient;
}

/** How many of the followed clients have which figure, in twenty bars from 0 to 1. */
function drawSpread(sheet: Sheet, view: View): void {
  const { palette, metric } = view;
  const bins = new Float64Array(20);
  for (const figure of columnOf(view.trace, perClientOf(view), metric)) {
    bins[Math.min(19, Math.floor(20 * figure))]!++;
  }
  const title = labelOf(metric);
  const most = Math.max(1, ...bins);
  const frame = frameOf(
    sheet,
    palette,
    { least: 0, most: 1, label: `${title} of one client`, format: share },
    { least: 0, most, label: 'clients', format: (value) => (Number.isInteger(value) ? String(value) : '') },
  );
  frame.context.fillStyle = categoryColour(palette, view.run);
  bins.forEach((count, bin) => {
    const x = frame.x(bin / 20);
    frame.context.fillRect(
      x + 1,
      frame.y(count),
      frame.x((bin + 1) / 20) - x - 2,
      frame.bottom - frame.y(count),
    );
  });
}

const kept = new WeakMap<Float32Array, Map<MetricName, Quartiles>>();

/** The quartiles over the followed clients; worked out once for each evaluation. */
function quartilesNow(view: View): Quartiles {
  const { trace, metric } = view;
  const perClient = perClientOf(view);
  const known = kept.get(perClient) ?? new Map<MetricName, Quartiles>();
  kept.set(perClient, known);
  const found = known.get(metric) ?? quartiles(columnOf(trace, perClient, metric));
  known.set(metric, found);
  return found;
}

function figureText(view: View, run: number): string {
  const point = pointsOf(view, run).at(-1);
  if (!point) return `${share(startOf(view, run))} untrained`;
  return `${share(point[1])} ± ${share(errorOf(point[0], view.metric))}`;
}

function explainFigure(view: View, run: number) {
  const point = pointsOf(view, run).at(-1);
  const formula = view.metric;
  if (!point) {
    const live = `mean over the followed clients before the first round: ${share(startOf(view, run))}`;
    return { formula, live };
  }
  const { mix, validation } = point[0].evaluation!;
  const others = metrics
    .filter(({ name }) => name !== view.metric)
    .map(({ name, label }) => `${label} ${share(validation[name] ?? Number.NaN)}`);
  const trace = view.runs[run]!.trace;
  const who = `mean over ${trace.about.dataset.users} users in round ${point[0].round}`;
  return {
    formula,
    live: `${who}: ${share(point[1])}, ± its standard error; ${others.join(', ')}; β ${short(mix)}`,
  };
}

function explainSpread(view: View) {
  const isDropped = perClientOf(view).length === 0;
  const live = isDropped ? 'dropped to keep the trace small' : spreadInWords(quartilesNow(view));
  return { formula: view.metric, live };
}
