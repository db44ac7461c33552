// Exercism's results.json, version 3, in the order of the checks; an output has at most 500 characters.
import type { Grade, TaskGrade } from '../kit/grading.ts';
import { checkLines } from './text.ts';

export interface ExercismResults {
  readonly version: 3;
  readonly status: 'pass' | 'fail' | 'error';
  readonly message?: string;
  readonly tests: readonly ExercismTest[];
}

export interface ExercismTest {
  readonly name: string;
  readonly test_code: string;
  readonly status: 'pass' | 'fail' | 'error';
  readonly message?: string;
  readonly output?: string;
  readonly task_id: number;
}

const LONGEST_OUTPUT = 500;

export function exercism(grade: Grade): ExercismResults {
  const graded = grade.tasks.filter(({ file }) => file !== '');
  const tests = graded.flatMap(testsOf);
  const fault = grade.tasks.find(({ status }) => status === 'error');
  const unread = graded.find(({ problem }) => problem !== '');
  const message = fault?.problem || unread?.problem || (graded.length === 0 ? grade.problems.join('; ') : '');
  if (fault || unread || tests.length === 0) {
    return { version: 3, status: 'error', message: message || 'the grader has a fault', tests };
  }
  return { version: 3, status: tests.every(({ status }) => status === 'pass') ? 'pass' : 'fail', tests };
}

function testsOf(task: TaskGrade): ExercismTest[] {
  return task.checks.map((check) => {
    const lines = check.isHidden ? [] : checkLines(check);
    return {
      name: check.isHidden ? `${task.task}: hidden check` : check.title,
      test_code: check.isHidden ? '' : (check.calls ?? []).join('\n').slice(0, LONGEST_OUTPUT),
      status: check.status === 'passed' ? 'pass' : check.status === 'failed' ? 'fail' : 'error',
      ...(check.status === 'passed' ? {} : { message: lines.join('\n') || 'a hidden check does not pass' }),
      ...(check.printed && !check.isHidden ? { output: check.printed.slice(0, LONGEST_OUTPUT) } : {}),
      task_id: Number(task.task.slice(0, 2)),
    };
  });
}
