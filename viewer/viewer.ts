// The viewer: panels that draw a trace, and a timeline to move through it, forwards and backwards.
// In: one or several traces, which may still grow; out: a page element. It needs no network and keeps no state of its own
// but the place on the timeline and what the reader has chosen to look at.
import { metrics } from '../lib/evaluation/metrics.ts';
import { knownAt, type Moment, momentsOf } from '../lib/trace/moments.ts';
import type { Trace } from '../lib/trace/trace.ts';
import { button, element, select, write } from './dom.ts';
import { Explainer, type ExplainerOptions } from './explainer.ts';
import { type Palette, paletteOf, themeAround, watchTheme } from './palette.ts';
import { attentionPanel } from './panels/attention.ts';
import { bytesPanel } from './panels/bytes.ts';
import { clientPanel } from './panels/client.ts';
import { listsPanel } from './panels/lists.ts';
import { planePanel } from './panels/plane.ts';
import { qualityPanel } from './panels/quality.ts';
import { ratingsPanel } from './panels/ratings.ts';
import { pictureOf } from './picture.ts';
import { sheetOf } from './sheet.ts';
import { storyOf } from './story.ts';
import { styleSheet } from './style.ts';
import type { Takeable } from './take/menu.ts';
import { type LiveRun, Timeline } from './timeline.ts';
import type { Choice, Panel, PanelTools, Run, View } from './view.ts';
import { visibleRun } from './visible-run.ts';

export interface ViewerOptions extends Partial<ExplainerOptions> {
  /** Where to begin. Default: at the end. */
  readonly at?: number;
  readonly choice?: Partial<Choice>;
  /** Told whenever the reader moves or chooses. */
  readonly onChange?: (at: number, choice: Choice) => void;
  /** Names of panels. Default: all. */
  readonly only?: readonly string[];
  /** What makes more rounds, if the runs are still going on. */
  readonly live?: LiveRun;
}

export interface Viewer {
  readonly element: HTMLElement;
  /** Place on the timeline of the chosen run, its last place, and the moment there. */
  readonly at: number;
  readonly last: number;
  readonly moment: Moment;
  readonly choice: Choice;
  /** Shows these runs; stays where it is, or follows the end if `follows`. */
  setRuns(runs: readonly Run[], follows?: boolean): void;
  goTo(at: number): void;
  /** Goes to a round and phase, or to the last moment before it. */
  goToMoment(wanted: Pick<Moment, 'round' | 'phase' | 'step'>): void;
  choose(part: Partial<Choice>): void;
  pause(): void;
  picture(title: string): HTMLCanvasElement;
  /** Draws a frame now; what a measurement of speed calls. */
  draw(): void;
  remove(): void;
}

const panelMakers = [
  ratingsPanel,
  clientPanel,
  bytesPanel,
  planePanel,
  listsPanel,
  attentionPanel,
  qualityPanel,
];

/** Shows traces inside an element. */
export function mountViewer(place: HTMLElement, runs: readonly Run[], options: ViewerOptions = {}): Viewer {
  return new TraceViewer(place, runs, options);
}

class TraceViewer implements Viewer {
  readonly element: HTMLElement;
  at = 0;
  choice: Choice;
  private runs: readonly Run[] = [];
  private moments: readonly Moment[] = [];
  private readonly options: ViewerOptions;
  private readonly timeline: Timeline;
  private readonly panels: readonly Panel[];
  private readonly explainer: Explainer;
  private readonly story = element('p', { class: 'fv-story', 'aria-live': 'polite' });
  private readonly which = select('Run', [], (value) => this.choose({ run: Number(value) }));
  private palette: Palette;
  private frame = 0;
  private size = 0; // counts measurements
  private width = 0;
  private readonly drawn = new Map<Panel, readonly unknown[]>();
  private readonly stopWatching: () => void;
  private readonly resizes: ResizeObserver;

