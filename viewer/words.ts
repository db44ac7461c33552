// Counts with their nouns, for every sentence that the viewer says.
import { grouped } from './figures.ts';

/** `1 client`, `2 clients`, `1,200 clients`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : nouns}`;
}
