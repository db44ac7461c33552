/** A source that cannot be read as ratings. The message names the source and, where there is one, the line. */
export class ParseError extends Error {
  /** The file or text, as the caller named it. */
  readonly source: string;
  /** The line, counted from 1; null if the whole source is at fault. */
  readonly line: number | null;
  /** What is wrong, without source and line. */
  readonly problem: string;

  constructor(source: string, line: number | null, problem: string) {
    super(`${source}${line === null ? '' : `:${line}`}: ${problem}`);
    this.name = 'ParseError';
    this.source = source;
    this.line = line;
    this.problem = problem;
  }
}

/** A source that is something else than ratings: people, titles, tags. */
export class OtherFileError extends ParseError {}

/** A field as messages show it: in quotes, control characters escaped, cut after forty characters. */
export function quoted(field: string): string {
  return JSON.stringify(field.length > 40 ? `${field.slice(0, 40)}…` : field);
}
