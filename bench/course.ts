// How long a term takes: making it, and grading one student's work, right, untouched, or with one loop that does not end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { courseOf } from '../course/kit/course.ts';
import { gradeSubmission } from '../course/kit/grading.ts';
import { loadTasks } from '../course/kit/load.ts';
import { functionsOf, studentFile } from '../course/kit/stub.ts';
import { dialsOfTerm } from '../course/kit/variants.ts';
import { Workplace } from '../course/kit/workplace.ts';
import { makeTerm } from '../course/make/make.ts';
import { type Bench, markdownTable } from './bench.ts';

const TURNS = 3;

export const bench: Bench = {
  title: 'A term of the course',
  async run(say) {
    const folders = await loadTasks();
    const workplace = await Workplace.open();
    const out = mkdtempSync(join(tmpdir(), 'fedtlrec-bench-'));
    const term = { term: 'bench', seed: 1, isPerStudent: false };
    const rows: string[][] = [];
    try {
      const started = performance.now();
      await makeTerm(folders, { ...term, students: [], out }, workplace);
      rows.push(['make a term', seconds(performance.now() - started), '']);
      say(`made ${folders.length} tasks`);
      const course = await courseOf(folders, term, workplace);
      for (const [name, textOf] of Object.entries(works)) {
        const place = mkdtempSync(join(out, 'work-'));
        for (const { task } of folders) writeFileSync(join(place, `${task.id}.ts`), textOf(task));
        const times: number[] = [];
        let score = '';
        for (let turn = 0; turn < TURNS; turn++) {
          const grade = await gradeSubmission(course, place, name, workplace.children);
          times.push(grade.seconds * 1000);
          score = `${grade.score.toFixed(0)} of ${grade.points}`;
        }
        times.sort((a, b) => a - b);
        rows.push([`grade one student: ${name}`, seconds(times[1]!), score]);
        say(name);
      }
    } finally {
      workplace.close();
      rmSync(out, { recursive: true, force: true });
    }
    const told = `${folders.length} tasks, visible and hidden checks, on one thread; grading is the median of ${TURNS} turns.`;
    return `${told}\n\n${markdownTable(['work', 'seconds', 'points'], rows)}`;
  },
};

type AnyTask = Parameters<typeof functionsOf>[0];

const works: Record<string, (task: AnyTask) => string> = {
  'all right': (task) =>
    studentFile(task, { bodies: 'kept', dials: dialsOfTerm(task, 1, 'bench'), term: 'bench' }),
  'nothing written': (task) => studentFile(task, { bodies: 'cut', term: 'bench' }),
  'all right but one loop that does not end': (task) => {
    const text = works['all right']!(task);
    const [name] = functionsOf(task);
    return task.id.startsWith('01')
      ? text.replace(`function ${name}(`, `function ${name}() { for (;;); }\nfunction unused(`)
      : text;
  },
};

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
