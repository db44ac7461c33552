// Grades what lies in a folder: one submission, or one for each entry of it. Each student's record is written at once, so
// that a run that was interrupted goes on where it stopped; a submission that has changed since is graded again.
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { classroom, classroomOutput } from '../formats/classroom.ts';
import { csv } from '../formats/csv.ts';
import { exercism } from '../formats/exercism.ts';
import { gradescope } from '../formats/gradescope.ts';
import { prairielearn } from '../formats/prairielearn.ts';
import type { Children } from './child-executor.ts';
import { type Course, type Grade, gradeSubmission } from './grading.ts';

export const formatNames = ['gradescope', 'classroom', 'exercism', 'prairielearn', 'csv'] as const;
export type FormatName = (typeof formatNames)[number];

export interface GradeFolderOptions {
  readonly format: FormatName;
  /** Where records and results are written; null writes none. */
  readonly out: string | null;
  /** Told about each student. */
  onGrade?(grade: Grade, wasKnown: boolean): void;
}

/** One submission's results in a format, as text of a file. */
export function formatted(grade: Grade, format: Exclude<FormatName, 'csv'>): { name: string; text: string } {
  const json = (value: unknown) => ({ name: 'results.json', text: `${JSON.stringify(value, null, 2)}\n` });
  if (format === 'gradescope') return json(gradescope(grade));
  if (format === 'exercism') return json(exercism(grade));
  if (format === 'prairielearn') return json(prairielearn(grade));
  return { name: 'result.txt', text: `result=${classroomOutput(classroom(grade))}\n` };
}

export async function gradeFolder(
  course: Course,
  folder: string,
  children: Children,
  { format, out, onGrade }: GradeFolderOptions,
): Promise<Grade[]> {
  const grades: Grade[] = [];
  for (const { student, path } of submissionsIn(
    folder,
    course.tasks.map(({ task }) => task.id),
  )) {
    const key = keyOf(course, path);
    const record = out === null ? null : join(out, 'records', `${safeName(student)}.json`);
    const known = record && readRecord(record, key);
    const grade = known || (await gradeSubmission(course, path, student, children));
    if (record && !known) writeWhole(record, `${JSON.stringify({ key, grade }, null, 1)}\n`);
    if (out !== null && format !== 'csv') writeResult(grade, format, join(out, safeName(student)));
    grades.push(grade);
    onGrade?.(grade, Boolean(known));
  }
  if (out !== null && format === 'csv') writeWhole(join(out, 'grades.csv'), csv(grades));
  return grades;
}

/** Gradescope wants no results file after a fault: then the submission stays ungraded and costs nothing. */
function writeResult(grade: Grade, format: Exclude<FormatName, 'csv'>, folder: string): void {
  if (format === 'gradescope' && !grade.isGradable) return;
  const { name, text } = formatted(grade, format);
  writeWhole(join(folder, name), text);
}

/** The entries of a folder are students, unless it holds a task's file itself: then it is one submission. */
export function submissionsIn(folder: string, tasks: readonly string[]): { student: string; path: string }[] {
  const path = resolve(folder);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) throw new Error(`grade: there is no folder or file ${folder}`);
  const nameOf = (each: string) => basename(each).replace(/\.zip$/i, '');
  if (!stats.isDirectory()) return [{ student: nameOf(path), path }];
  const names = readdirSync(path).filter((name) => !name.startsWith('.') && name !== '__MACOSX');
  const isOne = names.length === 0 || names.some((name) => tasks.includes(name.replace(/\.m?[jt]s$/, '')));
  if (isOne) return [{ student: nameOf(path), path }];
  const students = names.filter((name) => /\.zip$/i.test(name) || lstatSync(join(path, name)).isDirectory());
  if (students.length === 0) return [{ student: nameOf(path), path }];
  return students.sort().map((name) => ({ student: nameOf(name), path: join(path, name) }));
}

/** Changes with the course and with every byte of the submission. */
function keyOf(course: Course, path: string): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([course.term, course.seed, course.isPerStudent]));
  for (const { socket, references, visible, hidden } of course.tasks) {
    hash.update(socket.hash).update(JSON.stringify(references));
    for (const check of [...visible, ...hidden]) hash.update(check.name).update(String(check.cases));
  }
  addFiles(hash, path, 0);
  return hash.digest('hex');
}

function addFiles(hash: ReturnType<typeof createHash>, path: string, depth: number): void {
  const stats = lstatSync(path);
  hash.update(`${basename(path)}\n`);
  if (stats.isDirectory() && depth < 6) {
    for (const name of readdirSync(path).sort()) addFiles(hash, join(path, name), depth + 1);
  } else if (stats.isFile()) {
    hash.update(stats.size < 50_000_000 ? readFileSync(path) : String(stats.size));
  }
}

function readRecord(file: string, key: string): Grade | null {
  if (!existsSync(file)) return null;
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as { key: string; grade: Grade };
    return record.key === key && record.grade.isGradable ? record.grade : null;
  } catch {
    return null; // half a file of another program: it is graded again
  }
}

function writeWhole(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** A name of a folder in every system; two students never share one. */
export function safeName(student: string): string {
  const plain = student
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .slice(0, 80);
  if (plain === student) return plain;
  return `${plain}-${createHash('sha256').update(student).digest('hex').slice(0, 8)}`;
}
