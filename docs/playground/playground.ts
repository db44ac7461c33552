// The playground: a federation that runs in this page and nowhere else. The picture of a round comes first, then questions and
// settings, then the panels. The runs are made by workers, recorded as traces, and so can be stepped through backwards as well as forwards.
// All state is in the address; the same address gives the same weights and the same numbers.

import { visibleText } from '../../lib/data/visible-text.ts';
import { metrics } from '../../lib/evaluation/metrics.ts';
import type { Phase } from '../../lib/trace/moments.ts';
import { phases } from '../../lib/trace/moments.ts';
import { recipeCatalogue } from '../../lib/training/recipes.ts';
import {
  type Choice,
  element,
  isSpeed,
  type LiveRun,
  mountViewer,
  type Run,
  type Sources,
  type Speed,
  savePicture,
  saveTrace,
  styleSheet,
  themeAround,
  type Viewer,
  wantsNoMotion,
  watchTheme,
} from '../../viewer/index.ts';
import { asked, type Configuration, fromHash, toHash } from './configuration.ts';
import { makeControls } from './controls.ts';
import { makeLegend } from './legend.ts';
import { presetOf } from './presets.ts';
import type { GpuNews } from './protocol.ts';
import { makeQuestions, type Questions } from './questions.ts';
import { Session } from './session.ts';
import { playgroundStyle } from './style.ts';
import { Workers } from './workers.ts';

export interface PlaygroundOptions {
  /** Starts worker.ts; how depends on who bundles it. */
  readonly makeWorker: () => Worker;
  readonly sources: Sources;
  readonly sourceLink?: (file: string, line: number) => string;
  /** The address of a lesson, from its page: `lessons/06-attention`. */
  readonly lessonLink?: (page: string) => string;
}

/** Builds the playground inside an element; returns how to take it away. */
export function mountPlayground(place: HTMLElement, options: PlaygroundOptions): { remove(): void } {
  const playground = new Playground(place, options);
  return { remove: () => playground.remove() };
}

class Playground {
  private readonly options: PlaygroundOptions;
  private readonly workers: Workers;
  private readonly home = element('div', { class: 'pg fv-themed' });
  private readonly stage = element('div', { class: 'pg-stage' });
  private readonly alert = element('div', { class: 'pg-alert', role: 'alert' });
  private readonly status = element('span', { class: 'pg-note' }); // of every round: not read out
  private readonly said = element('span', { class: 'fv-quiet', role: 'status' });
  private readonly settings = element('div', { class: 'pg-settings' });
  private readonly weights = element('output', {
    class: 'pg-weights',
    title: 'Fingerprint of the weights before the first round',
  });
  private readonly controls = makeControls({
    recipes: recipeCatalogue,
    onChange: (configuration) => this.configure(configuration),
    onFile: (file) => this.takeFile(file),
  });
  private readonly questions: Questions;
  private readonly stopWatching: () => void;
  private configuration: Configuration;
  private file: File | null = null;
  private session: Session | null = null;
  private viewer: Viewer | null = null;
  private position: URLSearchParams | null;
  private isStepping = false;
  private speed: Speed | undefined;
  private writtenHash = '';

  constructor(place: HTMLElement, options: PlaygroundOptions) {
    this.options = options;
    this.workers = new Workers(options.makeWorker);
    const names = recipeCatalogue.map(({ name }) => name);
    const { configuration, position } = fromHash(location.hash, names);
    this.configuration = configuration;
    this.position = position;
    const speed = position.get('speed');
    this.speed = isSpeed(speed) ? speed : undefined;
    this.questions = makeQuestions({
      lessonLink: options.lessonLink,
      onAsk: (lesson) => this.configure(asked(presetOf(lesson))),
    });
    this.alert.hidden = true;
    this.settings.append(
      this.questions.element,
      element('div', { class: 'pg-actions' }, ...this.actions(), this.status, this.weights),
      this.controls.element,
      makeLegend(),
    );
    this.stage.append(element('div', { class: 'pg-waiting' }, 'Preparing …')); // settings come with the picture above them
    this.home.append(element('style', {}, styleSheet + playgroundStyle), this.alert, this.stage, this.said);
    place.append(this.home);
    this.stopWatching = watchTheme(() => this.takeTheme());
    this.takeTheme();
    window.addEventListener('hashchange', this.readAddress);
    for (const type of ['dragover', 'drop'] as const) document.addEventListener(type, this.takeDrop);
    this.begin();
  }

  remove(): void {
    clearTimeout(this.writing); // else it would write into the address of the next page
    this.session?.end();
    this.workers.end();
    this.viewer?.remove();
    this.stopWatching();
    window.removeEventListener('hashchange', this.readAddress);
    for (const type of ['dragover', 'drop'] as const) document.removeEventListener(type, this.takeDrop);
    this.home.remove();
  }

