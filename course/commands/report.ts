// `report`: the page over a folder of results, with what each failing task resembles.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grade } from '../kit/grading.ts';
import { judge } from '../kit/judge.ts';
import { loadTasks, type TaskFolder } from '../kit/load.ts';
import { type Patterns, reportPage } from '../kit/report.ts';
import { studentFile } from '../kit/stub.ts';
import { answersOf } from '../kit/trusted.ts';
import { Workplace } from '../kit/workplace.ts';

export async function report([folder]: readonly string[]): Promise<void> {
  if (!folder) throw new Error('report: name the folder that `grade --out` has written');
  const records = join(folder, 'records');
  if (!existsSync(records))
    throw new Error(`report: ${folder} has no records; \`grade --out ${folder}\` writes them`);
  const grades = readdirSync(records)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => (JSON.parse(readFileSync(join(records, name), 'utf8')) as { grade: Grade }).grade);
  if (grades.length === 0) throw new Error(`report: there is no record in ${records}`);
  const failing = new Set(
    grades.flatMap(({ tasks }) =>
      tasks.filter(({ score, points, checks }) => checks.length > 0 && score < points),
    ),
  );
  const ids = new Set([...failing].map(({ task }) => task));
  const folders = (await loadTasks()).filter(({ task }) => ids.has(task.id));
  const file = join(folder, 'report.html');
  writeFileSync(file, reportPage(grades, await patternsOf(folders)));
  console.log(`${grades.length} students: ${file}`);
}

/** Runs every wrong solution once, to see which checks it fails. */
async function patternsOf(folders: readonly TaskFolder[]): Promise<Patterns> {
  const workplace = await Workplace.open();
  const patterns = new Map<string, Map<string, Set<string>>>();
  try {
    for (const { task, visible, hidden, wrong } of folders) {
      const reference = answersOf(await workplace.reference(task, {}));
      const known = new Map<string, Set<string>>();
      for (const { name, edits = [], file } of wrong) {
        const executor = await workplace.executor(task, file ?? studentFile(task, { bodies: 'kept', edits }));
        const results = await judge({
          task,
          checks: [...visible, ...hidden],
          dials: {},
          seed: 1,
          executor,
          reference,
        });
        known.set(
          name,
          new Set(results.filter(({ status }) => status === 'failed').map((result) => result.name)),
        );
      }
      patterns.set(task.id, known);
    }
  } finally {
    workplace.close();
  }
  return patterns;
}
