// A page for the teacher: who stands where, and for each task that fails, which known wrong solution fails the same checks.
// In: records of grading, and what the wrong solutions fail; out: HTML that needs nothing else.
import type { Grade, TaskGrade } from './grading.ts';

/** By task, then by the wrong solution's name: the checks that it fails. */
export type Patterns = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

export function reportPage(grades: readonly Grade[], patterns: Patterns): string {
  const tasks = grades[0]?.tasks.map(({ task }) => task) ?? [];
  const head = tasks.map((task) => `<th>${escaped(task)}</th>`).join('');
  const rows = grades.map((grade) => {
    const cells = grade.tasks
      .map((task) => `<td class="${colour(task)}">${escaped(scoreOf(task))}</td>`)
      .join('');
    const sum = grade.isGradable ? grade.score.toFixed(1) : '?';
    return `<tr><th>${escaped(grade.student)}</th>${cells}<td>${sum}</td></tr>`;
  });
  const details = grades.map((grade) => detailsOf(grade, patterns)).join('\n');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Grades, term ${escaped(grades[0]?.term ?? '')}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; max-width: 75rem; color: #1d2430; background: #fff }
table { border-collapse: collapse } th, td { border: 1px solid #c5ccd6; padding: .2rem .6rem; text-align: left }
.all { background: #d5f0da } .some { background: #fdf0c8 } .none { background: #fadcd9 } .error { background: #ddd }
details { margin: .5rem 0 } code { white-space: pre-wrap }
</style>
<h1>Grades, term ${escaped(grades[0]?.term ?? '')}</h1>
<p>${grades.length} submissions. Green: all points; yellow: some; red: none; grey: the grader had a fault, which costs nothing.</p>
<table><tr><th>Student</th>${head}<th>Sum</th></tr>
${rows.join('\n')}
</table>
<h2>What fails, and what it resembles</h2>
${details}
</html>
`;
}

function detailsOf(grade: Grade, patterns: Patterns): string {
  const parts = grade.tasks.flatMap((task) => {
    if (task.problem) return [`<p>${escaped(task.task)}: ${escaped(task.problem)}</p>`];
    const failing = task.checks.filter(({ status }) => status !== 'passed');
    if (failing.length === 0) return [];
    const likely = resembling(task, patterns.get(task.task) ?? new Map());
    const list = failing.map(
      (check) =>
        `<li><b>${escaped(check.title)}</b>${check.isHidden ? ' (hidden)' : ''}: ${escaped(check.says)}<br><code>${escaped((check.calls ?? []).join('\n').slice(0, 600))}</code></li>`,
    );
    const told =
      likely.length > 0
        ? ` It fails as ${likely.map((name) => `<i>${escaped(name)}</i>`).join(', ')} does.`
        : '';
    return [
      `<p>${escaped(task.task)}: ${failing.length} of ${task.checks.length} checks fail.${told}</p><ul>${list.join('')}</ul>`,
    ];
  });
  const problems = grade.problems.map((problem) => `<p>${escaped(problem)}</p>`);
  if (parts.length + problems.length === 0) return '';
  return `<details><summary>${escaped(grade.student)}</summary>${[...problems, ...parts].join('\n')}</details>`;
}

/** The wrong solutions whose failing checks are most alike, at least by half; several may be. */
export function resembling(task: TaskGrade, known: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const failing = new Set(task.checks.filter(({ status }) => status === 'failed').map(({ name }) => name));
  const likeness = [...known].map(([name, checks]) => {
    const shared = [...failing].filter((check) => checks.has(check)).length;
    return { name, share: shared / new Set([...failing, ...checks]).size };
  });
  const best = Math.max(0.5, ...likeness.map(({ share }) => share));
  return likeness
    .filter(({ share }) => share === best)
    .map(({ name }) => name)
    .slice(0, 3);
}

function scoreOf({ score, points, status }: TaskGrade): string {
  return status === 'error' ? '?' : `${score.toFixed(1)} of ${points}`;
}

function colour({ score, points, status }: TaskGrade): string {
  if (status === 'error') return 'error';
  return score >= points ? 'all' : score > 0 ? 'some' : 'none';
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
