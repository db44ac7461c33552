// One client at home: its loss, and its update as a product of two thin matrices. A slider cuts updates to a rank: one
// client's loses nothing at rank 1; the server's step, a sum over all clients, needs more.
import type { TracedStep, TracedUpdate } from '../../lib/trace/trace.ts';
import { element, select, write } from '../dom.ts';
import { bytesText, short } from '../figures.ts';
import { type Box, drawHeat, largestOf } from '../heat.ts';
import type { Palette } from '../palette.ts';
import { panelTitles } from '../panel-titles.ts';
import { drawDot, drawLine, frameOf } from '../plot.ts';
import { Sheet } from '../sheet.ts';
import type { SavedTable } from '../take/csv.ts';
import type { Pen } from '../take/pen.ts';
import { focusPlace, type Panel, type PanelTools, type View } from '../view.ts';

export function clientPanel({ explainer, choose }: PanelTools): Panel {
  let view: View;
  const losses = new Sheet({ label: 'Loss of the client in focus', height: 110 });
  const matrices = new Sheet({ label: 'The update as a product', height: 190 });
  const errors = new Sheet({ label: 'Error against rank', height: 130 });
  const who = select('Client', [], (value) => choose({ focus: Number(value) }));
  const slider = element('input', {
    type: 'range',
    min: 0,
    max: 1,
    step: 1,
    'aria-label': 'Rank at which updates are shown',
  });
  slider.addEventListener('input', () => choose({ rank: Number(slider.value) }));
  const rankText = element('output', { class: 'fv-strong' });
  const loss = explainer.number('Loss of this client', () => explainLoss(view));
  const bytes = explainer.number('Bytes of its update', () => explainUpdate(view));
  const ownError = explainer.number('Left out of the client’s update', () => explainError(view, 'client'));
  const stepError = explainer.number('Left out of the server’s step', () => explainError(view, 'server'));
  let options = '';
  return {
    name: 'client',
    title: panelTitles.client,
    hint: 'Its update ΔQ = B·A is exactly of rank one. The sum over all clients is not: move the slider.',
    body: [
      element(
        'div',
        { class: 'fv-row' },
        who.element,
        element('span', { class: 'fv-facts' }, 'loss ', loss, ' · sends ', bytes),
      ),
      losses.canvas,
      matrices.canvas,
      element('label', { class: 'fv-field fv-wide' }, element('span', {}, 'Rank ', rankText), slider),
      element(
        'p',
        { class: 'fv-facts' },
        'Left out at this rank: client ',
        ownError,
        ' · server’s step ',
        stepError,
      ),
      errors.canvas,
    ],
    canvases: [losses.canvas, matrices.canvas, errors.canvas],
    measure: () =>
      [losses, matrices, errors].forEach((sheet) => {
        sheet.measure();
      }),
    inputs: (now) => [...lossInputs(now), ...updateInputs(now)],
    draw(now) {
      view = now;
      const update = updateOf(now);
      const step = now.known.merged?.details.step ?? null;
      losses.draw([...lossInputs(now), now.palette], () => drawLosses(losses, now));
      const inputs = [...updateInputs(now), now.palette];
      matrices.draw(inputs, () => drawMatrices(matrices, now, update, step));
      errors.draw(inputs, () => drawErrors(errors, now, update, step));
    },
    annotate(now) {
      const { about } = now.trace;
      const names = about.focus.map((place) => about.ids[place]).join();
      if (names !== options) {
        options = names;
        const choices = about.focus.map((place, at) =>
          element('option', { value: at }, about.ids[place] ?? ''),
        );
        who.control.replaceChildren(...choices);
      }
      who.control.value = String(now.focus);
      slider.max = String(Math.max(1, about.dims));
      slider.value = String(now.rank);
      write(rankText, String(now.rank));
      const update = updateOf(now);
      const step = now.known.merged?.details.step ?? null;
      write(loss, short(lossOf(now)));
      write(bytes, update ? bytesText(update.bytes) : 'nothing');
      write(ownError, update ? percent(errorAt(update.spectrum, now.rank)) : '–');
      write(stepError, step ? percent(errorAt(step.spectrum, now.rank)) : '–');
      losses.describe(`Loss of client ${about.ids[focusPlace(now)]}: ${short(lossOf(now))}`);
      matrices.describe(
        update
          ? `ΔQ of ${update.totalRows} rows, shown at rank ${now.rank}`
          : 'No update: absent, or nothing sent yet',
      );
      errors.describe(
        `Error at rank ${now.rank}: client ${ownError.textContent}, server's step ${stepError.textContent}`,
      );
    },
    tables: tablesOf,
    lines: () => [`loss ${loss.textContent}, sends ${bytes.textContent}, rank ${rankText.textContent}`],
  };
}

/** What the loss so far depends on. */
function lossInputs({ trace, known, focus }: View): readonly unknown[] {
  return [trace.about, trace.rounds.length, known.trainedRounds, known.details?.round, focus];
}

/** What the update and the server's step depend on. */
function updateInputs({ trace, known, focus, rank }: View): readonly unknown[] {
  return [trace.about, known.sent?.round, known.merged?.round, focus, rank];
}