  constructor(place: HTMLElement, runs: readonly Run[], options: ViewerOptions) {
    this.options = options;
    this.palette = paletteOf(themeAround(place));
    this.choice = { run: 0, focus: 0, head: 0, rank: 1, metric: metrics[0].name, ...options.choice };
    this.explainer = new Explainer({ sources: options.sources ?? {}, sourceLink: options.sourceLink });
    this.timeline = new Timeline({ onMove: (at) => this.goTo(at), live: options.live });
    const tools: PanelTools = { explainer: this.explainer, choose: (part) => this.choose(part) };
    const panels = panelMakers.map((make) => make(tools));
    this.panels = panels.filter(({ name }) => options.only?.includes(name) ?? true);
    this.element = element(
      'div',
      { class: 'fv' },
      element(
        'div',
        { class: 'fv-top' },
        this.timeline.element,
        element('div', { class: 'fv-row' }, this.which.element, this.story),
      ),
      element('div', { class: 'fv-panels' }, ...this.panels.map((panel) => this.panelElement(panel))),
      this.explainer.bubble,
    );
    place.append(styleElement(), this.element);
    this.stopWatching = watchTheme(() => this.takeTheme());
    this.resizes = new ResizeObserver(() => {
      if (this.element.clientWidth === this.width) return;
      this.measure();
      this.draw();
    });
    this.resizes.observe(this.element);
    this.takeTheme();
    this.setRuns(runs);
    if (options.at !== undefined) this.goTo(options.at);
    this.measure();
    this.draw();
  }

  get moment(): Moment {
    return this.moments[this.at]!;
  }

  get last(): number {
    return this.moments.length - 1;
  }

  setRuns(runs: readonly Run[], follows = true): void {
    const hasChanged =
      runs.map(({ label }) => label).join('\n') !== this.runs.map(({ label }) => label).join('\n');
    this.runs = runs.map(visibleRun);
    if (hasChanged) {
      const entries = runs.map(({ label }, run) => element('option', { value: run }, label));
      this.which.control.replaceChildren(...entries);
      this.which.element.hidden = runs.length < 2;
      this.choice = this.fitting(this.choice);
    }
    this.moments = momentsOf(this.trace);
    this.at = follows ? this.last : Math.min(this.at, this.last);
    this.request();
  }

  goTo(at: number): void {
    this.at = Math.max(0, Math.min(this.last, Math.round(at)));
    this.options.onChange?.(this.at, this.choice);
    this.request();
  }

  goToMoment({ round, phase, step }: Pick<Moment, 'round' | 'phase' | 'step'>): void {
    const isSame = (moment: Moment) =>
      moment.round === round && moment.phase === phase && moment.step === step;
    const exact = this.moments.findIndex(isSame);
    this.goTo(
      exact >= 0
        ? exact
        : Math.max(
            0,
            this.moments.findLastIndex((moment) => moment.round <= round),
          ),
    );
  }

  choose(part: Partial<Choice>): void {
    const moment = this.moments[this.at]!;
    this.choice = this.fitting({ ...this.choice, ...part });
    if (part.run !== undefined) {
      this.moments = momentsOf(this.trace);
      const same = this.moments.findIndex(
        ({ round, phase }) => round === moment.round && phase === moment.phase,
      );
      const near = this.moments.findLastIndex(({ round }) => round <= moment.round);
      this.at = same >= 0 ? same : Math.max(0, near);
    }
    this.options.onChange?.(this.at, this.choice);
    this.request();
  }

  pause(): void {
    this.timeline.pause();
  }

