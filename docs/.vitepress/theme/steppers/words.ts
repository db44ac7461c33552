// Sentences that follow from numbers: what a figure is called is decided here, so that no caption can say the opposite of
// the number beside it. test/docs/words.test.ts tries each at its extremes.

/** A count with its noun: `1 client`, `2 clients`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** A number with so many digits after the point; a zero has no sign. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** What a mean cosine between two sets of directions amounts to, as the end of "they point …". */
export function likenessInWords(cosine: number): string {
  if (cosine >= 0.95) return 'almost exactly where';
  if (cosine >= 0.75) return 'mostly where';
  if (cosine >= 0.4) return 'only roughly where';
  if (cosine >= 0.15) return 'hardly where';
  if (cosine > -0.15) return 'nowhere near where';
  return 'away from where';
}

/** What an area under the curve says of an attack. */
export function attackInWords(area: number): string {
  if (area >= 0.995) return 'the server knows which items were touched';
  if (area >= 0.8) return 'the server is right most of the time';
  if (area >= 0.6) return 'the server is right somewhat more often than not';
  if (area > 0.45) return 'the server can do little better than guess';
  return 'the server would do better by guessing';
}

/** Whether a difference stands out from its standard error. */
export function differenceInWords(difference: number, standardError: number): string {
  if (!Number.isFinite(difference) || !Number.isFinite(standardError)) return 'not measured';
  if (Math.abs(difference) < 2 * standardError || difference === 0)
    return 'too small to tell from luck (less than two standard errors)';
  return difference > 0
    ? 'ahead by more than two standard errors'
    : 'behind by more than two standard errors';
}
