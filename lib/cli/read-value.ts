// Values of options, read strictly: a word on the command line becomes a number or a known name, or an error that
// names the option, the rule and what it got.
import { closestName } from '../federated/closest-name.ts';
import { UsageError } from './usage-error.ts';

/** The option of a name in the library: `minRating` is `--min-rating`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A whole number from `least` to `most`. */
export function readCount(flag: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = readNumber(flag, text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `between ${least} and ${most}`;
  throw new UsageError(`${flag} must be a whole number ${range}, got ${text}`);
}

/** A finite decimal number; unlike `Number`, not an empty text, hexadecimal digits or a name. */
export function readNumber(flag: string, text: string, alternative = ''): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)))
    return Number(text);
  throw new UsageError(`${flag} must be a number${alternative}, got "${text}"`);
}

/** A number, or a word such as "off" as it is (commander takes null for a missing value). */
export function readNumberOr(word: string, flag: string, text: string): number | string {
  return text === word ? word : readNumber(flag, text, ` or "${word}"`);
}

/** One of several names; the error names the closest. */
export function readName(flag: string, text: string, names: readonly string[]): string {
  if (names.includes(text)) return text;
  const nearest = closestName(text, names);
  throw new UsageError(
    `${flag} must be one of ${names.join(', ')}, got "${text}"; did you mean "${nearest}"?`,
  );
}
