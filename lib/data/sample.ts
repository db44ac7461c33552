// The first records of a text, as far as they can be read: what layout and columns are judged by.
import { FieldSplitter } from './fields.ts';
import type { Layout } from './formats.ts';
import { ParseError } from './parse-error.ts';

export interface SampleRecord {
  readonly fields: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/** Records that are not blank, up to a number of them; a broken one ends the sample, and is found again when all is read. */
export function sampleRecords(
  text: string,
  layout: Layout,
  { from, most }: { from: number; most: number },
): SampleRecord[] {
  const records: SampleRecord[] = [];
  const splitter = new FieldSplitter(layout, '', (fields, line) => {
    if (line < from || fields.every((field) => field.trim() === '')) return;
    if (records.length < most) records.push({ fields, line });
  });
  try {
    splitter.push(text);
    splitter.end();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  return records;
}

/** The number of fields that most records have (of equally frequent ones the first), and in how many they are. */
export function usualWidth(records: readonly SampleRecord[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  const [width, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return { width, share: records.length > 0 ? count / records.length : 0 };
}
