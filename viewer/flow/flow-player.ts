// The start page's player: it moves through recorded frames by itself, slowly through the first round, and the reader can pause,
// step and step back. Who wants no motion steps; nothing moves by itself then.
import { element, write } from '../dom.ts';
import { wantsNoMotion } from '../motion.ts';
import { readingTime } from '../pace.ts';
import type { FlowFrame } from './flow-frame.ts';
import { barHtml, nameOf } from './flow-html.ts';
import { type FlowOptions, FlowPicture } from './flow-picture.ts';

/** Milliseconds that a frame stays: long enough to read its sentence in the first round, then shorter and shorter. */
export function paceOf(frame: Pick<FlowFrame, 'round' | 'phase' | 'step' | 'story'>): number {
  const reading = readingTime(frame, frame.story);
  return frame.round <= 1 ? reading : Math.max(700, reading / (frame.round + 1));
}

export class FlowPlayer {
  readonly element = element('div', { class: 'flow' });
  at = 0;
  private readonly frames: readonly FlowFrame[];
  private readonly picture: FlowPicture;
  private readonly bar: HTMLElement;
  private readonly onMove: (frame: FlowFrame) => void;
  private timer = 0;
  private isPlaying = false;

  constructor(frames: readonly FlowFrame[], options: FlowOptions & { onMove?: (frame: FlowFrame) => void }) {
    this.frames = frames;
    this.onMove = options.onMove ?? (() => {});
    this.picture = new FlowPicture(frames[0]!, options);
    const bar = element('div');
    bar.innerHTML = barHtml(frames[0]!);
    this.bar = bar.firstElementChild as HTMLElement;
    this.element.append(this.bar, this.picture.element);
    this.on('.flow-play', () => (this.isPlaying ? this.pause() : this.play()));
    this.on('.flow-back', () => this.step(-1));
    this.on('.flow-step', () => this.step(1));
    this.find('.flow-play').hidden = wantsNoMotion();
  }

  /** Moves by itself from here on, unless the reader wants no motion. */
  play(): void {
    if (wantsNoMotion()) return;
    if (this.at >= this.frames.length - 1) this.go(0);
    this.isPlaying = true;
    this.wait();
    this.showPlay();
  }

  pause(): void {
    this.isPlaying = false;
    clearTimeout(this.timer);
    this.showPlay();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.go(this.at + 1);
      if (this.at < this.frames.length - 1) this.wait();
      else this.pause();
    }, paceOf(this.frames[this.at]!));
  }

  private step(by: number): void {
    this.pause();
    this.go(this.at + by);
    const frame = this.frames[this.at]!;
    write(this.find('.flow-quiet'), `${nameOf(frame)}. ${frame.story}`);
  }

  private go(to: number): void {
    const before = this.at;
    this.at = Math.max(0, Math.min(this.frames.length - 1, to));
    const frame = this.frames[this.at]!;
    const begins = this.at === before + 1 && frame.phase !== this.frames[before]!.phase;
    this.picture.show(frame, begins);
    write(this.find('.flow-moment'), nameOf(frame));
    write(this.find('.flow-said'), frame.story);
    this.find('.flow-back').setAttribute('aria-disabled', String(this.at === 0));
    this.find('.flow-step').setAttribute('aria-disabled', String(this.at === this.frames.length - 1));
    this.onMove(frame);
  }

  private showPlay(): void {
    write(this.find('.flow-play'), this.isPlaying ? '❚❚ Pause' : '▶ Play');
  }

  private find(selector: string): HTMLElement {
    return this.bar.querySelector<HTMLElement>(selector)!;
  }

  private on(selector: string, action: () => void): void {
    this.find(selector).addEventListener('click', action);
  }
}
