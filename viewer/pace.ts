// How fast a run is played. In: the moment on screen and the reader's choice; out: milliseconds until the next one.
import type { Moment } from '../lib/trace/moments.ts';

/** `slow` leaves time to read, `normal` to look, `fast` shows rounds as they come. */
export const speeds = ['slow', 'normal', 'fast'] as const;
export type Speed = (typeof speeds)[number];

export const isSpeed = (word: string | null | undefined): word is Speed =>
  speeds.some((speed) => speed === word);

/** Milliseconds that a sentence needs to be read; K-means repeats itself, so its later steps are shorter. */
export function readingTime({ phase, step }: Pick<Moment, 'phase' | 'step'>, sentence: string): number {
  if (phase === null) return 2000;
  return phase === 'cluster' && step > 0 ? 1000 : Math.max(3600, 50 * sentence.length);
}

export function paceOf(speed: Speed, moment: Pick<Moment, 'phase' | 'step'>): number {
  if (speed === 'fast') return 33;
  if (speed === 'normal') return 143;
  return moment.phase === 'cluster' && moment.step > 0 ? 350 : 1400;
}
