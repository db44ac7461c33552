// One row per student: the score of each task, the sum, the time, and what was odd. Quoted as RFC 4180 says; a cell never
// begins with a character that a spreadsheet would run.
import type { Grade } from '../kit/grading.ts';
import { faultIn, rounded } from './gradescope.ts';

export function csv(grades: readonly Grade[]): string {
  const tasks = grades[0]?.tasks.map(({ task }) => task) ?? [];
  const header = ['student', 'score', 'points', 'gradable', ...tasks, 'seconds', 'notes'];
  const rows = grades.map((grade) => [
    grade.student,
    grade.isGradable ? rounded(grade.score) : '',
    rounded(grade.points),
    grade.isGradable ? 'yes' : 'no',
    ...grade.tasks.map(({ score, status }) => (status === 'error' ? '' : rounded(score))),
    rounded(grade.seconds),
    [...grade.problems, ...(grade.isGradable ? [] : [faultIn(grade)]), ...notes(grade)].join('; '),
  ]);
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function notes({ tasks }: Grade): string[] {
  return tasks.filter(({ problem, status }) => problem && status === 'graded').map(({ problem }) => problem);
}

function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
