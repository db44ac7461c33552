// The grader of one term as a program of its own: `node grader.mjs FOLDER --format …`. It needs Node and nothing else, and
// belongs into a container without network. It holds seeds, hidden checks and references: it stays with the teacher.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Children } from '../kit/child-executor.ts';
import { type FormatName, formatNames, formatted, gradeFolder, submissionsIn } from '../kit/grade-folder.ts';
import { type Course, gradeSubmission } from '../kit/grading.ts';

const usage = `node grader.mjs FOLDER --format ${formatNames.join('|')} --out DIR       every submission in it
node grader.mjs FOLDER --format … --results FILE    one submission, into one file`;

export async function runGrader(course: Course, place: string): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'csv' },
      out: { type: 'string' },
      results: { type: 'string' },
      task: { type: 'string', multiple: true },
    },
  });
  const children = new Children(join(dirname(fileURLToPath(place)), 'child.mjs'));
  try {
    const format = values.format as FormatName;
    const [folder] = positionals;
    if (!folder || !formatNames.includes(format) || !(values.out || values.results)) throw new Error(usage);
    const chosen = {
      ...course,
      tasks: course.tasks.filter(({ task }) => !values.task || values.task.includes(task.id)),
    };
    if (values.results) await gradeOne(chosen, folder, children, format, values.results);
    else await gradeAll(chosen, folder, children, format, values.out!);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  } finally {
    children.close();
  }
}

async function gradeOne(
  course: Course,
  folder: string,
  children: Children,
  format: FormatName,
  file: string,
): Promise<void> {
  if (format === 'csv') throw new Error('csv is of a whole class: use --out');
  const grade = await gradeSubmission(course, folder, '', children);
  const { text } = formatted(grade, format); // throws for a fault that the format cannot tell: then nothing is written
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function gradeAll(
  course: Course,
  folder: string,
  children: Children,
  format: FormatName,
  out: string,
): Promise<void> {
  const found = submissionsIn(
    folder,
    course.tasks.map(({ task }) => task.id),
  );
  console.log(`${found.length} ${found.length === 1 ? 'submission' : 'submissions'}, term ${course.term}`);
  await gradeFolder(course, folder, children, {
    format,
    out,
    onGrade: ({ student, score, points, seconds, isGradable }, wasKnown) => {
      const result = isGradable ? `${score.toFixed(1)} of ${points}` : 'not gradable: the grader has a fault';
      console.log(`${student}: ${result}${wasKnown ? ', as before' : `, ${seconds.toFixed(1)} s`}`);
    },
  });
}
