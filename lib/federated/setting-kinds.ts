// What a setting may be: a whole number, a real number or a word. Each kind holds its default, its range and its
// meaning; types, checks, the command line's options and docs/settings.md follow from it.
// In: a value that somebody asked for; out: nothing, or an error that names the setting, its rule and what it got.
import { closestName } from './closest-name.ts';

/** A number in a range; `or` is the one value beside the numbers, if there is one. */
export interface NumberSetting<Or extends 'auto' | null = never> {
  readonly kind: 'whole' | 'real';
  readonly default: number | Or;
  readonly from: number;
  /** The upper end, or how it follows from a setting that stands before this one in the table. */
  readonly to: number | ((settings: { readonly factors: number }) => number);
  readonly or?: Or;
  /** The letter of the docs and formulas; the command line's placeholder. */
  readonly symbol: string;
  readonly meaning: string;
}

/** One of several words. */
export interface WordSetting<Word extends string> {
  readonly kind: 'word';
  readonly default: Word;
  readonly words: readonly Word[];
  readonly symbol: string;
  readonly meaning: string;
}

/** Several words, between commas. */
export interface WordsSetting {
  readonly kind: 'words';
  readonly default: string;
  readonly words: readonly string[];
  /** What may be left out at the end of a word. */
  readonly ending: string;
  readonly symbol: string;
  readonly meaning: string;
}

/** What a setting's value may be: its default has that type. */
export type ValueOf<Kind extends { readonly default: unknown }> = Kind['default'];

export type AnySetting = NumberSetting<'auto' | null> | WordSetting<string> | WordsSetting;

interface Range<Or extends 'auto' | null> {
  readonly from: number;
  readonly to?: NumberSetting['to'];
  readonly or?: Or;
  readonly symbol?: string;
}

/** A whole number. */
export function whole<Or extends 'auto' | null = never>(
  value: number | NoInfer<Or>,
  range: Range<Or>,
  meaning: string,
): NumberSetting<Or> {
  return { kind: 'whole', default: value, to: Infinity, symbol: 'N', ...range, meaning };
}

/** A finite number. */
export function real<Or extends 'auto' | null = never>(
  value: number | NoInfer<Or>,
  range: Range<Or>,
  meaning: string,
): NumberSetting<Or> {
  return { kind: 'real', default: value, to: Infinity, symbol: 'X', ...range, meaning };
}

/** One of several words. */
export function word<Word extends string>(
  value: Word,
  words: readonly Word[],
  meaning: string,
): WordSetting<Word> {
  return { kind: 'word', default: value, words, symbol: 'NAME', meaning };
}

/** Several words, between commas. */
export function severalWords(
  value: string,
  { words, ending }: Pick<WordsSetting, 'words' | 'ending'>,
  meaning: string,
): WordsSetting {
  return { kind: 'words', default: value, words, ending, symbol: 'NAMES', meaning };
}

/**
 * Checks one value.
 *
 * @param settings those that stand before this one in the table are checked already
 * @throws RangeError naming the setting, its rule and what it got, with the closest word where one was meant
 */
export function checkSetting(
  name: string,
  setting: AnySetting,
  value: unknown,
  settings: { readonly factors: number },
): void {
  if (setting.kind === 'word') {
    if (setting.words.includes(value as string)) return;
    const rule = `one of ${setting.words.join(', ')}`;
    throw new RangeError(
      `settings: ${name} must be ${rule}, got ${shown(value)}${hint(value, setting.words)}`,
    );
  }
  if (setting.kind === 'words') {
    checkWords(name, setting, value);
    return;
  }
  if (setting.or !== undefined && value === setting.or) return;
  const { kind, from } = setting;
  const to = typeof setting.to === 'number' ? setting.to : setting.to(settings);
  const isKind = kind === 'whole' ? Number.isInteger(value) : Number.isFinite(value);
  if (isKind && from <= (value as number) && (value as number) <= to) return;
  const range = to === Infinity ? `of at least ${from}` : `between ${from} and ${to}`;
  const isWord = typeof value === 'string' && setting.or === 'auto' && !Number.isFinite(Number(value));
  const or = setting.or !== undefined && typeof value !== 'number' ? ` or ${shown(setting.or)}` : '';
  throw new RangeError(
    `settings: ${name} must be ${kind === 'whole' ? 'a whole number' : 'a number'} ${range}${or}, ` +
      `got ${shown(value)}${isWord ? hint(value, ['auto']) : ''}`,
  );
}

function checkWords(name: string, { words, ending }: WordsSetting, value: unknown): void {
  const isKnown = (word: string) => words.includes(word) || words.includes(word + ending);
  const given = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : [value];
  const stranger = given.find((word) => typeof word !== 'string' || !isKnown(word));
  if (stranger === undefined) return;
  const rule = `names between commas, of ${words.join(', ')}`;
  throw new RangeError(`settings: ${name} must be ${rule}, got ${shown(stranger)}${hint(stranger, words)}`);
}

/** `; did you mean 'int8'?` after a word that is none of the known ones. */
export function hint(value: unknown, words: readonly string[]): string {
  return typeof value === 'string' ? `; did you mean '${closestName(value, words)}'?` : '';
}

/** A value as an error shows it: texts in quotation marks, so that '10' is not taken for 10. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}
