// The bar to move through a run: forwards, backwards, by phase or by round, or by playing it. In: how many moments there
// are; out: where the reader wants to be. Stepping past the end may ask for more rounds.
import type { Moment, Phase } from '../lib/trace/moments.ts';
import { phases } from '../lib/trace/moments.ts';
import { button, element, select, write } from './dom.ts';
import { wantsNoMotion } from './motion.ts';
import { isSpeed, paceOf, readingTime, type Speed, speeds } from './pace.ts';
import { momentName, phaseNames } from './story.ts';

export interface TimelineOptions {
  readonly onMove: (at: number) => void;
  /** What makes more moments, if anything: a run that is still going on. */
  readonly live?: LiveRun;
  /** How fast it plays. Default: `normal`; a live run is then walked through its first round before the reader chooses. */
  readonly speed?: Speed;
  readonly onSpeed?: (speed: Speed) => void;
  /** What is said at a moment: how long the first round's walk stays there depends on it. */
  readonly sentence: (at: number) => string;
}

/** A run whose rounds are made while one looks. */
export interface LiveRun {
  readonly isRunning: boolean;
  readonly isFinished: boolean;
  /** Goes on until it is paused or finished. */
  run(): void;
  pause(): void;
  /** Makes one more round. */
  step(): void;
}

export class Timeline {
  readonly element: HTMLElement;
  private readonly options: TimelineOptions;
  private readonly slider = element('input', {
    type: 'range',
    min: 0,
    max: 0,
    step: 1,
    'aria-label': 'Moment of the run',
  });
  private readonly name = element('output', { class: 'fv-moment', 'aria-live': 'off' });
  private readonly play = button('▶ Play', 'Play', () => this.toggle(), {
    class: 'fv-button fv-play',
  });
  private readonly pace = select(
    'Speed',
    speeds.map((speed) => [speed, speed] as const),
    (value) => {
      if (!isSpeed(value)) return;
      this.speed = value;
      this.options.onSpeed?.(value);
    },
  );
  private readonly chips: Record<Phase, HTMLButtonElement>;
  private moments: readonly Moment[] = [];
  private at = 0;
  private timer = 0;
  private speed: Speed;
  /** Whether the first Play is still to come, or under way: it goes through one round at the pace of reading. */
  private walk: 'to come' | 'under way' | 'done';
  private isWaiting = false; // for a round that was asked for
  private justWalked = false;

  constructor(options: TimelineOptions) {
    this.options = options;
    this.speed = options.speed ?? 'normal';
    this.walk = options.live && options.speed === undefined ? 'to come' : 'done';
    this.pace.control.value = this.speed;
    this.slider.addEventListener('input', () => {
      this.pause();
      options.onMove(Number(this.slider.value));
    });
    const chip = (phase: Phase) =>
      button(phaseNames[phase], `Next moment of the phase ${phaseNames[phase]}`, () => this.nextOf(phase), {
        class: 'fv-chip',
      });
    this.chips = Object.fromEntries(phases.map((phase) => [phase, chip(phase)])) as Record<
      Phase,
      HTMLButtonElement
    >;
    this.element = this.build();
    this.showPlay();
  }

  private build(): HTMLElement {
    const step = (text: string, label: string, action: () => void) =>
      button(
        text,
        label,
        () => {
          this.pause();
          action();
        },
        { class: 'fv-button' },
      );
    return element(
      'div',
      { class: 'fv-timeline', role: 'group', 'aria-label': 'Timeline' },
      element(
        'div',
        { class: 'fv-buttons' },
        this.play,
        step('|‹', 'To the start', () => this.go(0)),
        step('«', 'Back one round', () => this.stepRound(-1)),
        step('‹ Back', 'Step back', () => this.go(this.at - 1)),
        step('Step ›', 'Step forward', () => this.forward()),
        step('»', 'Forward one round', () => this.stepRound(1)),
        step('›|', 'To the end', () => this.toEnd()),
      ),
      this.slider,
      element(
        'div',
        { class: 'fv-where' },
        this.name,
        element('div', { class: 'fv-chips' }, ...Object.values(this.chips)),
        this.pace.element,
      ),
    );
  }

  /** Another run is shown from its beginning. */
  begin(): void {
    this.pause();
    this.moments = [];
    this.at = 0;
  }

  get isPlaying(): boolean {
    return this.timer !== 0 || this.isWaiting || this.options.live?.isRunning === true;
  }

  /** Whether moments stay long enough for something to move between them. */
  get isSlow(): boolean {
    return (
      !this.isPlaying || this.walk === 'under way' || (this.speed === 'slow' && !this.options.live?.isRunning)
    );
  }

  /** Whether the first round has been walked through and nothing else has happened since. */
  get hasJustWalked(): boolean {
    return this.justWalked;
  }

