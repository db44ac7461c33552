// What travels: bytes of the encoded messages of one client in one round, as factors and as whole rows.
import type { TraceRound } from '../../lib/trace/trace.ts';
import { element, write } from '../dom.ts';
import { bytesText, timesText } from '../figures.ts';
import { categoryColour } from '../palette.ts';
import { panelTitles } from '../panel-titles.ts';
import { Sheet } from '../sheet.ts';
import type { SavedTable } from '../take/csv.ts';
import { type Panel, type PanelTools, runInputs, type View } from '../view.ts';
import { plural } from '../words.ts';

interface Bar {
  readonly label: string;
  readonly bytes: number;
  readonly full: number;
  readonly run: number;
}

export function bytesPanel({ explainer }: PanelTools): Panel {
  let view: View;
  const sheet = new Sheet({ label: 'Bytes up and down', height: 110 });
  const up = explainer.number('Bytes up', () => explain(view, 'up'));
  const down = explainer.number('Bytes down', () => explain(view, 'down'));
  const personal = explainer.number('Bytes of the personal part', () => explain(view, 'personal'));
  const total = element('strong');
  return {
    name: 'bytes',
    title: panelTitles.bytes,
    hint: 'Bytes of one client in one round. Filled: sent. Outlined: the same as whole rows, without factors.',
    body: [
      sheet.canvas,
      element('p', { class: 'fv-facts' }, 'up ', up, ' · down ', down, ' · personal part ', personal),
      element('p', { class: 'fv-facts' }, 'One client so far: ', total),
    ],
    canvases: [sheet.canvas],
    measure: () => sheet.measure(),
    inputs: (now) => [...sentInputs(now), now.known.evaluatedRounds, now.known.attention?.refresh],
    draw(now) {
      view = now;
      sheet.draw([...sentInputs(now), now.palette], () => drawBars(sheet, now));
    },
    annotate(now) {
      const [sent, merged] = [latest(now, now.run, 'sentRounds'), latest(now, now.run, 'mergedRounds')];
      write(up, sent ? bytesText(sent.bytesUp) : '–');
      write(down, merged ? bytesText(merged.bytesDown) : '–');
      const { attention } = now.known;
      write(personal, attention ? bytesText(attention.refresh.bytesDown) : '–');
      const done = now.trace.rounds[now.known.evaluatedRounds - 1];
      write(
        total,
        done ? `${bytesText(1e6 * done.megabytes)} after ${plural(done.round, 'round')}` : 'nothing',
      );
      const whole = (bytes: number) => `as whole rows ${bytesText(bytes)}`;
      const said = [
        ...(sent ? [`Up ${bytesText(sent.bytesUp)}, ${whole(sent.fullBytesUp)}`] : []),
        ...(merged ? [`down ${bytesText(merged.bytesDown)}, ${whole(now.trace.about.fullBytesDown)}`] : []),
      ];
      sheet.describe(said.join('; ') || 'Nothing has been sent yet');
    },
    tables: tablesOf,
    lines: () => [`up ${up.textContent}, down ${down.textContent}, so far ${total.textContent}`],
  };
}

/** What the bars depend on. */
function sentInputs(view: View): readonly unknown[] {
  return [
    ...runInputs(view),
    ...view.knownOf.flatMap(({ sentRounds, mergedRounds }) => [sentRounds, mergedRounds]),
  ];
}

/** Every round so far, of all runs. */
function tablesOf(view: View): SavedTable[] {
  const rows = view.runs.flatMap(({ label, trace }, run) =>
    trace.rounds.slice(0, view.knownOf[run]!.sentRounds).map((round, place) => [
      ...[label, round.round, round.bytesUp, round.fullBytesUp],
      ...(place < view.knownOf[run]!.mergedRounds
        ? [round.bytesDown, trace.about.fullBytesDown, round.megabytes]
        : ['', '', '']), // sent, and nothing has come down yet
    ]),
  );
  const header = ['run', 'round', 'bytes up', 'as whole rows', 'bytes down', 'as whole rows', 'MB so far'];
  return [{ name: 'bytes of one client', header, rows }];
}

