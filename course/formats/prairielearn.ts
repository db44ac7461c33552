// PrairieLearn's /grade/results/results.json: a score between 0 and 1, at most one megabyte. A submission that cannot be
// read, or a fault of the grader, is not gradable and costs no attempt.
import type { Grade } from '../kit/grading.ts';
import { faultIn, rounded } from './gradescope.ts';
import { checkLines } from './text.ts';

export interface PrairieLearnResults {
  readonly score: number;
  readonly gradable: boolean;
  readonly format_errors?: readonly string[];
  readonly message?: string;
  readonly output?: string;
  readonly images?: readonly string[];
  readonly tests: readonly PrairieLearnTest[];
}

export interface PrairieLearnTest {
  readonly name: string;
  readonly description: string;
  readonly points: number;
  readonly max_points: number;
  readonly message: string;
  readonly output: string;
}

export function prairielearn(grade: Grade): PrairieLearnResults {
  const isReadable = grade.tasks.some(({ file }) => file !== '');
  if (!grade.isGradable) return { score: 0, gradable: false, message: faultIn(grade), tests: [] };
  if (!isReadable) return { score: 0, gradable: false, format_errors: [...grade.problems], tests: [] };
  const tests = grade.tasks.flatMap((task): PrairieLearnTest[] => {
    if (task.checks.length === 0) return [testOf(task.task, task.title, 0, task.points, task.problem)];
    return task.checks.map((check) => {
      const description = check.isHidden ? 'hidden check' : check.title;
      const message = check.isHidden ? '' : checkLines(check).join('\n');
      const name = `${task.task}/${check.isHidden ? 'hidden' : check.name}`;
      return testOf(name, description, check.score, check.points, message);
    });
  });
  return {
    score: grade.score / grade.points,
    gradable: true,
    message: grade.problems.join('\n'),
    output: '',
    images: [],
    tests,
  };
}

function testOf(
  name: string,
  description: string,
  points: number,
  most: number,
  message: string,
): PrairieLearnTest {
  return { name, description, points: rounded(points), max_points: rounded(most), message, output: '' };
}
