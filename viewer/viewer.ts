// The viewer: panels that draw a trace, and a timeline to move through it, forwards and backwards.
// In: one or several traces, which may still grow; out: a page element. It needs no network and keeps no state of its own
// but the place on the timeline and what the reader has chosen to look at.
import { metrics } from '../lib/evaluation/metrics.ts';
import { knownAt, type Moment, momentsOf } from '../lib/trace/moments.ts';
import type { Trace } from '../lib/trace/trace.ts';
import { Announcer } from './announcer.ts';
import { element, select, write } from './dom.ts';
import { Drawing } from './drawing.ts';
import { Explainer, type ExplainerOptions } from './explainer.ts';
import { flowStyle } from './flow/flow-style.ts';
import { Overview } from './flow/overview.ts';
import { wantsNoMotion } from './motion.ts';
import type { Speed } from './pace.ts';
import { type Palette, paletteOf, themeAround, watchTheme } from './palette.ts';
import { panelFrame } from './panel-frame.ts';
import { attentionPanel } from './panels/attention.ts';
import { bytesPanel } from './panels/bytes.ts';
import { clientPanel } from './panels/client.ts';
import { listsPanel } from './panels/lists.ts';
import { planePanel } from './panels/plane.ts';
import { qualityPanel } from './panels/quality.ts';
import { ratingsPanel } from './panels/ratings.ts';
import { pictureOf } from './picture.ts';
import { momentName, storyOf } from './story.ts';
import { styleSheet } from './style.ts';
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
  /** How fast Play goes, where that has been chosen before, and who wants to know. */
  readonly speed?: Speed;
  readonly onSpeed?: (speed: Speed) => void;
  /** Stands between the picture of the round and the panels. */
  readonly between?: HTMLElement;
  /** The address of a lesson, from its page: `lessons/06-attention`. Default: lessons are named without a link. */
  readonly lessonLink?: (page: string) => string;
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
  /** Shows other runs from their beginning, in the same place. */
  begin(runs: readonly Run[], choice: Choice): void;
  /** Whether timeline and panels can be used; what stands between them always can. */
  setState(state: 'usable' | 'inert' | 'hidden'): void;
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
  private readonly overview: Overview;
  private readonly parts: readonly HTMLElement[];
  private readonly announcer = new Announcer();
  private readonly story = element('p', { class: 'fv-story' });
  private readonly which = select('Run', [], (value) => this.choose({ run: Number(value) }));
  private palette: Palette;
  private width = 0;
  private readonly places = new Map<Panel, HTMLElement>();
  private readonly drawing: Drawing;
  private readonly stopWatching: () => void;
  private readonly resizes: ResizeObserver;

  constructor(place: HTMLElement, runs: readonly Run[], options: ViewerOptions) {
    this.options = options;
    this.palette = paletteOf(themeAround(place));
    this.choice = { run: 0, focus: 0, head: 0, rank: 1, metric: metrics[0].name, ...options.choice };
    const { sources = {}, sourceLink, live, speed, onSpeed } = options;
    this.explainer = new Explainer({ sources, sourceLink, say: (text) => this.announcer.say(text) });
    const sentence = (at: number) =>
      storyOf({ trace: this.trace, known: knownAt(this.trace, this.moments[at]!) });
    this.timeline = new Timeline({ onMove: (at) => this.goTo(at), live, speed, onSpeed, sentence });
    this.overview = new Overview({
      openPanel: (name) => this.openPanel(name),
      titleOf: (name) => this.panels.find((panel) => panel.name === name)?.title ?? name,
      lessonLink: options.lessonLink,
    });
    const tools: PanelTools = { explainer: this.explainer, choose: (part) => this.choose(part) };
    const panels = panelMakers.map((make) => make(tools));
    this.panels = panels.filter(({ name }) => options.only?.includes(name) ?? true);
    const top = element(
      'div',
      { class: 'fv-top' },
      this.timeline.element,
      element('div', { class: 'fv-row' }, this.which.element, this.story),
    );
    const viewNow = () => {
      this.drawing.drawAll(); // what the page says belongs to the same moment
      return this.view;
    };
    const { lessonLink } = options;
    for (const panel of this.panels) this.places.set(panel, panelFrame(panel, { lessonLink, viewNow }));
    const places = element('div', { class: 'fv-panels' }, ...this.places.values());
    this.parts = [top, places, ...(options.only ? [] : [this.overview.element])];
    this.element = element(
      'div',
      { class: 'fv' },
      top,
      options.only ? null : this.overview.element,
      options.between ?? null,
      places,
      this.explainer.bubble,
      this.explainer.names,
      this.announcer.element,
    );
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.explainer.hide();
    });
    place.append(styleElement(), this.element);
    this.drawing = new Drawing({
      element: this.element,
      panels: this.places,
      picture: options.only ? null : this.overview.element,
      view: () => this.view,
      showRest: (view, withPicture) => this.showRest(view, withPicture),
    });
    this.stopWatching = watchTheme(() => this.takeTheme());
    this.resizes = new ResizeObserver(() => {
      if (this.element.clientWidth === this.width) return;
      this.measure();
      this.draw();
    });
    this.resizes.observe(this.element);
    window.addEventListener('beforeprint', this.drawing.drawAll);
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
    this.drawing.request();
  }

  begin(runs: readonly Run[], choice: Choice): void {
    this.timeline.begin();
    this.runs = [];
    this.choice = choice;
    this.setRuns(runs, false);
    this.goTo(0);
  }

  setState(state: 'usable' | 'inert' | 'hidden'): void {
    for (const part of this.parts) {
      part.inert = state !== 'usable';
      part.hidden = state === 'hidden';
    }
  }

  goTo(at: number): void {
    this.at = Math.max(0, Math.min(this.last, Math.round(at)));
    this.options.onChange?.(this.at, this.choice);
    this.drawing.request();
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
    this.drawing.request();
  }

  pause(): void {
    this.timeline.pause();
  }

  picture(title: string): HTMLCanvasElement {
    this.drawing.drawAll();
    return pictureOf(this.panels, this.palette, title);
  }

  draw(): void {
    this.drawing.draw();
  }

  /** All that is no panel. */
  private showRest(view: View, withPicture: boolean): void {
    this.timeline.show(this.moments, this.at);
    if (withPicture) this.overview.show(view, this.timeline.isSlow);
    const story = this.storyNow(view);
    write(this.story, story);
    const { moment } = view.known;
    this.announcer.tell(moment, `${momentName(moment)}. ${story}`, this.timeline.isPlaying);
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

  private storyNow(view: View): string {
    const { live } = this.options;
    const left = this.trace.about.settings.rounds - view.known.moment.round;
    const more = !this.timeline.hasJustWalked
      ? ''
      : live?.isFinished || left <= 0
        ? ' That was the whole run.'
        : ` That was a whole round. Choose a speed, and press Play for the other ${left}.`;
    const begin = view.known.moment.phase === null && live ? ' Press Play, or step.' : '';
    return storyOf(view) + begin + more;
  }

  /** Brings a panel to the top and the focus to it. */
  private openPanel(name: string): void {
    const panel = this.element.querySelector<HTMLElement>(`.fv-panel-${name}`);
    panel?.focus({ preventScroll: true });
    panel?.scrollIntoView({ block: 'start', behavior: wantsNoMotion() ? 'auto' : 'smooth' });
  }

  remove(): void {
    this.drawing.end();
    this.timeline.pause();
    this.stopWatching();
    this.resizes.disconnect();
    window.removeEventListener('beforeprint', this.drawing.drawAll);
    this.element.remove();
  }

  private get trace(): Trace {
    return this.runs[this.choice.run]!.trace;
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
    this.drawing.forget();
    this.width = this.element.clientWidth;
    for (const panel of this.panels) panel.measure();
  }

  private takeTheme(): void {
    const theme = themeAround(this.element.parentElement ?? this.element);
    this.palette = paletteOf(theme);
    this.element.dataset.fvTheme = theme;
    if (this.runs.length > 0) this.drawing.request();
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
  return element('style', { id }, styleSheet + flowStyle);
}
