// How checks read what came back and say what is wrong with it: the first thing that does not hold ends the case.
// In: answers, copied from the student's code; out: a fault, or null. A visible check shows what it wanted, a hidden one says
// only which rule is broken.
import type { Answer, Case, Fault } from '../kit/task.ts';
import { isNdarray } from '../kit/values.ts';

/** What a case does not forgive: ends it. */
class Broken extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.says);
    this.fault = fault;
  }
}

/** Ends the case with a fault. */
export function fail(says: string, shown: { readonly got?: unknown; readonly wanted?: unknown } = {}): never {
  throw new Broken({ says, ...shown });
}

/** Ends the case with a fault unless it holds. */
export function hold(holds: boolean, says: string, shown: { got?: unknown; wanted?: unknown } = {}): void {
  if (!holds) fail(says, shown);
}

/** A verdict out of statements that may fail. */
export function verdict(read: (answers: readonly Answer[]) => void): Case['verdict'] {
  return (answers) => {
    try {
      read(answers);
      return null;
    } catch (error) {
      if (error instanceof Broken) return error.fault;
      throw error;
    }
  };
}

/** What a call returned. */
export function returned(answers: readonly Answer[], call = 0): unknown {
  const answer = answers[call];
  if (!answer || answer.thrown !== null) fail(`it threw: ${answer?.thrown ?? 'there is no answer'}`);
  return answer.result;
}

/** An argument after a call, to see what was written into it. */
export function argumentAfter(answers: readonly Answer[], call: number, place: number): unknown {
  returned(answers, call);
  return answers[call]!.arguments[place];
}

/** Fields of an object. */
export function fieldsOf(value: unknown, what: string, ...names: string[]): Record<string, unknown> {
  const fields = value as Record<string, unknown> | null | undefined;
  const lacks = names.find((name) => typeof fields !== 'object' || fields?.[name] === undefined);
  if (lacks !== undefined) fail(`${what} must be an object with ${names.join(', ')}; ${lacks} is missing`);
  return fields!;
}

export interface Reading {
  /** Whether NaN and infinities may be among the numbers. Default: no. */
  readonly anyNumber?: boolean;
}

/** The rows of a matrix of the given shape. */
export function rowsOf(
  value: unknown,
  what: string,
  rows: number,
  columns: number,
  reading: Reading = {},
): number[][] {
  if (!isNdarray(value)) fail(`${what} must be a matrix [${rows}, ${columns}], an ndarray`);
  const { shape } = value;
  hold(
    shape.length === 2 && shape[0] === rows && shape[1] === columns,
    `${what} must have shape [${rows}, ${columns}], got [${shape.join(', ')}]`,
  );
  const found = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => value.get(row, column)),
  );
  if (!reading.anyNumber) expectFinite(found.flat(), what, found);
  return found;
}

/** The numbers of an array, a typed array or a vector of the given length. */
export function numbersOf(value: unknown, what: string, length: number, reading: Reading = {}): number[] {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const isVector = isNdarray(value) && value.shape.length === 1;
  if (!isList && !isVector) fail(`${what} must be an array of ${length} numbers`);
  const found = isVector
    ? Array.from({ length: value.shape[0]! }, (_, at) => value.get(at))
    : Array.from(value as ArrayLike<number>);
  hold(found.length === length, `${what} must have ${length} entries, got ${found.length}`);
  const odd = found.find((each) => typeof each !== 'number');
  if (odd !== undefined) fail(`${what} must hold numbers, got a ${typeof odd}`);
  if (!reading.anyNumber) expectFinite(found, what, found);
  return found;
}

/** A number. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value !== 'number')
    fail(`${what} must be a number, got ${value === null ? 'null' : typeof value}`);
  if (!Number.isFinite(value)) fail(`${what} must be finite, got ${value}`);
  return value;
}

function expectFinite(values: readonly number[], what: string, shown: unknown): void {
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) fail(`${what} must hold finite numbers, got ${odd}`, { got: shown });
}

/** Whether two numbers are the same but for rounding: relative to `size` if it is above 1. */
export function isNear(a: number, b: number, size = 1, tolerance = 1e-9): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, size);
}

/** Whether all numbers are the same but for rounding, relative to the largest that is wanted. */
export function areNear(got: readonly number[], wanted: readonly number[], tolerance = 1e-9): boolean {
  const size = wanted.reduce(
    (largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest),
    1,
  );
  return (
    got.length === wanted.length && got.every((value, at) => isNear(value, wanted[at]!, size, tolerance))
  );
}

/** Ends the case unless numbers are as wanted; shows both. For visible checks. */
export function expectShown(
  got: readonly number[],
  wanted: readonly number[],
  says: string,
  tolerance = 1e-9,
): void {
  hold(areNear(got, wanted, tolerance), says, { got, wanted });
}

/** Ends the case unless rows are as wanted; shows both. For visible checks. */
export function expectRowsShown(
  got: readonly (readonly number[])[],
  wanted: readonly (readonly number[])[],
  says: string,
  tolerance = 1e-9,
): void {
  hold(areNear(got.flat(), wanted.flat(), tolerance), says, { got, wanted });
}

/** Ends the case unless numbers are as wanted; shows neither. For hidden checks. */
export function expectHidden(
  got: readonly number[],
  wanted: readonly number[],
  says: string,
  tolerance = 1e-9,
): void {
  hold(areNear(got, wanted, tolerance), says);
}

/** A·B of rows. */
export function times(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  return a.map((row) =>
    (b[0] ?? []).map((_, column) => row.reduce((sum, value, k) => sum + value * b[k]![column]!, 0)),
  );
}

/** Rows and columns exchanged. */
export function turned(rows: readonly (readonly number[])[]): number[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]!));
}
