// Grades one submission: every task, visible and hidden checks, in a child process. Before a task is graded, its socket is
// filled with functions that throw, and everything must fail: a grader that passes nothing-at-all grades nobody.
// In: a course, which holds seeds, references and checks; a submission; out: points, and a record of what they rest on.
import { randomStream } from '../../lib/numeric/rng.ts';
import type { Children } from './child-executor.ts';
import { TOLERANCE } from './expect.ts';
import { type CheckResult, judge, type Limits } from './judge.ts';
import { Realm } from './realm.ts';
import { type HandedIn, originOf, readSubmission } from './submission.ts';
import type { Check, Task } from './task.ts';
import { answersOf, trustedExecutor } from './trusted.ts';
import { dialsKey, dialsOfTerm } from './variants.ts';

/** A task with all that grading it needs. */
export interface GradedTask {
  readonly task: Task;
  readonly visible: readonly Check[];
  readonly hidden: readonly Check[];
  readonly socket: { readonly code: string; readonly hash: string };
  /** The reference as a student's file, for each setting of the dials. */
  readonly references: Readonly<Record<string, string>>;
}

export interface Course {
  readonly term: string;
  readonly seed: number;
  readonly isPerStudent: boolean;
  readonly tasks: readonly GradedTask[];
}

export interface Grade {
  readonly student: string;
  readonly term: string;
  readonly seed: number;
  readonly score: number;
  readonly points: number;
  /** False if the grader itself had a fault: then the score means nothing. */
  readonly isGradable: boolean;
  readonly problems: readonly string[];
  readonly seconds: number;
  readonly tasks: readonly TaskGrade[];
}

export interface TaskGrade {
  readonly task: string;
  readonly title: string;
  readonly points: number;
  readonly score: number;
  readonly status: 'graded' | 'error';
  /** Why nothing was graded, one sentence, or ''. */
  readonly problem: string;
  readonly file: string;
  readonly sha256: string;
  readonly socket: string;
  readonly tolerance: number;
  readonly dials: string;
  /** How many cases the student's functions were asked. */
  readonly cases: number;
  readonly checks: readonly CheckGrade[];
}

export interface CheckGrade extends CheckResult {
  readonly isHidden: boolean;
  readonly points: number;
  readonly score: number;
}

/** Grades a folder, a zip or a file. */
export async function gradeSubmission(
  course: Course,
  path: string,
  student: string,
  children: Children,
  limits?: Limits,
): Promise<Grade> {
  const started = performance.now();
  const ids = course.tasks.map(({ task }) => task.id);
  let handedIn: HandedIn;
  try {
    handedIn = readSubmission(path, ids);
  } catch (error) {
    handedIn = {
      files: new Map(),
      problems: [`it cannot be read: ${(error as Error).message}`],
      manifest: null,
    };
  }
  const tasks: TaskGrade[] = [];
  for (const each of course.tasks) tasks.push(await gradeTask(course, each, handedIn, children, limits));
  return {
    student,
    term: course.term,
    seed: course.seed,
    score: sum(tasks.map(({ score }) => score)),
    points: sum(tasks.map(({ points }) => points)),
    isGradable: tasks.every(({ status }) => status === 'graded'),
    problems: handedIn.problems,
    seconds: (performance.now() - started) / 1000,
    tasks,
  };
}

async function gradeTask(
  course: Course,
  graded: GradedTask,
  handedIn: HandedIn,
  children: Children,
  limits?: Limits,
): Promise<TaskGrade> {
  const { task, socket } = graded;
  const file = handedIn.files.get(task.id);
  const origin = (file && originOf(file.text)) || null;
  const student = handedIn.manifest?.student || origin?.student || '';
  const dials = dialsOfTerm(task, course.seed, course.term, course.isPerStudent ? student : '');
  const known = {
    task: task.id,
    title: task.title,
    points: task.points,
    file: file?.name ?? '',
    sha256: file?.sha256 ?? '',
    socket: socket.hash,
    tolerance: TOLERANCE,
    dials: dialsKey(dials),
  };
  const problem = problemOf(course, graded, handedIn, origin?.term);
  if (problem) return { ...known, score: 0, status: 'graded', problem, cases: 0, checks: [] };
  try {
    const results = await judgeAll(course, graded, dials, file!.text, children, limits);
    const total = sum(results.map(({ weight }) => weight));
    const checks = results.map((result, at) => {
      const points = (task.points * result.weight) / total;
      const isHidden = at >= graded.visible.length;
      return { ...result, isHidden, points, score: result.status === 'passed' ? points : 0 };
    });
    const hasError = checks.some(({ status }) => status === 'error');
    const cases = sum(checks.map((check) => check.cases));
    const passed = sum(results.filter(({ status }) => status === 'passed').map(({ weight }) => weight));
    const score = (task.points * passed) / total; // all of them are exactly all points
    return { ...known, score, status: hasError ? 'error' : 'graded', problem: '', cases, checks };
  } catch (error) {
    const told = `the grader has a fault: ${(error as Error).message}`;
    return { ...known, score: 0, status: 'error', problem: told, cases: 0, checks: [] };
  }
}

/** Why a task is not graded at all, or ''. */
function problemOf(
  course: Course,
  { task }: GradedTask,
  handedIn: HandedIn,
  term: string | undefined,
): string {
  const file = handedIn.files.get(task.id);
  if (!file) return `${task.id}.ts is missing`;
  if (file.problem) return file.problem;
  const from = handedIn.manifest?.term ?? term;
  const other = [handedIn.manifest?.term, term].find((each) => each !== undefined && each !== course.term);
  if (from !== undefined && other !== undefined) {
    return `${file.name} belongs to term ${other}, this is term ${course.term}: begin with this term's file`;
  }
  return '';
}

async function judgeAll(
  course: Course,
  { task, visible, hidden, socket, references }: GradedTask,
  dials: ReturnType<typeof dialsOfTerm>,
  text: string,
  children: Children,
  limits?: Limits,
): Promise<CheckResult[]> {
  const checks = [...visible, ...hidden];
  const realm = new Realm(socket.code);
  const loaded = realm.load(references[dialsKey(dials)]!, `${task.id}.ts`);
  if ('problem' in loaded || loaded.thrown !== null) throw new Error('the reference does not load');
  const reference = answersOf(realm);
  const seed = randomStream(course.seed, 'grading', course.term).integer(2 ** 31);
  const common = { task, checks, dials, seed, reference };
  const names = task.cut.flatMap(({ functions }) => functions);
  const thrower = names
    .map((name) => `export function ${name}() { throw new Error('nothing here'); }`)
    .join('\n');
  const nothing = await judge({
    ...common,
    executor: trustedExecutor(socket.code, thrower, `${task.id}.ts`),
  });
  const passing = nothing.find(({ status }) => status !== 'failed');
  if (passing) throw new Error(`check ${passing.name} does not fail when nothing is written`);
  const executor = children.executor(socket.code, text, `${task.id}.ts`);
  return judge({ ...common, executor, ...(limits && { limits }) });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
