// How a dropped file is to be read, in the words of the command line: "--columns user,item,-,time --min-rating 4".
import type { ReadOptions } from '../../lib/data/read-ratings.ts';

const names: Readonly<Record<string, keyof ReadOptions>> = {
  '--format': 'format',
  '--columns': 'columns',
  '--encoding': 'encoding',
  '--decimal': 'decimal',
  '--dates': 'dates',
  '--member': 'member',
  '--min-rating': 'minRating',
};

/**
 * Reads the words.
 *
 * @throws RangeError naming the option that is unknown or has no value
 */
export function readReadingWords(text: string): ReadOptions {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const options: Record<string, string | number> = {};
  for (let place = 0; place < words.length; place += 2) {
    const [word, value] = [words[place]!, words[place + 1]];
    const name = names[word];
    if (!name) throw new RangeError(`options: one must be of ${Object.keys(names).join(', ')}, got ${word}`);
    if (value === undefined) throw new RangeError(`options: ${word} must have a value, got none`);
    options[name] = name === 'minRating' ? Number(value) : value;
  }
  return options as ReadOptions;
}
