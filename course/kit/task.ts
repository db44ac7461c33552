// What a task of the course is: the functions of lib/ that a student writes, the variants of a term, the checks, and the
// wrong solutions that these must catch. Types only; tasks stand in course/tasks/NN-name/.
import type { RandomStream } from '../../lib/numeric/rng.ts';

/** A task, `task.ts`. */
export interface Task {
  /** The name of its folder, such as '01-gradients'. */
  readonly id: string;
  readonly title: string;
  readonly points: number;
  /** What is cut out of the library: the student writes all of it in one file. */
  readonly cut: readonly Cut[];
  /** The lesson's page without its ending, such as 'lessons/01-factors'. */
  readonly lesson: string;
  readonly dials: readonly Dial[];
  /** The program of plug.ts that shows the functions at work. Default: 'training', of the recipe fedtlrec. */
  readonly plug?: PlugName;
}

/** 'training' trains fedtlrec, 'attack' also attacks its messages, 'layers' trains attention layers by their gradients. */
export type PlugName = 'training' | 'attack' | 'layers';

/** Functions of one file whose bodies the student writes. */
export interface Cut {
  /** From the root of the repository, such as 'lib/model/factorization.ts'. */
  readonly file: string;
  readonly functions: readonly string[];
}

/** Something that differs from term to term, so that last year's solution does not fit. */
export interface Dial {
  readonly name: string;
  /** The first is what the library does. */
  readonly values: readonly DialValue[];
}

export interface DialValue {
  readonly name: string;
  /** What the student is told, one sentence; '' for what the library does, if its comments say enough. */
  readonly says: string;
  /** What turns the library's function into this variant. */
  readonly edits: readonly Edit[];
}

/** The value of each dial by name; what is not named stands on its first. */
export type Dials = Readonly<Record<string, string>>;

/** A change of the reference. `find` occurs exactly once in the cut functions of `file`, or making the kit fails. */
export interface Edit {
  /** May be left out if the task cuts one file only. */
  readonly file?: string;
  readonly find: string;
  readonly replace: string;
}

/** One check, of `checks.ts`, which exports `visible` and `hidden` lists of them. */
export interface Check {
  /** Short and unique in its task, such as 'by-hand'. */
  readonly name: string;
  /** What holds if it passes: a sentence, such as 'The gradient is that of the loss.' */
  readonly title: string;
  /** Its share of the task's points, relative to the other checks. Default: 1. */
  readonly weight?: number;
  /** The cases, made when they are needed: the judge keeps what is expected, only calls go to the student's code. */
  cases(stream: RandomStream, dials: Dials): readonly Case[];
}

/** Calls of the student's functions one after the other, and what the judge says about the answers. */
export interface Case {
  readonly calls: readonly Call[];
  /** True if some call should throw; else a function that throws fails the check before `verdict` is asked. */
  readonly mayThrow?: boolean;
  /** False if the kinds and lengths of results are free; else they must be those of the reference's results. */
  readonly sameShapes?: boolean;
  /**
   * Null if the answers are right. It never runs beside the student's code, so it may compute what it wants, and compare
   * with `reference`: what the library's functions, with this term's dials, answered to the same calls.
   */
  verdict(answers: readonly Answer[], reference: readonly Answer[]): Fault | null;
}

export interface Call {
  /** One of the task's functions, or the name of a method if `on` is given ('' calls what `on` returned). */
  readonly function: string;
  /** The number of an earlier call of this case whose result has the method. */
  readonly on?: number;
  /** Plain values and those of values.ts: matrices, streams, results of earlier calls of this case. */
  readonly arguments: readonly unknown[];
}

/** What came back: copied, of plain types, numbers finite where the reference's are, unless `sameShapes` is false. */
export interface Answer {
  /** What the function returned; undefined if it threw. */
  readonly result: unknown;
  /** The arguments after the call, to see what was changed in place. */
  readonly arguments: readonly unknown[];
  /** The message of what was thrown, or null. */
  readonly thrown: string | null;
}

/** What is wrong, small enough to be done again by hand. */
export interface Fault {
  readonly says: string;
  readonly got?: unknown;
  readonly wanted?: unknown;
}

/** A solution as students write it that must fail, of `wrong.ts`. */
export interface WrongSolution {
  readonly name: string;
  /** Edits of the reference, or a whole file where edits cannot express it. */
  readonly edits?: readonly Edit[];
  readonly file?: string;
  /** The check that must fail, and words of its fault. */
  readonly caughtBy: string;
  readonly says: string;
}

/** A solution that is right and written in another way, of `right.ts`: it must pass. */
export interface RightSolution {
  readonly name: string;
  readonly edits?: readonly Edit[];
  readonly file?: string;
}