  picture(title: string): HTMLCanvasElement {
    this.draw();
    return pictureOf(this.panels, this.palette, title);
  }

  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const view = this.view;
    // Text on a canvas makes the browser bring the page up to date first, so all that changes the page comes last.
    const changed = this.panels.filter((panel) => this.hasChanged(panel, view));
    for (const panel of changed) panel.draw?.(view);
    for (const panel of changed) panel.annotate(view);
    this.timeline.show(this.moments, this.at);
    write(this.story, storyOf(view));
    this.which.control.value = String(this.choice.run);
    if (!this.explainer.bubble.hidden) this.explainer.update();
  }

  /** What is on screen now. */
  private get view(): View {
    const moment = this.moments[this.at]!;
    const known = knownAt(this.trace, moment);
    return {
      ...this.choice,
      runs: this.runs,
      trace: this.trace,
      known,
      knownOf: this.runs.map(({ trace }, run) =>
        run === this.choice.run ? known : knownAt(trace, sameMoment(trace, moment)),
      ),
      palette: this.palette,
    };
  }

  /** A panel as it is now, to be taken away: its strokes written down, its numbers as tables. */
  private takeable(panel: Panel, place: Element): Takeable {
    this.draw(); // what the page says belongs to the same moment
    const { view, moment } = this;
    const sheets = panel.canvases.map((canvas) => sheetOf(canvas)!);
    for (const sheet of sheets) sheet.beginWriting();
    panel.draw?.(view);
    const written = new Map(sheets.map((sheet) => [sheet.canvas, sheet.endWriting()]));
    return {
      name: `${panel.title}, round ${moment.round}`,
      place,
      tables: panel.tables(view),
      canvases: (canvas) => written.get(canvas) ?? null,
    };
  }

  private panelElement(panel: Panel): HTMLElement {
    const id = `fv-${panel.name}-title`;
    const save = button('Save', `Save: ${panel.title}`, async () => {
      const { toggleTaking } = await import('./take/menu.ts');
      toggleTaking(save, () => this.takeable(panel, section));
    });
    save.className = 'take';
    save.setAttribute('aria-expanded', 'false');
    const section = element(
      'section',
      { class: `fv-panel fv-panel-${panel.name}`, 'aria-labelledby': id },
      element('div', { class: 'fv-head' }, element('h2', { id }, panel.title), save),
      element('p', { class: 'fv-hint' }, panel.hint),
      ...panel.body,
    );
    return section;
  }

  /** Most moments change one or two panels only. */
  private hasChanged(panel: Panel, view: View): boolean {
    const inputs = [...panel.inputs(view), this.palette, this.size];
    const before = this.drawn.get(panel);
    this.drawn.set(panel, inputs);
    return before?.length !== inputs.length || inputs.some((input, at) => !Object.is(input, before[at]));
  }

  remove(): void {
    cancelAnimationFrame(this.frame);
    this.timeline.pause();
    this.stopWatching();
    this.resizes.disconnect();
    this.element.remove();
  }

  private get trace(): Trace {
    return this.runs[this.choice.run]!.trace;
  }

  /** However often something changes, one frame is drawn per screen refresh. */
  private request(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  /** A choice that these runs have. */
  private fitting(choice: Choice): Choice {
    const run = Math.min(choice.run, this.runs.length - 1);
    const { about } = this.runs[run]!.trace;
    return {
      ...choice,
      run,
      focus: Math.min(choice.focus, about.focus.length - 1),
      head: Math.min(choice.head, about.settings.heads - 1),
      rank: Math.min(choice.rank, Math.max(1, about.dims)),
    };
  }

  private measure(): void {
    this.size++;
    this.width = this.element.clientWidth;
    for (const panel of this.panels) panel.measure();
  }

  private takeTheme(): void {
    const theme = themeAround(this.element.parentElement ?? this.element);
    this.palette = paletteOf(theme);
    this.element.dataset.fvTheme = theme;
    if (this.runs.length > 0) this.request();
  }
}

/** The moment of another run at the same round and phase, or what comes closest without going further. */
function sameMoment(trace: Trace, { round, phase }: Moment): Moment {
  const place = trace.rounds.findLastIndex((candidate) => candidate.round <= round);
  const found = trace.rounds[place];
  if (!found) return { place: -1, round: 0, phase: null, step: 0 };
  return {
    place,
    round: found.round,
    phase: found.round < round || found.round === 0 ? 'evaluate' : phase,
    step: 0,
  };
}

function styleElement(): Node {
  const id = 'fedtlrec-viewer-style';
  if (document.getElementById(id)) return document.createTextNode('');
  return element('style', { id }, styleSheet);
}
