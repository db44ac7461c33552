// Cuts lines into fields. In: text, in pieces of any length; out: records, each with the line it began on.
// A line ends with LF, CRLF or CR. Quotes: RFC 4180 where the layout is CSV; elsewhere a quote is a character, except around
// a whole field.
import type { Layout } from './formats.ts';
import { ParseError } from './parse-error.ts';

/** Takes a record: its fields, and the first of its lines, counted from 1. */
export type TakeRecord = (fields: readonly string[], line: number) => void;

/** A quoted field may span this many lines and characters; a longer one is a quote that was never closed. */
const LONGEST_RECORD = { lines: 2000, characters: 1e6 };

export class FieldSplitter {
  private readonly layout: Layout;
  private readonly source: string;
  private readonly take: TakeRecord;
  /** What follows the last line end. */
  private rest = '';
  /** Lines so far. */
  private line = 0;
  /** The lines of a record whose quoted field is not closed yet. */
  private open: string[] = [];

  constructor(layout: Layout, source: string, take: TakeRecord) {
    this.layout = layout;
    this.source = source;
    this.take = take;
  }

  /** Takes the next piece of text. */
  push(piece: string): void {
    let text = this.rest + piece;
    // A CR at the end may be half of a CRLF.
    const isCut = text.endsWith('\r');
    if (isCut) text = text.slice(0, -1);
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.takeLine(text.slice(start, end));
      start = end + 1;
    }
    this.rest = text.slice(start) + (isCut ? '\r' : '');
  }

  /** Takes what is left as the last line, if there is anything. */
  end(): void {
    if (this.rest !== '') this.push('\n');
    if (this.open.length > 0) this.reject(this.line - this.open.length + 1, neverClosed);
  }

  private takeLine(line: string): void {
    this.line++;
    const { separator, quotes, cut } = this.layout;
    if (cut) this.take(this.cutBy(cut, line), this.line);
    else if (this.open.length === 0 && !line.includes('"')) {
      this.take(splitPlain(line, separator), this.line);
    } else if (quotes === 'whole') {
      this.take(splitWholeQuotes(line, separator), this.line);
    } else {
      this.open.push(line);
      this.takeQuoted();
    }
  }

  private cutBy(cut: NonNullable<Layout['cut']>, line: string): readonly string[] {
    try {
      return line.trim() === '' ? [''] : cut(line);
    } catch (error) {
      return this.reject(this.line, (error as Error).message);
    }
  }

  private takeQuoted(): void {
    const lines = this.open;
    const first = this.line - lines.length + 1;
    const text = lines.length === 1 ? lines[0]! : lines.join('\n');
    const fields = splitQuoted(text, this.layout.separator);
    if (fields === 'broken') this.reject(first, brokenQuote);
    if (fields === 'open') {
      if (lines.length > LONGEST_RECORD.lines || text.length > LONGEST_RECORD.characters)
        this.reject(first, neverClosed);
      return;
    }
    if (lines.length > 1) this.expectNoSwallowedRecords(lines, fields as string[], first);
    this.open = [];
    this.take(fields as string[], first);
  }

  /** A quote that is a character, and another one lines later, would make one record of the records between them. */
  private expectNoSwallowedRecords(lines: readonly string[], fields: readonly string[], first: number): void {
    const isRecord = (line: string) => splitPlain(line, this.layout.separator).length === fields.length;
    const records = lines.filter(isRecord).length;
    if (fields.length > 1 && isRecord(lines[0]!) && isRecord(lines.at(-1)!) && 2 * records >= lines.length)
      this.reject(first, swallowing);
  }

  private reject(line: number, problem: string): never {
    throw new ParseError(this.source, line, problem);
  }
}

const brokenQuote = 'a quoted field must end with a quote before the separator';
const swallowing =
  'a quoted field begins here and ends lines later, with whole records in it; if that quote is a character, double it ("")';
const neverClosed = 'a quoted field begins here and never ends; if that quote is a character, double it ("")';

/** Cuts a line without quotes. */
export function splitPlain(line: string, separator: string): string[] {
  if (separator === ' ') return line.trim().split(/[ \t]+/);
  // Twice as fast as `split`, which a million lines would notice.
  const fields: string[] = [];
  let start = 0;
  for (let end = line.indexOf(separator); end >= 0; end = line.indexOf(separator, start)) {
    fields.push(line.slice(start, end));
    start = end + separator.length;
  }
  fields.push(line.slice(start));
  return fields;
}

/** Cuts a line in which a quote is a character; a field wholly in quotes loses them. */
function splitWholeQuotes(line: string, separator: string): string[] {
  const fields =
    separator === ' '
      ? (line.trim().match(/"(?:[^"]|"")*"(?=[ \t]|$)|[^ \t]+/g) ?? [''])
      : splitPlain(line, separator);
  return fields.map((field) => {
    const text = field.trim();
    return /^"(?:[^"]|"")*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : field;
  });
}

/** Cuts a record as RFC 4180 says; blanks around a quoted field are ignored. */
function splitQuoted(text: string, separator: string): string[] | 'open' | 'broken' {
  const fields: string[] = [];
  for (let start = 0; ; ) {
    const opening = skipBlanks(text, start);
    let end: number;
    if (text[opening] === '"') {
      const closing = closingQuote(text, opening);
      if (closing < 0) return 'open';
      end = skipBlanks(text, closing + 1);
      if (end < text.length && !text.startsWith(separator, end)) return 'broken';
      fields.push(text.slice(opening + 1, closing).replaceAll('""', '"'));
    } else {
      const next = text.indexOf(separator, start);
      end = next < 0 ? text.length : next;
      fields.push(text.slice(start, end));
    }
    if (end >= text.length) return fields;
    start = end + separator.length;
  }
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ') at++;
  return at;
}

/** The place of the quote that ends the field beginning with the quote at `opening`, or -1. */
function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
