// What may stand above the first record: blank lines, comments as KONECT and SNAP write them, and Excel's `sep=;`.
// In: the beginning of the text; out: where the records begin, and what the comments say.
import { ParseError } from './parse-error.ts';

export interface Preamble {
  /** The first line that is neither blank nor a comment, counted from 1. */
  readonly firstLine: number;
  readonly comments: readonly string[];
  /** What a `sep=` line tells. */
  readonly separator: string | null;
  /** What a KONECT comment says about the network. */
  readonly konect: 'bip' | 'sym' | 'asym' | null;
}

/**
 * Reads the lines above the records.
 *
 * @param isTable whether a separator cuts the lines, so that JSON and the like are another file
 * @throws ParseError if the text is empty or binary, or is no table at all
 */
export function readPreamble(text: string, source: string, isTable: boolean): Preamble {
  if (text.trim() === '') throw new ParseError(source, null, 'the file is empty');
  if (text.includes('\0')) throw new ParseError(source, null, 'this is a binary file, not text');
  const lines = text.split(/\r\n?|\n/);
  const comments: string[] = [];
  let separator: string | null = null;
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at]!.trim();
    if (/^[#%]/.test(line) && !isRecordLike(line, lines.slice(at + 1))) comments.push(line);
    else if (/^sep=.$/i.test(line)) separator = line.slice(4);
    else if (line !== '') break;
  }
  if (at === lines.length) throw new ParseError(source, null, 'the file has nothing but comments');
  if (isTable) expectTable(lines[at]!.trim(), at + 1, source);
  const network = comments.flatMap((line) => /^%\s*(bip|sym|asym)\b/.exec(line)?.[1] ?? [])[0];
  return { firstLine: at + 1, comments, separator, konect: (network as Preamble['konect']) ?? null };
}

/** An id may begin with # or %: then the line is cut like the next ones. */
function isRecordLike(line: string, others: readonly string[]): boolean {
  const next = others.find((other) => other.trim() !== '') ?? '';
  if (/^[#%]/.test(next) && next[0] === line[0]) return false;
  return ['::', '\t', ',', ';', '|'].some((separator) => {
    const width = line.split(separator).length;
    return width > 1 && width === next.split(separator).length && /[\d]/.test(line) && !/^[#%]\s/.test(line);
  });
}

function expectTable(line: string, at: number, source: string): void {
  if (/^[[{]/.test(line) && /["\]}]/.test(line) && /[:\]]/.test(line))
    throw new ParseError(source, at, 'this is JSON, not a table; write one rating a line, as CSV');
  if (/^<(!doctype|html|\?xml|[a-z]+[ >])/i.test(line))
    throw new ParseError(source, at, 'this is a web page or XML, not a table of ratings');
  if (line.startsWith('version https://git-lfs'))
    throw new ParseError(
      source,
      at,
      'this is a pointer of Git LFS, not the file; fetch it with "git lfs pull"',
    );
}