  show(moments: readonly Moment[], at: number): void {
    const hasGrown = moments.length > this.moments.length;
    this.moments = moments;
    this.at = at;
    const moment = moments[at]!;
    if (this.walk === 'to come' && moments.at(-1)!.round > 1) this.walk = 'done';
    this.slider.max = String(moments.length - 1);
    this.slider.value = String(at);
    const text = momentName(moment);
    this.slider.setAttribute('aria-valuetext', text);
    write(this.name, text);
    if (this.isWaiting && hasGrown) {
      this.isWaiting = false;
      this.wait();
    }
    this.showPlay();
    for (const phase of phases) {
      const isHere = moment.phase === phase;
      if ((this.chips[phase].getAttribute('aria-current') === 'step') !== isHere) {
        if (isHere) this.chips[phase].setAttribute('aria-current', 'step');
        else this.chips[phase].removeAttribute('aria-current');
      }
    }
  }

  pause(): void {
    this.stopTimer();
    this.isWaiting = false;
    this.justWalked = false;
    if (this.walk === 'under way') this.walk = 'to come';
    this.options.live?.pause();
    this.showPlay();
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  private get canGoOn(): boolean {
    const { live } = this.options;
    return live !== undefined && !live.isFinished;
  }

  private toggle(): void {
    if (this.isPlaying) {
      this.pause();
      return;
    }
    this.justWalked = false;
    if (wantsNoMotion()) {
      this.forward(); // nothing moves by itself
      return;
    }
    if (this.walk === 'to come') {
      const { round } = this.moments[this.at]!;
      this.walk = round <= 1 && this.moments.at(-1)!.round <= 1 ? 'under way' : 'done';
    }
    if (this.at >= this.moments.length - 1 && !this.canGoOn) this.go(0);
    this.tick();
    this.showPlay();
  }

  private wait(): void {
    const moment = this.moments[this.at]!;
    const pace =
      this.walk === 'under way'
        ? readingTime(moment, this.options.sentence(this.at))
        : paceOf(this.speed, moment);
    this.timer = window.setTimeout(() => this.tick(), pace);
  }

  /** One moment on; at the end, one round more. */
  private tick(): void {
    this.stopTimer();
    const isAtEnd = this.at >= this.moments.length - 1;
    const next = this.moments[this.at + 1];
    if (this.walk === 'under way' && this.moments[this.at]!.round === 1 && (next?.round ?? 2) > 1) {
      this.walk = 'done';
      this.justWalked = true;
      this.options.onMove(this.at); // so that what follows is said
    } else if (!isAtEnd) {
      this.go(this.at + 1);
      this.at++; // the frame that shows it is still to come
      this.wait();
    } else if (this.canGoOn && this.speed === 'fast' && this.walk === 'done') {
      this.options.live!.run();
    } else if (this.canGoOn) {
      this.isWaiting = true;
      this.options.live!.step();
    }
    this.showPlay();
  }

  private showPlay(): void {
    const [text, label] = this.isPlaying
      ? ['❚❚ Pause', 'Pause']
      : wantsNoMotion()
        ? ['▶ Next', 'Next moment']
        : ['▶ Play', 'Play'];
    write(this.play, text);
    this.play.setAttribute('aria-label', label);
    this.play.title = label;
    this.pace.element.hidden = this.walk !== 'done' || wantsNoMotion();
  }

  private forward(): void {
    if (this.at < this.moments.length - 1) this.go(this.at + 1);
    else if (this.canGoOn) this.options.live!.step();
  }

  /** The last moment there is; from there, all rounds that are still to come. */
  private toEnd(): void {
    if (this.at >= this.moments.length - 1 && this.canGoOn) this.options.live!.run();
    else this.go(this.moments.length - 1);
    this.showPlay();
  }

  private go(at: number): void {
    this.options.onMove(Math.max(0, Math.min(this.moments.length - 1, at)));
  }

  /** The same phase of the round before or after; the nearest moment of that round if it has none. */
  private stepRound(by: 1 | -1): void {
    const { place, phase } = this.moments[this.at]!;
    const wanted = place + by;
    const inRound = this.moments.flatMap((moment, at) => (moment.place === wanted ? [at] : []));
    if (wanted < 0) this.go(0);
    else if (inRound.length === 0) this.forward();
    else this.go(inRound.find((at) => this.moments[at]!.phase === phase) ?? inRound.at(-1)!);
  }

  /** The next moment of a phase; from the end on, the first. */
  private nextOf(phase: Phase): void {
    this.pause();
    const isOf = (moment: Moment) => moment.phase === phase;
    const later = this.moments.findIndex((moment, at) => at > this.at && isOf(moment));
    const found = later >= 0 ? later : this.moments.findIndex(isOf);
    if (found >= 0) this.go(found);
  }
}
