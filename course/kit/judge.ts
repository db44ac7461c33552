// The judge: makes cases, has them answered by an executor that holds the student's code, and compares. It runs apart from
// that code, in another process or thread, and believes nothing of it but copies of its answers.
// In: a task, its checks, an executor, the reference's answers; out: a verdict for each check, and what it was about.
import { randomStream } from '../../lib/numeric/rng.ts';
import { faultOfChange, faultOfKind, faultOfThrow } from './kinds.ts';
import type { Loaded, SentAnswer, SentAnswers } from './runner.ts';
import { show, showCall } from './show.ts';
import type { Answer, Call, Case, Check, Dials, Fault, Task } from './task.ts';
import { decode, encode } from './values.ts';

/** Why there is no answer. */
export interface Stopped {
  readonly stopped: 'time' | 'memory' | 'output' | 'crash';
}

/** Where the student's code lives: a child process, or a worker of the browser. */
export interface Executor {
  /** Loads the student's file afresh; a sentence if it cannot be run. */
  load(milliseconds: number): Promise<Loaded | Stopped | { readonly problem: string }>;
  answer(sent: string, milliseconds: number): Promise<SentAnswers | Stopped>;
}

/** What the reference answers to case `at` of a check. */
export type ReferenceAnswers = (check: Check, at: number, sent: string) => readonly SentAnswer[];

export interface Judging {
  readonly task: Task;
  readonly checks: readonly Check[];
  readonly dials: Dials;
  readonly seed: number;
  readonly executor: Executor;
  readonly reference: ReferenceAnswers;
  readonly limits?: Limits;
  /** Told before each check, for a display. */
  onCheck?(check: Check): void;
}

export interface Limits {
  /** Milliseconds for each check. Default: 2,000. */
  readonly check: number;
  /** Milliseconds for all checks of a task. Default: 20,000. */
  readonly all: number;
}

export const usualLimits: Limits = { check: 2000, all: 20_000 };

export interface CheckResult {
  readonly name: string;
  readonly title: string;
  readonly weight: number;
  /** `error`: the fault is the course's, and costs nobody a point. */
  readonly status: 'passed' | 'failed' | 'error';
  readonly says: string;
  /** The calls of the failing case, and what came back and was wanted, as text. */
  readonly calls?: readonly string[];
  readonly got?: string;
  readonly wanted?: string;
  readonly printed?: string;
  readonly milliseconds: number;
  /** The cases that were tried. */
  readonly cases: number;
}

/** Judges all checks of a task. Never throws because of the student's code. */
export async function judge(judging: Judging): Promise<CheckResult[]> {
  const { checks, executor, limits = usualLimits, onCheck } = judging;
  if (checks.length === 0) throw new Error(`${judging.task.id}: there is no check to run`);
  const results: CheckResult[] = [];
  let left = limits.all;
  let loaded = await executor.load(limits.check);
  for (const check of checks) {
    onCheck?.(check);
    const started = performance.now();
    const trial = new Trial(judging, check, Math.min(left, limits.check));
    let outcome: Outcome;
    if (left <= 0) outcome = failed('not run: the time for all checks was used up', 0);
    else if (isStopped(loaded))
      outcome = failed(`${whyStopped(loaded, limits.check)} while the file was loaded`, 0);
    else if ('problem' in loaded) outcome = failed(loaded.problem, 0);
    else outcome = await trial.run(loaded);
    const milliseconds = performance.now() - started;
    left -= milliseconds;
    const { name, title, weight = 1 } = check;
    results.push({ name, title, weight, ...outcome, milliseconds });
    if (outcome.wasStopped && left > 0) loaded = await executor.load(limits.check);
  }
  return results.map(({ ...result }) => {
    delete (result as { wasStopped?: boolean }).wasStopped;
    return result;
  });
}

type Outcome = Omit<CheckResult, 'name' | 'title' | 'weight' | 'milliseconds'> & { wasStopped?: boolean };

function failed(says: string, cases: number, more: Partial<Outcome> = {}): Outcome {
  return { status: 'failed', says, cases, ...more };
}

function isStopped(value: object): value is Stopped {
  return 'stopped' in value;
}

function whyStopped({ stopped }: Stopped, milliseconds: number): string {
  if (stopped === 'time') return `stopped after ${milliseconds / 1000} s: a loop that does not end,`;
  if (stopped === 'memory') return 'stopped: it took too much memory';
  if (stopped === 'output') return 'stopped: it answered with more than can be read';
  return 'the program ended by itself';
}

/** One check on its way. */
class Trial {
  readonly #judging: Judging;
  readonly #check: Check;
  #left: number;

  constructor(judging: Judging, check: Check, milliseconds: number) {
    this.#judging = judging;
    this.#check = check;
    this.#left = milliseconds;
  }

