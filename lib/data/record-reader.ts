// Reads records as a plan says: fields become a user, an item, a rating and a time, or an error that names the line.
import type { Plan } from './detect.ts';
import { hasTwoReadings, readNumber } from './numbers.ts';
import { ParseError, quoted } from './parse-error.ts';
import { RatingRows } from './rating-rows.ts';
import { readTime, withDecimalPoint } from './time-values.ts';

/** Different rating texts that are remembered, because a million lines repeat them. */
const REMEMBERED = 1000;

export class RecordReader {
  readonly rows: RatingRows;
  readonly counts = { lines: 0, blankLines: 0 };
  private readonly plan: Plan;
  private readonly source: string;
  private readonly ratings = new Map<string, number>();

  constructor(plan: Plan, source: string) {
    this.plan = plan;
    this.source = source;
    this.rows = new RatingRows(plan.places.time >= 0);
  }

  /** @throws ParseError naming the line */
  take(fields: readonly string[], line: number): void {
    this.counts.lines++;
    if (isBlank(fields)) {
      this.counts.blankLines++;
      return;
    }
    if (line < this.plan.firstLine) return;
    if (this.plan.format === 'lightgcn') this.takeList(fields, line);
    else this.takeRating(fields, line);
  }

  private takeRating(fields: readonly string[], line: number): void {
    const { width, widthLine, places } = this.plan;
    if (fields.length !== width) {
      const like = line > widthLine ? ` like line ${widthLine}` : '';
      this.reject(line, `a line must have ${width} fields${like}, got ${fields.length}`);
    }
    const user = this.id(fields[places.user]!, 'a user', line);
    const item = this.id(fields[places.item]!, 'an item', line);
    const value = places.rating < 0 ? 1 : this.rating(fields[places.rating]!, line);
    const time = places.time < 0 ? 0 : this.time(fields[places.time]!, line);
    this.rows.add(user, item, value, time);
  }

  private takeList([user, ...items]: readonly string[], line: number): void {
    for (const item of items) this.rows.add(this.id(user!, 'a user', line), item, 1, 0);
  }

  private id(field: string, what: string, line: number): string {
    const id = field.trim();
    if (id === '') this.reject(line, `${what} id must not be empty`);
    return id;
  }

  private rating(field: string, line: number): number {
    const known = this.ratings.get(field);
    if (known !== undefined) return known;
    const { mark, isCertain } = this.plan.ratingStyle;
    if (!isCertain && hasTwoReadings(field)) {
      const ways = '--decimal point or --decimal comma says which mark stands before the decimals';
      this.reject(line, `a rating like ${quoted(field)} has two readings; ${ways}`);
    }
    const value = readNumber(field, mark);
    if (!Number.isFinite(value)) {
      const other = mark === 'point' ? 'comma' : 'point';
      const hint = Number.isNaN(readNumber(field, other)) ? '' : `; --decimal ${other} reads it`;
      this.reject(line, `a rating must be a number, got ${quoted(field)}${hint}`);
    }
    if (value < 0) this.reject(line, `a rating must not be negative, got ${quoted(field)}`);
    if (this.ratings.size < REMEMBERED) this.ratings.set(field, value);
    return value;
  }

  private time(field: string, line: number): number {
    const { mark, isCertain } = this.plan.ratingStyle;
    const isComma = mark === 'comma' && isCertain && !this.plan.timeKind.startsWith('dates');
    const time = readTime(isComma ? withDecimalPoint(field) : field, this.plan.timeKind);
    if (Number.isFinite(time)) return time;
    const kind = this.plan.timeKind;
    const rule = kind.startsWith('epoch') || kind === 'order' ? 'a number' : 'a date';
    const like = kind === 'order' ? '' : ` (${kind}, like the first lines)`;
    return this.reject(line, `a time must be ${rule}${like}, got ${quoted(field)}`);
  }

  private reject(line: number, problem: string): never {
    throw new ParseError(this.source, line, problem);
  }
}

function isBlank(fields: readonly string[]): boolean {
  for (const field of fields) if (field.trim() !== '') return false;
  return true;
}
