// Runs a student's functions on the cases that it is sent and sends back copies of what they answered. It is bundled into
// each socket, so that it shares the socket's world: a realm of its own in the terminal and the grader, a worker in the
// browser. It knows nothing of what is expected. In and out: JSON, as text.
import { decode, encode } from './values.ts';

type Anything = (...values: unknown[]) => unknown;

/** Where the library's holes lead; the socket's stand-ins look here at every call. */
export interface Table {
  functions: Record<string, Anything>;
  calls: Record<string, number>;
}

/** A case on its way: what calls, with their arguments encoded. */
export interface SentCase {
  readonly calls: readonly { readonly function: string; readonly on?: number; readonly arguments: unknown }[];
}

export interface SentAnswer {
  readonly result: unknown;
  readonly arguments: unknown;
  readonly thrown: string | null;
}

export interface SentAnswers {
  readonly answers: readonly SentAnswer[];
  /** What the student's code printed meanwhile. */
  readonly printed: string;
}

export interface Exported {
  readonly type: string;
  /** Before the first that has a default. */
  readonly parameters: number;
  /** Whether it can read more than these: by a default, by `...`, or by `arguments`. */
  readonly takesMore: boolean;
}

/** What became of loading a file. */
export interface Loaded {
  /** By the name of each function of the task: what was exported. */
  readonly exports: Readonly<Record<string, Exported>>;
  readonly printed: string;
  readonly thrown: string | null;
}

export interface Runner {
  /** Runs the file of a student, already a function of `exports, require, module, console`. */
  load(body: Anything): string;
  /** Answers a case. */
  answer(sent: string): string;
  /** Puts the given functions into the holes. */
  fill(functions: Record<string, Anything>): void;
}

const LONGEST_PRINT = 2000;
/** The given module of a task, however an editor writes its path and ending. */
const givenName = /^(\.{1,2}\/)+given\/[\w-]+(\.[mc]?[jt]s)?$/;

/**
 * @param given what the student may import
 * @param table the holes
 * @param names the functions that the student writes
 */
export function openRunner(given: Record<string, unknown>, table: Table, names: readonly string[]): Runner {
  let printed = '';
  const print = (...values: unknown[]) => {
    if (printed.length < LONGEST_PRINT) printed += `${values.map(shown).join(' ')}\n`.slice(0, LONGEST_PRINT);
  };
  const console = { log: print, info: print, warn: print, error: print, debug: print, table: print };
  const known = new Proxy(given, {
    get(names, name) {
      if (typeof name === 'string' && name !== '__esModule' && name !== 'default' && !(name in names)) {
        throw new Error(`the given module has no ${name}`);
      }
      return names[name as string];
    },
  });
  const require = (name: string) => {
    if (givenName.test(name)) return known;
    throw new Error(`imports ${name}: only the given module may be imported`);
  };
  return {
    load(body) {
      printed = '';
      const module = { exports: {} as Record<string, unknown> };
      let thrown: string | null = null;
      const exports: Record<string, Exported> = {};
      try {
        body(module.exports, require, module, console);
        for (const name of names) {
          const value = module.exports[name];
          const parameters = typeof value === 'function' ? Number(value.length) : 0;
          exports[name] = { type: typeof value, parameters, takesMore: takesMore(value) };
          if (typeof value === 'function') table.functions[name] = value as Anything;
        }
      } catch (error) {
        thrown = messageOf(error);
      }
      return JSON.stringify({ exports, printed, thrown } satisfies Loaded);
    },
    answer(sent) {
      printed = '';
      const answers = answersTo(JSON.parse(sent) as SentCase, table, given);
      return JSON.stringify({ answers, printed } satisfies SentAnswers);
    },
    fill(functions) {
      table.functions = functions;
    },
  };
}

const sourceOf = Function.prototype.toString; // before somebody writes another one

function takesMore(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const source = String(sourceOf.call(value));
  let depth = 0;
  let end = source.indexOf('(');
  if (end < 0) return false; // an arrow with one bare parameter
  do {
    const letter = source[end++];
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
  } while (depth > 0 && end < source.length);
  return /=|\.\.\./.test(source.slice(0, end)) || /\barguments\b/.test(source);
}

function answersTo(sent: SentCase, table: Table, given: Record<string, unknown>): SentAnswer[] {
  const results: unknown[] = [];
  const passed: unknown[][] = [];
  const references = {
    result: (call: number) => results[call],
    argument: (call: number, place: number) => passed[call]?.[place],
    given: (name: string) => given[name],
  };
  return sent.calls.map((call) => {
    let result: unknown;
    let thrown: string | null = null;
    let values: unknown[] = [];
    try {
      values = decode(call.arguments, references) as unknown[];
      passed.push(values);
      const owner = call.on === undefined ? table.functions : results[call.on];
      result =
        call.function === ''
          ? (owner as Anything)(...values)
          : (owner as Record<string, Anything>)[call.function]!(...values);
      if (isGenerator(result)) result = [...result].slice(0, 10_000);
    } catch (error) {
      thrown = withWayOut(messageOf(error), given);
    }
    results.push(result);
    return { ...copied(result, values, thrown) };
  });
}

function isGenerator(value: unknown): value is Generator {
  return Object.prototype.toString.call(value) === '[object Generator]';
}

function copied(result: unknown, values: unknown[], thrown: string | null): SentAnswer {
  try {
    return { result: encode(result), arguments: encode(values), thrown };
  } catch (error) {
    return {
      result: { $: 'undefined' },
      arguments: [],
      thrown: `what came back cannot be read: ${messageOf(error)}`,
    };
  }
}

/** Most who meet "… is not defined" have forgotten an import. */
function withWayOut(message: string, given: Record<string, unknown>): string {
  const [, name] = /^(\w+) is not defined$/.exec(message) ?? [];
  return name !== undefined && name in given
    ? `${message}; the given module has it: import it from there`
    : message;
}

/** What was thrown, whatever it is, in a few words. */
function messageOf(error: unknown): string {
  try {
    const isError = typeof error === 'object' && error !== null && 'message' in error;
    const text = isError ? String((error as { message: unknown }).message) : `threw ${String(error)}`;
    return text.slice(0, 500) || 'an error without a message';
  } catch {
    return 'something that cannot be shown';
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(encode(value)) ?? String(value);
  } catch {
    return '…';
  }
}