  async run(loaded: Loaded): Promise<Outcome> {
    let cases: readonly Case[];
    try {
      cases = casesOf(this.#check, this.#judging);
      if (cases.length === 0) throw new Error('the check has no case');
    } catch (error) {
      return errorOf(error, 0);
    }
    for (const [at, each] of cases.entries()) {
      const outcome = await this.#try(each, at, loaded);
      if (outcome) return outcome;
    }
    return { status: 'passed', says: this.#check.title, cases: cases.length };
  }

  /** Null if the case was answered as it should be. */
  async #try(each: Case, at: number, loaded: Loaded): Promise<Outcome | null> {
    const { executor, reference, limits = usualLimits } = this.#judging;
    const calls = each.calls.map(showCall);
    let sent: string;
    let theirs: readonly SentAnswer[];
    try {
      sent = sentText(each);
      theirs = reference(this.#check, at, sent);
    } catch (error) {
      return errorOf(error, at);
    }
    const missing = absent(each, loaded);
    if (missing) return failed(missing, at + 1);
    const started = performance.now();
    const answered = await executor.answer(sent, Math.max(1, this.#left));
    this.#left -= performance.now() - started;
    if (isStopped(answered)) {
      const says = `${whyStopped(answered, limits.check)} in case ${at + 1}: ${calls.join('; ').slice(0, 300)}`;
      return failed(says, at + 1, { calls, wasStopped: true });
    }
    try {
      const fault = verdictOn(each, sent, answered, theirs);
      if (!fault) return null;
      return failed(this.#withArity(fault, each, loaded), at + 1, {
        calls,
        ...('got' in fault && fault.got !== undefined ? { got: show(fault.got) } : {}),
        ...('wanted' in fault && fault.wanted !== undefined ? { wanted: show(fault.wanted) } : {}),
        ...(answered.printed ? { printed: answered.printed } : {}),
      });
    } catch (error) {
      if (!passesItself(each, sent, theirs)) return errorOf(error, at + 1);
      return failed('what came back is not of the kind that was asked for', at + 1, { calls });
    }
  }

  #withArity(fault: Fault, { calls }: Case, loaded: Loaded): string {
    const odd = calls.find(({ function: name, arguments: values, on }) => {
      const { parameters = values.length, takesMore = true } = loaded.exports[name] ?? {};
      return on === undefined && (parameters > values.length || (parameters < values.length && !takesMore));
    });
    if (!odd) return fault.says;
    const { parameters } = loaded.exports[odd.function]!;
    const written = `${parameters} ${parameters === 1 ? 'parameter' : 'parameters'}`;
    const given = odd.arguments.length;
    const so = parameters > given ? 'the others are undefined' : 'it does not read the others';
    return `${fault.says} (${odd.function} is written with ${written} and is called with ${given} here: ${so})`;
  }
}

/** The cases of a check, the same for the same seed and dials. */
export function casesOf(
  check: Check,
  { task, seed, dials }: Pick<Judging, 'task' | 'seed' | 'dials'>,
): readonly Case[] {
  return check.cases(randomStream(seed, 'check', task.id, check.name), dials);
}

/** A case as it is sent to the runner: its calls, without what is expected. */
export function sentText({ calls }: Case): string {
  return JSON.stringify({
    calls: calls.map((call) => ({ ...call, arguments: call.arguments.map(encodeMarked) })),
  });
}

/** Marks of values.ts travel as they are, wherever they stand; everything else is encoded. */
function encodeMarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encodeMarked);
  if (typeof value !== 'object' || value === null) return encode(value);
  if ('$' in value) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return encode(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeMarked(item)]));
}

function absent({ calls }: Case, { exports, thrown }: Loaded): string | null {
  if (thrown !== null) return `the file cannot be loaded: ${thrown}`;
  for (const { function: name, on } of calls) {
    if (on !== undefined || exports[name]?.type === 'function') continue;
    const type = exports[name]?.type ?? 'undefined';
    return type === 'undefined'
      ? `the file does not export ${name}: write \`export function ${name}\``
      : `${name} must be a function, got ${type === 'object' ? 'an object' : `a ${type}`}`;
  }
  return null;
}

function verdictOn(
  each: Case,
  sent: string,
  { answers }: SentAnswers,
  theirs: readonly SentAnswer[],
): Fault | null {
  const { calls, sameShapes = true, mayThrow = false } = each;
  if (!Array.isArray(answers) || answers.length !== calls.length)
    return { says: 'not every call was answered' };
  const sentCalls = (JSON.parse(sent) as { calls: { arguments: unknown[] }[] }).calls;
  const mine = answers.map(readAnswer);
  const reference = theirs.map(readAnswer);
  for (const [at, call] of calls.entries()) {
    const fault =
      (mayThrow ? null : faultOfThrow(call, mine[at]!)) ??
      (sameShapes ? kindFault(call, mine[at]!, reference[at]!) : null) ??
      faultOfChange(call, sentCalls[at]!.arguments, answers[at]!, theirs[at]!);
    if (fault) return fault;
  }
  return each.verdict(mine, reference);
}

/** Whether the reference's own answers pass: if so, what the judge stumbled over is the student's. */
function passesItself(each: Case, sent: string, theirs: readonly SentAnswer[]): boolean {
  try {
    return verdictOn(each, sent, { answers: theirs, printed: '' }, theirs) === null;
  } catch {
    return false;
  }
}

function kindFault(call: Call, mine: Answer, reference: Answer): Fault | null {
  if (mine.thrown !== null || reference.thrown !== null) return null;
  return faultOfKind(call.function || 'what was returned', mine.result, reference.result);
}

function readAnswer({ result, arguments: values, thrown }: SentAnswer): Answer {
  return {
    result: decode(result),
    arguments: (Array.isArray(values) ? values : []).map((value) => decode(value)),
    thrown: typeof thrown === 'string' ? thrown : null,
  };
}

function errorOf(error: unknown, cases: number): Outcome {
  const text = error instanceof Error ? error.message : String(error);
  return { status: 'error', says: `the course has a fault here: ${text}`, cases };
}
