// What checks compare with: numbers within a tolerance, in lists, matrices and objects. In: what came back and what is
// wanted; out: null, or what is wrong. `sameAs` compares everything with the reference's answer.
import { show } from './show.ts';
import type { Fault } from './task.ts';
import { isNdarray } from './values.ts';

/** Another order of summation passes, another formula does not: relative, and absolute below 1. */
export const TOLERANCE = 1e-9;

/**
 * Null if two values are of one shape and their numbers are the same within the tolerance. The fault's sentence begins with
 * `says`; it tells where the first difference is.
 */
export function sameAs(got: unknown, wanted: unknown, says: string, tolerance = TOLERANCE): Fault | null {
  const where = differs(got, wanted, '', tolerance);
  return where === null
    ? null
    : { says: `${says}${where === '' ? '' : `; the first difference is at ${where}`}`, got, wanted };
}

/** Null if it holds, else the fault. */
export function holds(condition: boolean, says: string, got?: unknown, wanted?: unknown): Fault | null {
  return condition ? null : { says, got, wanted };
}

/** The first fault of several, or null. */
export function firstFault(...faults: readonly (Fault | null)[]): Fault | null {
  return faults.find((fault) => fault !== null) ?? null;
}

/** Whether two numbers are the same within the tolerance. */
export function isClose(a: number, b: number, tolerance = TOLERANCE): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

/** The numbers of a list, a typed array or an ndarray, row by row; what the judge has let through has such. */
export function numbersOf(value: unknown): number[] {
  if (isNdarray(value)) return [...cells(value)];
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (typeof value === 'number') return [value];
  throw new TypeError(`numbersOf: a list or a matrix is needed, got ${show(value)}`);
}

function* cells(
  value: { shape: number[]; get(...at: number[]): number },
  at: number[] = [],
): Generator<number> {
  if (at.length === value.shape.length) yield value.get(...at);
  else for (let i = 0; i < value.shape[at.length]!; i++) yield* cells(value, [...at, i]);
}

/** Where two values first differ: null if nowhere, '' if as wholes. */
function differs(got: unknown, wanted: unknown, path: string, tolerance: number): string | null {
  if (typeof wanted === 'number') {
    return typeof got === 'number' && isClose(got, wanted, tolerance) ? null : path;
  }
  if (wanted === null || typeof wanted !== 'object') return Object.is(got, wanted) ? null : path;
  if (got === null || typeof got !== 'object') return path;
  if (isList(wanted)) {
    if (!isList(got)) return path;
    if (String(shapeOf(got)) !== String(shapeOf(wanted))) return path;
    const [left, right] = [itemsOf(got), itemsOf(wanted)];
    for (let at = 0; at < right.length; at++) {
      const found = differs(left[at], right[at], `${path}[${placeIn(wanted, at)}]`, tolerance);
      if (found !== null) return found;
    }
    return null;
  }
  for (const [key, value] of Object.entries(wanted)) {
    const inside = (got as Record<string, unknown>)[key];
    const found = differs(inside, value, path === '' ? key : `${path}.${key}`, tolerance);
    if (found !== null) return found;
  }
  return null;
}

function isList(value: object): boolean {
  return (
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    isNdarray(value) ||
    value instanceof Map ||
    value instanceof Set
  );
}

function shapeOf(value: object): number[] {
  if (isNdarray(value)) return value.shape;
  return [value instanceof Map || value instanceof Set ? value.size : (value as unknown[]).length];
}

function itemsOf(value: object): unknown[] {
  if (isNdarray(value)) return [...cells(value)];
  return Array.from(value as Iterable<unknown>);
}

function placeIn(value: object, at: number): string {
  if (!isNdarray(value) || value.shape.length !== 2) return String(at);
  const columns = value.shape[1]!;
  return `${Math.floor(at / columns)}, ${at % columns}`;
}