/** The latest round of a run that has sent something up, or down again, by now. */
function latest(view: View, run: number, what: 'sentRounds' | 'mergedRounds'): TraceRound | null {
  const rounds = view.runs[run]!.trace.rounds.slice(0, view.knownOf[run]![what]);
  return rounds.findLast(({ bytesUp }) => bytesUp > 0) ?? null;
}

function barsOf(view: View): Bar[] {
  return view.runs.flatMap(({ label, trace }, run) => {
    const [sent, merged] = [latest(view, run, 'sentRounds'), latest(view, run, 'mergedRounds')];
    const name = view.runs.length > 1 ? `${label}: ` : '';
    if (!sent) return [{ label: `${name}nothing sent`, bytes: 0, full: 0, run }];
    const bar = (way: string, bytes: number, whole: number) => ({
      ...{ label: `${name}${way}`, bytes, full: Math.max(whole, bytes), run },
    });
    return [
      bar('up', sent.bytesUp, sent.fullBytesUp),
      merged ? bar('down', merged.bytesDown, trace.about.fullBytesDown) : bar('down: nothing yet', 0, 0),
    ];
  });
}

function drawBars(sheet: Sheet, view: View): void {
  const { palette } = view;
  const bars = barsOf(view);
  sheet.setHeight(38 * bars.length + 8);
  const context = sheet.begin();
  const most = Math.max(1, ...bars.map(({ bytes, full }) => Math.max(bytes, full)));
  const height = 38;
  const thick = 13;
  const width = sheet.width - 4;
  bars.forEach(({ label, bytes, full, run }, row) => {
    const y = row * height + 16;
    const sent = (bytes / most) * width;
    context.fillStyle = palette.ink;
    context.textAlign = 'left';
    const saving =
      full > bytes * 1.05 ? `, as whole rows ${bytesText(full)} (${timesText(full / bytes)})` : '';
    context.fillText(bytes > 0 ? `${label} ${bytesText(bytes)}${saving}` : label, 1, y - 3);
    context.strokeStyle = palette.soft;
    context.strokeRect(1.5, y + 1.5, Math.max(1, (full / most) * width - 1), thick);
    context.fillStyle = categoryColour(palette, run);
    context.fillRect(1, y + 1, Math.max(bytes > 0 ? 2 : 0, sent), thick + 1);
  });
}

function explain(view: View, what: 'up' | 'down' | 'personal') {
  const round = latest(view, view.run, what === 'down' ? 'mergedRounds' : 'sentRounds');
  const { about } = view.trace;
  if (what === 'personal') {
    const refresh = view.known.attention;
    const live = refresh
      ? `${about.dataset.items} items: ${bytesText(refresh.refresh.bytesDown)}, sent in round ${refresh.round.round}`
      : 'no refresh yet';
    return { formula: 'personal' as const, live };
  }
  if (!round)
    return {
      formula: what === 'up' ? ('bytesUp' as const) : ('bytesDown' as const),
      live: 'nothing sent yet',
    };
  if (what === 'up') {
    const ratio = timesText(round.fullBytesUp / round.bytesUp);
    return {
      formula: 'bytesUp' as const,
      live: `round ${round.round}: ${Math.round(round.bytesUp)} B on average; whole rows ${Math.round(round.fullBytesUp)} B (${ratio})`,
    };
  }
  const left = `; the factors left out ${(100 * round.cutOff).toFixed(1)} % of the step, carried on to the next round`;
  return {
    formula: 'bytesDown' as const,
    live: `round ${round.round}: ${round.bytesDown} B at rank ${about.settings.rank}; the whole table ${about.fullBytesDown} B${round.cutOff > 0 ? left : ''}`,
  };
}
