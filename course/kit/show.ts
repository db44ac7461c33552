// Prints values of a case as numbers that one can type again: lists in brackets, matrices row by row, long ones cut.
// In: what values.ts decodes, and its marks for streams and earlier results; out: one line, or a few.
import type { Call } from './task.ts';
import { isNdarray } from './values.ts';

const LONGEST_LIST = 24;

/** A value in one line. */
export function show(value: unknown): string {
  if (typeof value === 'number') return showNumber(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (isNdarray(value)) return showNdarray(value);
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name;
    const items = Array.from(value as Float64Array, showNumber);
    return `${name === 'Float64Array' ? '' : name} ${list(items)}`.trim();
  }
  if (Array.isArray(value)) return list(value.slice(0, LONGEST_LIST + 1).map(show));
  if (value instanceof Map) return `Map ${show([...value])}`;
  if (value instanceof Set) return `Set ${show([...value])}`;
  const fields = value as Record<string, unknown>;
  if (typeof fields.$ === 'string') return showMark(fields);
  const parts = Object.entries(fields).map(([key, item]) => `${key}: ${show(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** A call as one writes it. */
export function showCall(call: Call): string {
  const target =
    call.on === undefined ? call.function : `result ${call.on + 1}${call.function && `.${call.function}`}`;
  return `${target}(${call.arguments.map(show).join(', ')})`;
}

function showNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return Object.is(value, -0) ? '-0' : String(value);
  return String(Number(value.toPrecision(12)));
}

function list(items: readonly string[]): string {
  const shown = items.slice(0, LONGEST_LIST);
  return `[${shown.join(', ')}${items.length > LONGEST_LIST ? ', …' : ''}]`;
}

function showNdarray(value: { shape: number[]; get(...at: number[]): number }): string {
  const rows = (at: number[]): string => {
    if (at.length === value.shape.length) return showNumber(value.get(...at));
    const size = Math.min(value.shape[at.length]!, LONGEST_LIST + 1);
    return list(Array.from({ length: size }, (_, index) => rows([...at, index])));
  };
  return rows([]);
}

function showMark(fields: Record<string, unknown>): string {
  const path = Array.isArray(fields.path) ? fields.path.map((step) => `.${step}`).join('') : '';
  switch (fields.$) {
    case 'keyed':
      return `randomStream(${[fields.seed, ...(fields.key as unknown[])].map(show).join(', ')})`;
    case 'written':
      return `a function with the values ${show(fields.values)} of 0, 1, 2, …`;
    case 'rounding':
      return `a rounding to multiples of ${fields.step}`;
    case 'scripted':
      return `a stream that draws ${show(Object.fromEntries(Object.entries(fields).filter(([key]) => key !== '$')))}`;
    case 'result':
      return `result ${Number(fields.call) + 1}${path}`;
    case 'argument':
      return `argument ${Number(fields.place) + 1} of call ${Number(fields.call) + 1}${path}`;
    case 'given':
      return String(fields.name);
    case 'stream':
      return `a stream after ${fields.drawn} draws`;
    default:
      return `a ${fields.$}`;
  }
}
