// Numbers as people write them into tables: 4.5 and 4,5; 1,234.5 and 1.234,5. Which mark separates the decimals follows from
// the whole column, because "1,234" or "1.234" alone may be either.
// In: fields; out: numbers, or NaN. Hexadecimal digits, words such as Infinity and blank fields are no numbers.

/** Which mark stands before the decimals. */
export type DecimalMark = 'point' | 'comma';

export interface NumberStyle {
  readonly mark: DecimalMark;
  /** Whether the mark was told or seen; otherwise "1,234" has two readings. */
  readonly isCertain: boolean;
}

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMAS_FOR_THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
const BLANKS_FOR_THOUSANDS = /^[+-]?[1-9]\d{0,2}([ \u00a0\u202f'’]\d{3})+(\.\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d*,\d+$/;
const POINTS_FOR_THOUSANDS = /^[+-]?[1-9]\d{0,2}([. \u00a0\u202f'’]\d{3})+(,\d+)?$/;
const TWO_READINGS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** The number that a field holds, or NaN. */
export function readNumber(field: string, mark: DecimalMark): number {
  const text = field.trim();
  if (mark === 'point') {
    if (PLAIN.test(text)) return Number(text);
    if (COMMAS_FOR_THOUSANDS.test(text) || BLANKS_FOR_THOUSANDS.test(text))
      return Number(text.replace(/[^\d.+-]/g, ''));
    return Number.NaN;
  }
  if (DECIMAL_COMMA.test(text)) return Number(text.replace(',', '.'));
  if (POINTS_FOR_THOUSANDS.test(text)) return Number(text.replace(/[^\d,+-]/g, '').replace(',', '.'));
  return /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** Whether a field is a number with decimals in one way of writing and a number of thousands in the other. */
export function hasTwoReadings(field: string): boolean {
  return TWO_READINGS.test(field.trim());
}

/** Whether a field is a number in one of the two ways of writing. */
export function isNumber(field: string): boolean {
  return !Number.isNaN(readNumber(field, 'point')) || !Number.isNaN(readNumber(field, 'comma'));
}

/** The style that a column's fields show; null if some of them have two readings and no other field decides. */
export function styleOf(fields: readonly string[]): NumberStyle | null {
  const texts = fields.map((field) => field.trim());
  const readsAs = (mark: DecimalMark) => texts.filter((text) => !Number.isNaN(readNumber(text, mark))).length;
  const [points, commas] = [readsAs('point'), readsAs('comma')];
  if (commas > points) return { mark: 'comma', isCertain: true };
  if (points > commas) return { mark: 'point', isCertain: true };
  if (texts.some(hasTwoReadings)) return null;
  return { mark: 'point', isCertain: false };
}
