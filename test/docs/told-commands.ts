// The commands that pages and help texts tell people to type, and the files that they are about.
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { pages, readPage } from './markdown.ts';

/** A line that somebody may type. */
export interface ToldCommand {
  /** Where it stands. */
  readonly place: string;
  /** The words after `fedtlrec`. */
  readonly words: readonly string[];
}

/** Ways to write the command line, in a clone or where the package is installed. */
const begins = /^(?:npm run -s fedtlrec -- |npx fedtlrec |fedtlrec )(.*)$/;

/** The `fedtlrec` commands of all pages: lines of code blocks that begin with one of its names. */
export function commandsOfPages(): ToldCommand[] {
  return pages().flatMap((page) =>
    codeLines(readPage(page)).flatMap((line) => {
      const told = begins.exec(line);
      return told ? [{ place: page, words: wordsOf(told[1]!) }] : [];
    }),
  );
}

/** The examples at the end of a help text. */
export function commandsOfHelp(place: string, help: string): ToldCommand[] {
  const examples = help.split(/^Examples:$/m)[1] ?? '';
  return examples
    .split('\n')
    .filter((line) => line.startsWith('  fedtlrec '))
    .map((line) => ({ place, words: wordsOf(line.trim().replace(/^fedtlrec /, '')) }));
}

/** Other lines of code blocks that begin with a program's name. */
export function otherCommands(): { readonly place: string; readonly line: string }[] {
  return pages().flatMap((page) =>
    codeLines(readPage(page))
      .filter((line) => /^(npm|npx|node|bash|python3) /.test(line) && !begins.test(line))
      .map((line) => ({ place: page, line: line.split(/\s+#/)[0]! })),
  );
}

/** Lines of indented and of fenced code. */
function codeLines(page: string): string[] {
  let isFenced = false;
  return page.split('\n').flatMap((line) => {
    if (line.startsWith('```')) isFenced = !isFenced;
    else if (isFenced) return [line.trim().replace(/^\$ /, '')];
    else if (line.startsWith('    ')) return [line.trim()];
    return [];
  });
}

/** Up to the remark: two spaces or more, or a #, or where the output goes. */
function wordsOf(line: string): string[] {
  return line
    .split(/ {2,}|\s+#|\s+>\s|\s+\|\s|\s+\[/)[0]!
    .split(' ')
    .filter((word) => word !== '');
}

/** Small files with the names and layouts that the commands mention, by name. */
export function mentionedFiles(): Record<string, string | Uint8Array> {
  const { ratings } = syntheticRatings({
    users: 40,
    items: 60,
    groups: 2,
    scenesPerGroup: 2,
    meanRatings: 12,
  });
  const rows = ratings.users.flatMap((_, user) => {
    const id = user === 0 ? '196' : String(user + 1000);
    const positions = Array.from(ratings.itemOf.keys()).slice(
      ratings.offsets[user]!,
      ratings.offsets[user + 1]!,
    );
    return positions.map((at) => [id, ratings.itemOf[at]! + 1, ratings.values[at]!, ratings.times![at]!]);
  });
  const separated = (by: string, header: string[] = []) =>
    `${[...(header.length > 0 ? [header] : []), ...rows].map((row) => row.join(by)).join('\n')}\n`;
  const csv = separated(',', ['userId', 'movieId', 'rating', 'timestamp']);
  const log = rows.map(([user, item, , time]) => [user, item, 'x', time]);
  return {
    'u.data': separated('\t'),
    'ratings.csv': csv,
    'ratings.csv.gz': gzipSync(csv),
    'ml-25m.zip': zipSync({ 'ml-25m/ratings.csv': strToU8(csv) }),
    'ratings.jsonl': `${rows.map(([user, item, rating, timestamp]) => JSON.stringify({ user, item, rating, timestamp })).join('\n')}\n`,
    'log.csv': `${[['sku', 'visitor', 'page', 'seen'], ...log.map(([user, item, page, time]) => [item, user, page, time])].map((row) => row.join(',')).join('\n')}\n`,
    'log.txt': `${log.map(([user, item, page, time]) => [user, page, item, time].join('\t')).join('\n')}\n`,
  };
}

/** Why a command is not typed by a test of commands; another test does what it says. */
export const elsewhere: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^data get /, 'from a network; test/cli/data-get.test.ts'],
  [/ml-100k/, 'data that have been fetched; test/cli/data-get.test.ts'],
  [/nearest-five|momentum|reciprocal|--format jsonl/, 'a change that test/docs/changing.test.ts applies'],
  [/webgpu/, 'a GPU; test/webgpu/command-line.test.ts'],
  [/^(serve|join|crowd|replay) /, 'a class, with other terminals beside it; test/classroom/serve.test.ts'],
  [/nats:|tls:/, 'a queue, with workers beside it; test/queue/told.test.ts'],
  [/my-recipe/, 'a recipe of the reader; examples/11-own-recipe.ts'],
];

/** Fewer rounds and users than asked for, so that all commands together take seconds. */
export function fewer(words: readonly string[]): string[] {
  if (words[0] !== 'train' && words[0] !== 'compare') return [];
  const isSmall = words.some((word) => /u\.data|\.csv|log\./.test(word));
  return ['--rounds', '1', '--evaluate-every', '1', ...(isSmall ? [] : ['--data', 'u.data'])];
}
