// Gradescope's /autograder/results/results.json. Hidden checks are shown after the grades are published, and without answers.
import type { CheckGrade, Grade, TaskGrade } from '../kit/grading.ts';
import { checkLines } from './text.ts';

export interface GradescopeResults {
  readonly score?: number;
  readonly execution_time: number;
  readonly output: string;
  readonly output_format: 'text';
  readonly stdout_visibility: 'hidden';
  readonly extra_data: Readonly<Record<string, unknown>>;
  readonly tests: readonly GradescopeTest[];
}

export interface GradescopeTest {
  readonly score: number;
  readonly max_score: number;
  readonly status: 'passed' | 'failed';
  readonly name: string;
  readonly number: string;
  readonly output: string;
  readonly output_format: 'text';
  readonly visibility: 'visible' | 'after_published';
}

export function gradescope(grade: Grade): GradescopeResults {
  if (!grade.isGradable)
    throw new Error(`the grader has a fault, and the submission keeps its points: ${faultIn(grade)}`);
  return {
    score: rounded(grade.score),
    execution_time: rounded(grade.seconds),
    output: [...grade.problems, ...grade.tasks.map(taskLine)].join('\n'),
    output_format: 'text',
    stdout_visibility: 'hidden',
    extra_data: {
      term: grade.term,
      tasks: grade.tasks.map(({ task, sha256, socket, tolerance, cases }) => ({
        task,
        sha256,
        socket,
        tolerance,
        cases,
      })),
    },
    tests: grade.tasks.flatMap((task) => testsOf(task)),
  };
}

function testsOf(task: TaskGrade): GradescopeTest[] {
  const number = Number(task.task.slice(0, 2));
  if (task.checks.length === 0) {
    return [test(task.task, `${number}`, 0, task.points, task.problem, 'visible')];
  }
  return task.checks.map((check, at) => testOf(check, `${number}.${at + 1}`, task.task));
}

function testOf(check: CheckGrade, number: string, task: string): GradescopeTest {
  const name = check.isHidden ? `${task}: hidden check` : `${task}: ${check.title}`;
  const output = check.isHidden ? '' : checkLines(check).join('\n');
  return test(
    name,
    number,
    check.score,
    check.points,
    output,
    check.isHidden ? 'after_published' : 'visible',
  );
}

function test(
  name: string,
  number: string,
  score: number,
  points: number,
  output: string,
  visibility: 'visible' | 'after_published',
): GradescopeTest {
  const status = score > 0 ? 'passed' : 'failed';
  return {
    score: rounded(score),
    max_score: rounded(points),
    status,
    name,
    number,
    output,
    output_format: 'text',
    visibility,
  };
}

function taskLine({ task, problem, checks }: TaskGrade): string {
  if (problem) return `${task}: ${problem}`;
  const visible = checks.filter(({ isHidden }) => !isHidden);
  const passed = visible.filter(({ status }) => status === 'passed').length;
  return `${task}: ${passed} of ${visible.length} visible checks passed; ${checks.length - visible.length} hidden ones count too`;
}

/** What the grader stumbled over. */
export function faultIn({ tasks }: Grade): string {
  const task = tasks.find(({ status }) => status === 'error');
  return `${task?.task}: ${task?.problem || task?.checks.find(({ status }) => status === 'error')?.says}`;
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
