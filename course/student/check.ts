// `check` and `why`: the visible checks of a task on the student's file, in a child process, as the grader runs them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkLines } from '../formats/text.ts';
import { Children } from '../kit/child-executor.ts';
import { type CheckResult, judge, type ReferenceAnswers } from '../kit/judge.ts';
import type { Home, StudentCourse, StudentTask } from './course.ts';

export async function checkTask(
  course: StudentCourse,
  home: Home,
  each: StudentTask,
): Promise<CheckResult[]> {
  const { task, visible, dials, answers } = each;
  const file = home.fileOf(task.id);
  if (!file) throw new Error(`${task.id}.ts is not here: take it from the zip again`);
  const children = new Children(home.child);
  const reference: ReferenceAnswers = (check, at) => answers[check.name]?.[at] ?? [];
  try {
    const executor = children.executor(home.packed(`sockets/${task.id}`), file.text, file.name);
    const results = await judge({ task, checks: visible, dials, seed: course.seed, executor, reference });
    remember(home, each, file.text, results);
    return results;
  } finally {
    children.close();
  }
}

export function printChecks({ task, number, hidden }: StudentTask, results: readonly CheckResult[]): void {
  console.log(`\nTask ${number}: ${task.title}`);
  for (const { status, title, says } of results) {
    console.log(status === 'passed' ? `  ✓ ${title}` : `  ✗ ${title}\n      ${says}`);
  }
  const passed = results.filter(({ status }) => status === 'passed').length;
  const graded = `${hidden} hidden ${hidden === 1 ? 'one is' : 'ones are'} graded later`;
  console.log(`${passed} of ${results.length} visible checks passed; ${graded}.`);
  if (passed < results.length) console.log(`More: node course.mjs why ${number}, or hint ${number}`);
}

/** The first failing case, small enough to be done again by hand. */
export function printWhy({ number }: StudentTask, results: readonly CheckResult[]): void {
  const failing = results.find(({ status }) => status !== 'passed');
  if (!failing) {
    console.log(`Task ${number}: every visible check passes.`);
    return;
  }
  console.log(`\n${failing.title}\n${checkLines(failing).join('\n')}`);
}

/** Which tasks' visible checks pass, of the files as they were when they were last checked. */
type Progress = Record<string, { sha256: string; isPassed: boolean }>;

function progressOf(home: Home): Progress {
  const file = join(home.folder, '.course', 'progress.json');
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Progress) : {};
  } catch {
    return {};
  }
}

function remember(home: Home, { task }: StudentTask, text: string, results: readonly CheckResult[]): void {
  const isPassed = results.every(({ status }) => status === 'passed');
  const progress = { ...progressOf(home), [task.id]: { sha256: hashOf(text), isPassed } };
  writeFileSync(join(home.folder, '.course', 'progress.json'), `${JSON.stringify(progress, null, 1)}\n`);
}

export function isDone(home: Home, { task }: StudentTask): boolean {
  const known = progressOf(home)[task.id];
  const file = home.fileOf(task.id);
  return file !== null && known?.isPassed === true && known.sha256 === hashOf(file.text);
}

/** A bar over all points of the course. */
export function progressBar(course: StudentCourse, home: Home): string {
  const points = course.tasks.reduce((sum, { task }) => sum + task.points, 0);
  const done = course.tasks
    .filter((each) => isDone(home, each))
    .reduce((sum, { task }) => sum + task.points, 0);
  const filled = Math.round((20 * done) / points);
  return `[${'█'.repeat(filled)}${'░'.repeat(20 - filled)}] tasks worth ${done} of ${points} points pass their visible checks`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
