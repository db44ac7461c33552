// The playground: a federation that runs in this page and nowhere else. Settings above, the viewer below; the runs are
// made by workers, recorded as traces, and so can be stepped through backwards as well as forwards.
// All state is in the address; the same address gives the same weights and the same numbers.

import { visibleText } from '../../lib/data/visible-text.ts';
import { metrics } from '../../lib/evaluation/metrics.ts';
import type { Phase } from '../../lib/trace/moments.ts';
import { phases } from '../../lib/trace/moments.ts';
import { recipeCatalogue } from '../../lib/training/recipes.ts';
import {
  element,
  mountViewer,
  type Run,
  type Sources,
  savePicture,
  saveTrace,
  styleSheet,
  themeAround,
  type Viewer,
  watchTheme,
} from '../../viewer/index.ts';
import { type Configuration, fromHash, toHash } from './configuration.ts';
import { makeControls } from './controls.ts';
import type { GpuNews } from './protocol.ts';
import { Session } from './session.ts';
import { playgroundStyle } from './style.ts';
import { Workers } from './workers.ts';

export interface PlaygroundOptions {
  /** Starts worker.ts; how depends on who bundles it. */
  readonly makeWorker: () => Worker;
  readonly sources: Sources;
  readonly sourceLink?: (file: string, line: number) => string;
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
  private readonly status = element('span', { class: 'pg-note', 'aria-live': 'polite' });
  private readonly weights = element('output', {
    class: 'pg-weights',
    title: 'Fingerprint of the weights before the first round',
  });
  private readonly controls = makeControls({
    recipes: recipeCatalogue,
    onChange: (configuration) => this.configure(configuration),
    onFile: (file) => this.takeFile(file),
  });
  private readonly stopWatching: () => void;
  private configuration: Configuration;
  private file: File | null = null;
  private session: Session | null = null;
  private viewer: Viewer | null = null;
  private position: URLSearchParams | null;
  private isStepping = false;
  private writtenHash = '';

  constructor(place: HTMLElement, options: PlaygroundOptions) {
    this.options = options;
    this.workers = new Workers(options.makeWorker);
    const names = recipeCatalogue.map(({ name }) => name);
    const { configuration, position } = fromHash(location.hash, names);
    this.configuration = configuration;
    this.position = position;
    this.alert.hidden = true;
    this.home.append(
      element('style', {}, styleSheet + playgroundStyle),
      this.controls.element,
      element('div', { class: 'pg-actions' }, ...this.actions(), this.status, this.weights),
      this.alert,
      this.stage,
    );
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
    this.stage.inert = true; // it still shows the run before
    this.say('Preparing …');
    this.controls.show(this.configuration, this.file?.name ?? null);
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
    const choice = this.viewer?.choice ?? readChoice(this.position);
    this.viewer?.remove();
    this.stage.inert = false;
    this.viewer = mountViewer(this.stage, session.runs, {
      ...{
        sources: this.options.sources,
        sourceLink: this.options.sourceLink,
        live: this.live(session),
        choice,
      },
      onChange: () => this.writeAddressSoon(),
    });
    this.weights.textContent = `weights ${session.weights.join(' · ')}`;
    this.say(session.note || 'Ready: press Play, or step.');
    const round = Number(this.position?.get('round') ?? 0);
    if (round > 0) session.runUntil(round);
    else this.position = null;
    this.home.dataset.state = 'ready';
  }

  /** The session, for the viewer's buttons: a step shows the new round's first phase, not its end. */
  private live(session: Session) {
    return {
      get isRunning() {
        return session.isRunning;
      },
      get isFinished() {
        return session.isFinished;
      },
      run: () => session.run(),
      pause: () => session.pause(),
      step: () => {
        this.isStepping = true;
        session.step();
      },
    };
  }

  private showRound(session: Session): void {
    const viewer = this.viewer!;
    const next = viewer.at + 1;
    viewer.setRuns(session.runs, !this.isStepping);
    if (this.isStepping) viewer.goTo(next);
    this.isStepping = false;
    const { moment } = viewer;
    const rounds = Math.max(...session.runs.map(({ trace }) => trace.rounds.at(-1)?.round ?? 0));
    this.say(
      session.isFinished
        ? `Finished: ${rounds} rounds.`
        : `${rounds} of ${this.configuration.rounds} rounds.`,
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
    this.stage.inert = true; // nothing there can go on
    if (!this.session?.hasBegun) this.clearStage();
    this.say('');
  }

  /** What was shown was about other data. */
  private clearStage(): void {
    this.viewer?.remove();
    this.viewer = null;
    this.weights.textContent = '';
  }

  private say(text: string): void {
    this.status.textContent = visibleText(text);
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
    for (const name of ['run', 'focus', 'head'] as const)
      if (choice[name] > 0) words[`show.${name}`] = String(choice[name]);
    if (choice.rank !== 1) words['show.rank'] = String(choice.rank);
    if (choice.metric !== metrics[0].name) words['show.metric'] = choice.metric;
    return words;
  }

  private readonly readAddress = (): void => {
    if (location.hash === `#${this.writtenHash}`) return;
    const { configuration, position } = fromHash(
      location.hash,
      recipeCatalogue.map(({ name }) => name),
    );
    this.configuration = configuration;
    this.position = position;
    this.viewer?.choose(readChoice(position));
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

const positionNames = ['round', 'phase', 'step'];

function kept(position: URLSearchParams): [string, string][] {
  return [...position].filter(([name]) => positionNames.includes(name) || name.startsWith('show.'));
}

function readChoice(position: URLSearchParams | null) {
  const number = (name: string, usual: number) => {
    const value = Number(position?.get(`show.${name}`) ?? usual);
    return Number.isInteger(value) && value >= 0 ? value : usual;
  };
  const asked = position?.get('show.metric');
  const { name: metric } = metrics.find(({ name }) => name === asked) ?? metrics[0];
  return {
    run: number('run', 0),
    focus: number('focus', 0),
    head: number('head', 0),
    rank: number('rank', 1),
    metric,
  };
}
