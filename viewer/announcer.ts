// What a screen reader is told: one sentence when a phase has been reached and stays, not one a frame. In: moments and sentences;
// out: a hidden element whose text is read out.
import type { Moment } from '../lib/trace/moments.ts';
import { element } from './dom.ts';

/** Milliseconds that a moment has to stay. */
const REST = 600;

export class Announcer {
  readonly element = element('div', { class: 'fv-quiet', role: 'status' });
  private timer = 0;
  private told = '';

  /** Something that the reader has asked for, e.g. a number in a chart. */
  say(text: string): void {
    clearTimeout(this.timer);
    this.element.textContent = text;
  }

  /** A moment is on screen. While a run plays, K-means' single steps are one phase. */
  tell({ round, phase, step }: Moment, sentence: string, isPlaying: boolean): void {
    const key = `${round} ${phase} ${isPlaying && phase === 'cluster' ? '' : step}`;
    if (key === this.told) return;
    const isFirst = this.told === '';
    this.told = key;
    clearTimeout(this.timer);
    if (isFirst) return; // the page itself says where it begins
    this.timer = window.setTimeout(() => {
      this.element.textContent = sentence;
    }, REST);
  }
}
