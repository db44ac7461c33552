// The bar to move through a run: forwards, backwards, by phase or by round, or by playing it. In: how many moments there
// are; out: where the reader wants to be. Stepping past the end may ask for more rounds.
import type { Moment, Phase } from '../lib/trace/moments.ts';
import { phases } from '../lib/trace/moments.ts';
import { button, element, write } from './dom.ts';
import { momentName, phaseNames } from './story.ts';

export interface TimelineOptions {
  readonly onMove: (at: number) => void;
  /** What makes more moments, if anything: a run that is still going on. */
  readonly live?: LiveRun;
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

/** Moments a second while playing. */
const SPEED = 7;

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
  private readonly name = element('output', { class: 'fv-moment' });
  private readonly play = button('▶ Play', 'Play', () => this.toggle(), {
    class: 'fv-button fv-play',
  });
  private readonly chips: Record<Phase, HTMLButtonElement>;
  private moments: readonly Moment[] = [];
  private at = 0;
  private timer = 0;

  constructor(options: TimelineOptions) {
    this.options = options;
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
    this.element = element(
      'div',
      { class: 'fv-timeline', role: 'group', 'aria-label': 'Timeline' },
      element(
        'div',
        { class: 'fv-buttons' },
        step('|‹', 'To the start', () => this.go(0)),
        step('«', 'Back one round', () => this.stepRound(-1)),
        step('‹ Back', 'Step back', () => this.go(this.at - 1)),
        this.play,
        step('Step ›', 'Step forward', () => this.forward()),
        step('»', 'Forward one round', () => this.stepRound(1)),
        step('›|', 'To the end', () => this.go(this.moments.length - 1)),
      ),
      this.slider,
      element(
        'div',
        { class: 'fv-where' },
        this.name,
        element('div', { class: 'fv-chips' }, ...Object.values(this.chips)),
      ),
    );
  }

  get isPlaying(): boolean {
    return this.timer !== 0 || this.options.live?.isRunning === true;
  }

  show(moments: readonly Moment[], at: number): void {
    this.moments = moments;
    this.at = at;
    const moment = moments[at]!;
    this.slider.max = String(moments.length - 1);
    this.slider.value = String(at);
    const text = momentName(moment);
    this.slider.setAttribute('aria-valuetext', text);
    write(this.name, text);
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
    this.options.live?.pause();
    this.showPlay();
  }

  private stopTimer(): void {
    clearInterval(this.timer);
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
    const isAtEnd = this.at >= this.moments.length - 1;
    if (isAtEnd && this.canGoOn) {
      this.options.live!.run();
    } else {
      if (isAtEnd) this.go(0);
      this.timer = window.setInterval(() => this.tick(), 1000 / SPEED);
    }
    this.showPlay();
  }

  private tick(): void {
    if (this.at < this.moments.length - 1) {
      this.go(this.at + 1);
      return;
    }
    this.stopTimer();
    if (this.canGoOn) this.options.live!.run();
    this.showPlay();
  }

  private showPlay(): void {
    const text = this.isPlaying ? '❚❚ Pause' : '▶ Play';
    write(this.play, text);
    this.play.setAttribute('aria-label', this.isPlaying ? 'Pause' : 'Play');
  }

  private forward(): void {
    if (this.at < this.moments.length - 1) this.go(this.at + 1);
    else if (this.canGoOn) this.options.live!.step();
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
