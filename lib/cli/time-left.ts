// How long it will still take, in words: as long for each step as those since the start took, on average.
import { secondsText } from './figures.ts';

/** `; about 40 s to go`; empty where nothing is left, or nothing known. */
export function timeLeft(start: number, done: number, left: number): string {
  if (left === 0 || done === 0) return '';
  const seconds = (((performance.now() - start) / 1000) * left) / done;
  return `; about ${seconds < 90 ? secondsText(Math.max(1, seconds)) : `${Math.round(seconds / 60)} min`} to go`;
}