/** What the three charts show, and both factors of the update. */
function tablesOf(view: View): SavedTable[] {
  const { trace, known } = view;
  const place = focusPlace(view);
  const client = trace.about.ids[place] ?? String(place);
  const update = updateOf(view);
  const step = known.merged?.details.step ?? null;
  const losses = trace.rounds
    .slice(0, known.trainedRounds)
    .map((round) => [round.round, round.details?.losses[place] ?? Number.NaN, round.loss]);
  const errors = Array.from({ length: trace.about.dims + 1 }, (_, rank) => [
    rank,
    update ? errorAt(update.spectrum, rank) : Number.NaN,
    step ? errorAt(step.spectrum, rank) : Number.NaN,
  ]);
  const tables = [
    { name: `loss of client ${client}`, header: ['round', 'loss', 'mean loss of all'], rows: losses },
    {
      name: 'left out at each rank',
      header: ['rank', `client ${client}`, 'step of the server'],
      rows: errors,
    },
  ];
  if (!update) return tables;
  const { rows, left, right, rank } = update;
  const ranks = Array.from({ length: rank }, (_, r) => r);
  const b = Array.from(rows, (item, row) => [
    trace.about.items[item] ?? item,
    ...ranks.map((r) => left[row * rank + r]!),
  ]);
  const columns = right.length / rank;
  const a = ranks.map((r) => [...right.subarray(r * columns, (r + 1) * columns)]);
  return [
    ...tables,
    { name: 'B, a row for each item', header: ['item', ...ranks.map((r) => `b${r + 1}`)], rows: b },
    { name: 'A', header: Array.from({ length: columns }, (_, k) => `a${k + 1}`), rows: a },
  ];
}

function lossOf(view: View): number {
  return view.known.details?.details.losses[focusPlace(view)] ?? Number.NaN;
}

function updateOf(view: View): TracedUpdate | null {
  const place = focusPlace(view);
  return view.known.sent?.details.updates.find((update) => update.place === place) ?? null;
}

/** √(Σ_{k>r} σ² / Σ σ²) */
export function errorAt(spectrum: ArrayLike<number>, rank: number): number {
  let all = 0;
  let left = 0;
  for (let k = 0; k < spectrum.length; k++) {
    all += spectrum[k]! ** 2;
    if (k >= rank) left += spectrum[k]! ** 2;
  }
  const error = all > 0 ? Math.sqrt(left / all) : 0;
  return error < 1e-6 ? 0 : error; // what float32 cannot tell from nothing
}

function percent(value: number): string {
  return value === 0 ? '0 %' : `${short(100 * value)} %`;
}

function drawLosses(sheet: Sheet, view: View): void {
  const { palette, trace, known } = view;
  const place = focusPlace(view);
  const rounds = trace.rounds.slice(0, known.trainedRounds);
  const all = trace.rounds.filter(({ trained }) => trained > 0);
  const own = (round: (typeof rounds)[number]) => round.details?.losses[place] ?? Number.NaN;
  const highest = all.reduce((most, round) => Math.max(most, round.loss || 0, own(round) || 0), 0.1);
  const last = all.at(-1)?.round ?? 1;
  const frame = frameOf(
    sheet,
    palette,
    { least: 0, most: Math.max(trace.about.settings.rounds, last), label: 'round', format: String },
    { least: 0, most: highest, label: 'loss: this client, and the mean of all (dashed)' },
  );
  frame.context.setLineDash([5, 4]);
  drawLine(
    frame,
    rounds.map((round) => [round.round, round.loss]),
    palette.soft,
    1.5,
  );
  frame.context.setLineDash([]);
  const points = rounds
    .filter(({ details }) => details !== null)
    .map((round) => [round.round, own(round)] as const);
  drawLine(
    frame,
    points.filter(([, value]) => Number.isFinite(value)),
    palette.accent,
  );
  const now = known.details;
  if (now) drawDot(frame, now.round.round, own(now.round), palette.accent);
}

function drawMatrices(sheet: Sheet, view: View, update: TracedUpdate | null, step: TracedStep | null): void {
  const context = sheet.begin();
  const { palette, rank } = view;
  context.fillStyle = palette.soft;
  context.textAlign = 'left';
  const half = sheet.width / 2;
  const top = 46;
  const height = sheet.height - top - 20;
  if (update) {
    const columns = update.right.length / update.rank;
    const product = productOf(update, Math.min(rank, update.rank));
    const strip = Math.min(14, 6 * update.rank + 4);
    const box: Box = { x: strip + 12, y: top, width: half - strip - 30, height };
    drawHeat(context, palette, update.left, [update.rows.length, update.rank], largestOf(update.left), {
      ...box,
      x: 4,
      width: strip,
    });
    drawHeat(context, palette, update.right, [update.rank, columns], largestOf(update.right), {
      ...box,
      y: top - strip - 6,
      height: strip,
    });
    drawHeat(
      context,
      palette,
      product,
      [update.rows.length, columns],
      largestOf(productOf(update, update.rank)),
      box,
    );
    caption(context, palette, [
      ['B', 5, top - 5],
      ['A = [p, 1]', box.x, top - strip - 10],
      [
        `ΔQ of round ${view.known.sent!.round.round}: ${update.rows.length} of ${update.totalRows} rows`,
        4,
        sheet.height - 5,
      ],
    ]);
  } else {
    caption(context, palette, [
      [view.known.sent ? `absent in round ${view.known.sent.round.round}` : 'nothing sent yet', 4, top + 14],
    ]);
  }
  if (!step) return;
  const dims = Math.sqrt(step.right.length);
  const box: Box = { x: half + 8, y: top, width: half - 14, height };
  drawHeat(context, palette, stepAt(step, dims, rank), [step.rows.length, dims], largestOf(step.values), box);
  caption(context, palette, [
    [`the server’s step of round ${view.known.merged!.round.round},`, box.x, top - 20],
    [`${step.rows.length} of its rows, at rank ${rank}`, box.x, top - 6],
  ]);
}

