// Whether an answer is of the kind that was asked for: its type, shape and finiteness are those of the reference's answer,
// and nothing was changed that the reference left as it was. In: both answers; out: one sentence, or null.
import type { SentAnswer } from './runner.ts';
import { show } from './show.ts';
import type { Answer, Call, Fault } from './task.ts';
import { Foreign, isNdarray } from './values.ts';

/** What is wrong with the kind of what a function returned, or null. */
export function faultOfKind(name: string, got: unknown, wanted: unknown): Fault | null {
  const problem = kindProblem(got, wanted, '');
  return problem === null ? null : { says: `${name} ${problem}`, got, wanted };
}

function kindProblem(got: unknown, wanted: unknown, path: string): string | null {
  const at = path === '' ? '' : ` as ${path}`;
  if (got instanceof Foreign && !(wanted instanceof Foreign)) {
    if (got.$ === 'promise')
      return `must return its result itself, not a promise${at}: leave out async and await`;
    return `must return ${kindOf(wanted)}${at}, got ${got.$ === 'undefined' ? 'nothing' : `a ${got.$}`}`;
  }
  if (isLoose(wanted)) return null;
  if (!isSameKind(got, wanted)) return `must return ${kindOf(wanted)}${at}, got ${kindOf(got)}`;
  if (typeof wanted === 'number') return finiteProblem([got as number], [wanted], path);
  if (ArrayBuffer.isView(wanted)) {
    return finiteProblem(Array.from(got as Float64Array), Array.from(wanted as Float64Array), path);
  }
  if (isNdarray(wanted)) return finiteProblem(cellsOf(got), cellsOf(wanted), path);
  if (wanted === null || typeof wanted !== 'object') return null;
  if (wanted instanceof Map || wanted instanceof Set) return null;
  for (const [key, value] of Object.entries(wanted)) {
    const inside = (got as Record<string, unknown>)[key];
    const problem = kindProblem(inside, value, path === '' ? `'${key}'` : `${path.slice(0, -1)}.${key}'`);
    if (problem !== null) return problem;
  }
  return null;
}

/** A function, a stream or nothing: the check says what is wanted. */
function isLoose(wanted: unknown): boolean {
  return wanted instanceof Foreign || wanted === undefined;
}

function isSameKind(got: unknown, wanted: unknown): boolean {
  if (isNdarray(wanted)) {
    return (
      isNdarray(got) &&
      isFloats(got.data) === isFloats(wanted.data) &&
      String(got.shape) === String(wanted.shape)
    );
  }
  if (ArrayBuffer.isView(wanted)) {
    if (!ArrayBuffer.isView(got)) return false;
    const [left, right] = [got as Float64Array, wanted as Float64Array];
    const isType = left.constructor === right.constructor || (isFloats(left) && isFloats(right));
    return isType && left.length === right.length;
  }
  if (Array.isArray(wanted)) return Array.isArray(got) && got.length === wanted.length;
  if (wanted === null || got === null) return got === wanted;
  if (typeof wanted !== typeof got) return false;
  if (typeof wanted !== 'object') return true;
  return wanted.constructor === (got as object).constructor;
}

function isFloats(value: unknown): boolean {
  return value instanceof Float64Array || value instanceof Float32Array;
}

function cellsOf(value: unknown): number[] {
  const matrix = value as { shape: number[]; get(...at: number[]): number };
  const visit = (at: number[]): number[] =>
    at.length === matrix.shape.length
      ? [matrix.get(...at)]
      : Array.from({ length: matrix.shape[at.length]! }, (_, index) => visit([...at, index])).flat();
  return visit([]);
}

function finiteProblem(got: readonly number[], wanted: readonly number[], path: string): string | null {
  const at = wanted.findIndex((value, place) => Number.isFinite(value) && !Number.isFinite(got[place]));
  if (at < 0) return null;
  const place = wanted.length > 1 ? ` at place ${at}` : '';
  return `returned ${got[at]}${place}${path === '' ? '' : ` of ${path}`}, where a finite number is wanted`;
}

/** A kind in words: 'a Float64Array of 3', 'a matrix [2, 3]', 'an object'. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isNdarray(value))
    return `${value.shape.length === 2 ? 'a matrix' : 'an ndarray'} [${value.shape.join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${(value as Float64Array).length}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Foreign) return `a ${value.$}`;
  if (value instanceof Map || value instanceof Set) return `a ${value.constructor.name}`;
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${show(value)}`;
}

/** What is wrong if an argument was changed that the reference leaves alone, or null. */
export function faultOfChange(
  call: Call,
  sent: readonly unknown[],
  after: SentAnswer,
  reference: SentAnswer,
): Fault | null {
  const [mine, theirs] = [after.arguments as unknown[], reference.arguments as unknown[]];
  for (let place = 0; place < sent.length; place++) {
    const before = JSON.stringify(sent[place]);
    if (JSON.stringify(theirs[place]) !== before || JSON.stringify(mine[place]) === before) continue;
    return {
      says: `${call.function} changed its argument ${place + 1}, which belongs to the caller: work on a copy`,
      got: mine[place],
      wanted: sent[place],
    };
  }
  return null;
}

/** What is wrong if a function threw and should not have, or null. */
export function faultOfThrow(call: Call, answer: Answer): Fault | null {
  return answer.thrown === null ? null : { says: `${call.function} threw: ${answer.thrown}` };
}
