// GitHub Classroom's reporter: a step's output `result` is the base64 of this, and the stock reporter reads it from
// <STEP-ID>_RESULTS. Partial credit comes from the scores of the tests.
import type { Grade } from '../kit/grading.ts';
import type { CheckResult } from '../kit/judge.ts';
import { rounded } from './gradescope.ts';
import { checkLines } from './text.ts';

export interface ClassroomResult {
  readonly version: 1;
  readonly status: 'pass' | 'fail' | 'error';
  readonly max_score: number;
  readonly tests: readonly ClassroomTest[];
}

export interface ClassroomTest {
  readonly name: string;
  readonly status: 'pass' | 'fail' | 'error';
  readonly score: number;
  readonly message: string;
  readonly test_code: string;
  readonly filename: string;
  readonly line_no: number;
  readonly duration: number;
}

const words = { passed: 'pass', failed: 'fail', error: 'error' } as const;

export function classroom(grade: Grade): ClassroomResult {
  const tests = grade.tasks.flatMap((task): ClassroomTest[] => {
    const place = { filename: task.file || `${task.task}.ts`, line_no: 0 };
    if (task.checks.length === 0) {
      const status = task.status === 'error' ? 'error' : 'fail';
      return [
        { name: task.task, status, score: 0, message: task.problem, test_code: '', duration: 0, ...place },
      ];
    }
    return task.checks.map((check) => {
      if (!check.isHidden) return classroomTest(`${task.task}: ${check.title}`, place.filename, check);
      const silent = { ...check, says: '', calls: [], got: undefined, wanted: undefined, printed: undefined };
      return classroomTest(`${task.task}: hidden check`, place.filename, silent);
    });
  });
  const isAll = tests.every(({ status }) => status === 'pass');
  const status = grade.isGradable ? (isAll ? 'pass' : 'fail') : 'error';
  return { version: 1, status, max_score: rounded(grade.points), tests };
}

/** One check, with what a student may know of it. */
export function classroomTest(
  name: string,
  filename: string,
  check: CheckResult & { score: number },
): ClassroomTest {
  return {
    name,
    status: words[check.status],
    score: rounded(check.score),
    message: checkLines(check).filter(Boolean).join('\n'),
    test_code: (check.calls ?? []).join('\n').slice(0, 1000),
    duration: Math.round(check.milliseconds),
    filename,
    line_no: 0,
  };
}

/** As the step's output wants it. */
export function classroomOutput(result: ClassroomResult): string {
  return Buffer.from(JSON.stringify(result), 'utf8').toString('base64');
}