  private actions(): HTMLElement[] {
    const action = (text: string, hint: string, onClick: () => void) => {
      const made = element('button', { type: 'button', class: 'fv-button', title: hint }, text);
      made.addEventListener('click', onClick);
      return made;
    };
    return [
      action('Reset', 'Back to the same weights, before the first round', () => this.reset()),
      action('Save trace', 'The run as a file, for Python or to look at later', () =>
        this.save((_, run) => saveTrace(run)),
      ),
      action('Save picture', 'All panels as they are now, as a PNG', () => this.save(savePicture)),
    ];
  }

  /** A new run for the present configuration; the workers of the last one are stopped. */
  private begin(): void {
    this.session?.end();
    this.session = null;
    this.alert.hidden = true;
    this.home.dataset.state = 'preparing';
    this.viewer?.setState('inert'); // it still shows the run before
    this.say('Preparing …');
    this.controls.show(this.configuration, this.file?.name ?? null);
    this.questions.show(this.configuration.lesson);
    this.writeAddress();
    if (this.configuration.data === 'file' && !this.file) {
      this.complain(
        'This link is about a ratings file of your own. Drop it on this page, or choose it above; it stays on this page.',
      );
      return;
    }
    this.session = new Session(this.configuration, this.file, this.workers, {
      onBegun: (session) => this.showBegun(session),
      onRound: (session) => this.showRound(session),
      onFailed: (reason, isInput) => this.showFailure(reason, isInput),
      onGpu: (news, label) => this.showGpu(news, label),
    });
  }

  private configure(configuration: Configuration): void {
    this.configuration = configuration;
    this.position = null;
    this.begin();
  }

  private reset(): void {
    this.configure(this.configuration);
  }

  private showBegun(session: Session): void {
    const asked = this.position ?? new URLSearchParams();
    if (this.viewer) {
      const { choice } = this.viewer;
      this.viewer.begin(session.runs, this.position ? readChoice(asked, session.focus) : choice);
      this.viewer.setState('usable');
    } else this.viewer = this.mount(session, readChoice(asked, session.focus));
    this.weights.textContent = `weights ${session.weights.join(' · ')}`;
    this.say(session.note || 'Ready: press Play, or step.', true);
    const round = Number(this.position?.get('round') ?? 0);
    if (round > 0) session.runUntil(round);
    else this.position = null;
    this.home.dataset.state = 'ready';
  }

  private mount(session: Session, choice: Choice): Viewer {
    const { sources, sourceLink, lessonLink } = this.options;
    const hadFocus = this.settings.contains(document.activeElement) ? document.activeElement : null;
    this.stage.replaceChildren();
    const viewer = mountViewer(this.stage, session.runs, {
      ...{ sources, sourceLink, lessonLink, choice, at: 0 },
      ...{ live: this.live(), between: this.settings, speed: this.speed },
      onSpeed: (speed) => {
        this.speed = speed;
        this.writeAddressSoon();
      },
      onChange: () => this.writeAddressSoon(),
    });
    if (hadFocus instanceof HTMLElement) hadFocus.focus(); // it was moved
    return viewer;
  }

  /** The present session, for the viewer's buttons: a step shows the new round's first phase, not its end. */
  private live(): LiveRun {
    const now = () => this.session;
    return {
      get isRunning() {
        return now()?.isRunning ?? false;
      },
      get isFinished() {
        return now()?.isFinished ?? true;
      },
      run: () => now()?.run(),
      pause: () => now()?.pause(),
      step: () => {
        this.isStepping = true;
        now()?.step();
      },
    };
  }

  private showRound(session: Session): void {
    const viewer = this.viewer!;
    const next = viewer.at + 1;
    const waitsForEnd = wantsNoMotion() && session.isRunning; // panels that change by themselves are motion, too
    viewer.setRuns(session.runs, !this.isStepping && !waitsForEnd);
    if (this.isStepping) viewer.goTo(next);
    this.isStepping = false;
    const { moment } = viewer;
    const rounds = Math.max(...session.runs.map(({ trace }) => trace.rounds.at(-1)?.round ?? 0));
    this.say(
      session.isFinished
        ? `Finished: ${rounds} rounds.`
        : `${rounds} of ${this.configuration.rounds} rounds.`,
      session.isFinished,
    );
    this.home.dataset.state = session.isFinished ? 'finished' : session.isRunning ? 'running' : 'paused';
    this.home.dataset.rounds = String(rounds);
    if (!session.isRunning && this.position) {
      const phase = this.position.get('phase') as Phase | null;
      const step = Number(this.position.get('step') ?? 0);
      const known = phase && phases.includes(phase) ? phase : moment.phase;
      viewer.goToMoment({ round: Number(this.position.get('round')), phase: known, step });
      this.position = null;
    }
    this.writeAddressSoon();
  }

  private showFailure(reason: string, isInput: boolean): void {
    const hint =
      'A ratings file has one rating a line: user, item and, if you have them, a rating and a time; for example u1,i7,4,978300760. MovieLens files are fine as they are, .gz and .zip too. Options such as --columns can be written beside the file.';
    if (!isInput) this.complain(`Something went wrong in the worker: ${reason}`);
    else if (this.configuration.data === 'file')
      this.complain(`This file cannot be used. ${reason}. ${hint}`);
    else this.complain(`These settings do not fit: ${reason}.`);
  }

