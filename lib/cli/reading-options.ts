// The options that say how a ratings file is laid out; `train`, `compare` and `data info` share them.
import { type Command, Option } from 'commander';
import { readColumnChoice } from '../data/column-option.ts';
import { ratingsFormats } from '../data/formats.ts';
import type { ReadOptions } from '../data/read-ratings.ts';
import { flagOf, readName, readNumber } from './read-value.ts';
import { UsageError } from './usage-error.ts';

/** How to read a file, as far as it was told. */
export type ReadingOptions = Pick<
  ReadOptions,
  'format' | 'columns' | 'encoding' | 'decimal' | 'dates' | 'member' | 'minRating'
>;

const names = ['format', 'columns', 'encoding', 'decimal', 'dates', 'member', 'minRating'] as const;

/** Adds the options to a command. */
export function addReadingOptions(command: Command, group: string): void {
  const add = (flags: string, help: string, read: (text: string) => unknown) =>
    command.addOption(new Option(flags, help).argParser(read).helpGroup(group));
  const oneOf = (flag: string, known: readonly string[]) => (text: string) => readName(flag, text, known);
  const formats = ['auto', ...ratingsFormats];
  add('--format <NAME>', `one of ${formats.join(', ')} (default: auto)`, oneOf('--format', formats));
  add(
    '--columns <LIST>',
    'user,item,-,time by position or user=NAME,item=NAME by header (default: found)',
    readColumns,
  );
  add('--encoding <NAME>', 'such as latin1 (default: UTF-8 or UTF-16, as the bytes say)', readEncoding);
  add(
    '--decimal <MARK>',
    'point or comma before decimals (default: found)',
    oneOf('--decimal', ['point', 'comma']),
  );
  const orders = ['day-first', 'month-first'];
  add('--dates <ORDER>', 'day-first or month-first in 03/04/2020 (default: found)', oneOf('--dates', orders));
  add('--member <NAME>', 'the file of a .zip that holds the ratings (default: found)', (text) => text);
  add('--min-rating <N>', 'only ratings from N on are likes (default: every rating is)', (text) =>
    readNumber('--min-rating', text),
  );
}

/** Those of commander's values that say how to read a file. */
export function readingOptionsOf(given: Record<string, unknown>): ReadingOptions {
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

/**
 * Refuses options about reading a file where none is read.
 *
 * @param why what is used in place of a file, and the way out
 */
export function expectNoReading(reading: ReadingOptions, why: string): void {
  const given = names.find((name) => reading[name] !== undefined);
  if (given !== undefined) throw new UsageError(`${flagOf(given)} says how a file is read, and ${why}`);
}

function readColumns(text: string): string {
  try {
    readColumnChoice(text);
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/^columns: /, '--columns: '));
  }
  return text;
}

function readEncoding(text: string): string {
  try {
    new TextDecoder(text);
  } catch {
    throw new UsageError(
      `--encoding must be a name like utf-8, utf-16le, latin1 or shift_jis, got "${text}"`,
    );
  }
  return text;
}
