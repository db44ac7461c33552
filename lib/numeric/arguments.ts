// What arguments are, checked where users call: an error names the function, the argument, what it should be and what it got.
// In: a value of any kind; out: nothing, or an error. Numbers in a range: `expectInteger` of ndarrays.ts.

/** Kinds of arguments: an object, a list of numbers or other things, a function, text, a number, a random stream. */
export type Kind = 'object' | 'list' | 'function' | 'text' | 'number' | 'stream';

/** Whether a value is an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

const kinds: Readonly<Record<Kind, { readonly rule: string; is(value: unknown): boolean }>> = {
  object: {
    rule: 'an object',
    is: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
  list: { rule: 'an array', is: isList },
  function: { rule: 'a function', is: (value) => typeof value === 'function' },
  text: { rule: 'text', is: (value) => typeof value === 'string' },
  number: { rule: 'a number', is: (value) => typeof value === 'number' },
  stream: {
    rule: 'a stream',
    is: (value) => typeof (value as { integer?: unknown } | null | undefined)?.integer === 'function',
  },
};

/**
 * Checks what kind of thing an argument is.
 *
 * @param example what would do, e.g. `{ heads: 2 }`
 * @throws TypeError if it is of another kind
 */
export function expectKind(caller: string, name: string, value: unknown, kind: Kind, example: string): void {
  if (kinds[kind].is(value)) return;
  throw new TypeError(
    `${caller}: ${name} must be ${kinds[kind].rule} such as ${example}, got ${inWords(value)}`,
  );
}

/**
 * Checks an argument that is an object, and what it must have.
 *
 * @param example where it comes from, e.g. `leaveOneOut(ratings)`
 * @throws TypeError if it is no object, or lacks one of the parts
 */
export function expectParts(
  caller: string,
  name: string,
  value: unknown,
  example: string,
  parts: Readonly<Record<string, Kind>>,
): void {
  expectKind(caller, name, value, 'object', example);
  for (const [part, kind] of Object.entries(parts)) {
    const got = (value as Record<string, unknown>)[part];
    if (!kinds[kind].is(got))
      throw new TypeError(
        `${caller}: ${name} must be that of ${example}, whose ${part} is ${kinds[kind].rule}, got ${inWords(got)}`,
      );
  }
}

/**
 * Does the work of a function that users call: an error of an inner function, such as another shape, gets the name of the
 * function that they know.
 */
export function inTheNameOf<T>(caller: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      const { message } = error;
      error.message = /^\w+: /.test(message) ? message.replace(/^\w+/, caller) : `${caller}: ${message}`;
    }
    throw error;
  }
}

/** A value as an error names it: short, and never failing. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 20 ? `${value.slice(0, 20)}…` : value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${kindOf(value[0])}`;
  const type = Object.getPrototypeOf(value)?.constructor?.name;
  return type && type !== 'Object' ? `a ${type}` : 'an object';
}

function kindOf(element: unknown): string {
  if (Array.isArray(element)) return 'arrays';
  return typeof element === 'object' ? 'objects' : `${typeof element}s`;
}