  /** A GPU that fails ends nothing: the run continues, and the reader is informed. */
  private showGpu(news: GpuNews, label: string): void {
    this.controls.hearOfGpu(news);
    if (news.type !== 'gpu-stopped') return;
    const done = this.session?.runs.find((run) => run.label === label)?.trace.rounds.at(-1)?.round ?? 0;
    const what = news.wasAtWork ? `gave up in round ${done + 1}` : 'cannot be used';
    this.alert.textContent = `The graphics processor ${what} (${news.reason.replace(/\.$/, '')}). Nothing is lost: the processor has taken over, and the run goes on.`;
    this.alert.hidden = false;
  }

  private complain(text: string): void {
    this.alert.textContent = visibleText(text);
    this.alert.hidden = false;
    this.home.dataset.state = 'failed';
    if (!this.viewer) this.stage.replaceChildren(this.settings);
    const isAboutOtherData = !this.session?.hasBegun;
    this.viewer?.setState(isAboutOtherData ? 'hidden' : 'inert'); // nothing there can go on
    if (isAboutOtherData) this.weights.textContent = '';
    this.say('');
  }

  /** What is going on; `isNews`: screen readers hear it, too. */
  private say(text: string, isNews = false): void {
    this.status.textContent = visibleText(text);
    if (isNews) this.said.textContent = visibleText(text);
  }

  private takeFile(file: File): void {
    this.file = file;
    this.configure({ ...this.configuration, data: 'file' });
  }

  private readonly takeDrop = (event: DragEvent): void => {
    if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
    event.preventDefault();
    const [file] = event.type === 'drop' ? (event.dataTransfer?.files ?? []) : [];
    if (file) this.takeFile(file);
  };

  private writing = 0;

  /** Not at every frame: browsers limit how often an address may change. */
  private writeAddressSoon(): void {
    clearTimeout(this.writing);
    this.writing = window.setTimeout(() => this.writeAddress(), 250);
  }

  private writeAddress(): void {
    const hash = toHash(this.configuration, this.positionWords());
    this.writtenHash = hash;
    if (location.hash !== `#${hash}`) history.replaceState(history.state, '', `#${hash}`);
  }

  private positionWords(): Record<string, string> {
    if (!this.viewer || this.position !== null)
      return Object.fromEntries(this.position ? kept(this.position) : []);
    const { moment, choice } = this.viewer;
    const words: Record<string, string> = {};
    if (moment.phase !== null) Object.assign(words, { round: String(moment.round), phase: moment.phase });
    if (moment.step > 0) words.step = String(moment.step);
    const usual = { run: 0, focus: this.session?.hasBegun ? this.session.focus : 0, head: 0 };
    for (const name of ['run', 'focus', 'head'] as const)
      if (choice[name] !== usual[name]) words[`show.${name}`] = String(choice[name]);
    if (this.speed) words.speed = this.speed;
    if (choice.rank !== 1) words['show.rank'] = String(choice.rank);
    if (choice.metric !== metrics[0].name) words['show.metric'] = choice.metric;
    return words;
  }

  private readonly readAddress = (): void => {
    if (location.hash === `#${this.writtenHash}`) return;
    const isPlaceOnPage = location.hash !== '' && !location.hash.includes('=');
    if (isPlaceOnPage) {
      this.writeAddressSoon(); // “skip to content”, a heading's link: no wish for another run
      return;
    }
    const { configuration, position } = fromHash(
      location.hash,
      recipeCatalogue.map(({ name }) => name),
    );
    this.configuration = configuration;
    this.position = position;
    this.begin();
  };

  private save(how: (viewer: Viewer, run: Run) => void): void {
    const run = this.session?.runs[this.viewer?.choice.run ?? 0];
    if (run && this.viewer) how(this.viewer, run);
  }

  private takeTheme(): void {
    this.home.dataset.fvTheme = themeAround(this.home.parentElement ?? this.home);
  }
}

const positionNames = ['round', 'phase', 'step', 'speed'];

function kept(position: URLSearchParams): [string, string][] {
  return [...position].filter(([name]) => positionNames.includes(name) || name.startsWith('show.'));
}

/** What an address asks to look at; `focus`: the client that is looked at where it says nothing. */
function readChoice(position: URLSearchParams, focus: number): Choice {
  const number = (name: string, usual: number) => {
    const value = Number(position.get(`show.${name}`) ?? usual);
    return Number.isInteger(value) && value >= 0 ? value : usual;
  };
  const asked = position.get('show.metric');
  const { name: metric } = metrics.find(({ name }) => name === asked) ?? metrics[0];
  return {
    run: number('run', 0),
    focus: number('focus', focus),
    head: number('head', 0),
    rank: number('rank', 1),
    metric,
  };
}