function caption(context: Pen, palette: Palette, texts: readonly (readonly [string, number, number])[]) {
  context.fillStyle = palette.soft;
  context.textAlign = 'left';
  for (const [text, x, y] of texts) context.fillText(text, x, y);
}

/** B A with the first `rank` columns of B, [rows, columns]. */
function productOf({ rows, left, right, rank: full }: TracedUpdate, rank: number): Float32Array {
  const columns = right.length / full;
  const product = new Float32Array(rows.length * columns);
  for (let row = 0; row < rows.length; row++) {
    for (let r = 0; r < rank; r++) {
      const weight = left[row * full + r]!;
      for (let k = 0; k < columns; k++) product[row * columns + k]! += weight * right[r * columns + k]!;
    }
  }
  return product;
}

/** The best rank-r rows of the step: values · V_r V_rᵀ. */
function stepAt({ values, right }: TracedStep, dims: number, rank: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += dims) {
    for (let r = 0; r < Math.min(rank, dims); r++) {
      let overlap = 0;
      for (let k = 0; k < dims; k++) overlap += values[start + k]! * right[r * dims + k]!;
      for (let k = 0; k < dims; k++) rows[start + k]! += overlap * right[r * dims + k]!;
    }
  }
  return rows;
}

function drawErrors(sheet: Sheet, view: View, update: TracedUpdate | null, step: TracedStep | null): void {
  const { palette, trace, rank } = view;
  const most = Math.max(1, trace.about.dims);
  const frame = frameOf(
    sheet,
    palette,
    { least: 0, most, label: 'rank', format: String },
    {
      least: 0,
      most: 1,
      label: 'left out: client (blue), server’s step (orange)',
      format: (value) => `${Math.round(100 * value)} %`,
    },
  );
  const line = (spectrum: Float32Array, colour: string) => {
    const points = Array.from({ length: most + 1 }, (_, r) => [r, errorAt(spectrum, r)] as const);
    drawLine(frame, points, colour);
    drawDot(frame, rank, errorAt(spectrum, rank), colour, 5);
  };
  if (step) line(step.spectrum, palette.categories[1]!);
  if (update) line(update.spectrum, palette.categories[0]!);
  const sent = trace.about.settings.rank;
  frame.context.setLineDash([3, 3]);
  frame.context.strokeStyle = palette.soft;
  frame.context.beginPath();
  frame.context.moveTo(frame.x(sent), frame.top);
  frame.context.lineTo(frame.x(sent), frame.bottom);
  frame.context.stroke();
  frame.context.fillStyle = palette.soft;
  frame.context.textAlign = 'left';
  if (step) frame.context.fillText(`sent at rank ${sent}`, frame.x(sent) + 4, frame.top + 8);
}

function explainLoss(view: View) {
  const place = focusPlace(view);
  const { known, trace } = view;
  const mean = known.details ? `; mean of all clients ${short(known.details.round.loss)}` : '';
  return {
    formula: 'loss' as const,
    live: `ℓ of client ${trace.about.ids[place]} = ${short(lossOf(view))}${mean}`,
  };
}

function explainUpdate(view: View) {
  const update = updateOf(view);
  if (!update) return { formula: 'update' as const, live: 'absent, or nothing sent yet' };
  const [b, a] = [update.left[0]!, update.right[0]!];
  const size = `${update.totalRows} rows: ${bytesText(update.bytes)}; as whole rows ${bytesText(update.fullBytes)}`;
  return {
    formula: 'update' as const,
    live: `${size}. First entry: ${short(b)} · ${short(a)} = ${short(b * a)}`,
  };
}

function explainError(view: View, whose: 'client' | 'server') {
  const spectrum = whose === 'client' ? updateOf(view)?.spectrum : view.known.merged?.details.step?.spectrum;
  if (!spectrum) return { formula: 'rankError' as const, live: 'nothing to cut yet' };
  const values = Array.from(spectrum.subarray(0, 4), short).join(', ');
  return {
    formula: 'rankError' as const,
    live: `σ = ${values}${spectrum.length > 4 ? ', …' : ''}; error(${view.rank}) = ${percent(errorAt(spectrum, view.rank))}`,
  };
}
