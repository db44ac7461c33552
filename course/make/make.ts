// Makes a term: the student's folder and zip, what each platform wants, the teacher's files.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import type { TaskFolder } from '../kit/load.ts';
import { fingerprintsOf, withoutSpace } from '../kit/socket.ts';
import { studentFile } from '../kit/stub.ts';
import { dialsKey, dialsOfTerm } from '../kit/variants.ts';
import type { Workplace } from '../kit/workplace.ts';
import { type GraderTerm, graderFiles } from './grader.ts';
import {
  classroomFiles,
  exercismFiles,
  gradescopeFiles,
  prairielearnFiles,
  prairielearnGrader,
} from './platforms.ts';
import { readme } from './readme.ts';
import { sharedStudentFiles, studentFiles } from './student.ts';
import { hasEditor, workbenchFiles } from './workbench.ts';

type Files = ReadonlyMap<string, Uint8Array | string>;

export interface Making extends GraderTerm {
  readonly out: string;
  /** Names of students, for variants by student. */
  readonly students: readonly string[];
}

/** Writes everything below `out/term` and returns that folder. */
export async function makeTerm(
  folders: readonly TaskFolder[],
  making: Making,
  workplace: Workplace,
): Promise<string> {
  const { term, seed, isPerStudent, students } = making;
  const home = join(making.out, term);
  const shared = await sharedStudentFiles(folders);
  const student = new Map(await studentFiles(folders, { term, seed, student: '' }, workplace, shared));
  student.set('README.md', readme(folders, term));
  expectNoBodies(student, folders);
  const grader = await graderFiles(folders, { term, seed, isPerStudent });
  rmSync(home, { recursive: true, force: true });
  const name = `fedtlrec-course-${term}`;
  if (!isPerStudent) {
    writeFiles(join(home, 'student', name), student);
    writeZip(join(home, 'student', `${name}.zip`), name, student);
  }
  for (const each of isPerStudent ? students : []) {
    const own = new Map(await studentFiles(folders, { term, seed, student: each }, workplace, shared));
    own.set('README.md', readme(folders, term));
    expectNoBodies(own, folders);
    writeZip(join(home, 'student', `${name}-${each}.zip`), name, own);
  }
  writeZip(join(home, 'gradescope.zip'), '', gradescopeFiles(grader));
  writeFiles(join(home, 'classroom'), classroomFiles(student));
  writeFiles(join(home, 'exercism'), exercismFiles(folders, student));
  writeFiles(
    join(home, 'prairielearn'),
    new Map([...prairielearnFiles(folders, student, term), ...prairielearnGrader(grader)]),
  );
  if (hasEditor()) {
    const dialsOf = ({ task }: TaskFolder) => dialsOfTerm(task, seed, term);
    const site = await workbenchFiles(folders, workplace, { dialsOf, term });
    expectNoBodies(site, folders);
    writeFiles(join(home, 'site'), site);
  }
  writeFiles(join(home, 'teacher'), teacherFiles(folders, making, grader));
  return home;
}

function teacherFiles(
  folders: readonly TaskFolder[],
  { term, seed }: Making,
  grader: ReadonlyMap<string, string>,
): Files {
  const files = new Map<string, string>(grader);
  const lines = ['task,points,dials'];
  for (const { task } of folders) {
    const dials = dialsOfTerm(task, seed, term);
    lines.push(`${task.id},${task.points},"${dialsKey(dials)}"`);
    files.set(`solutions/${task.id}.ts`, studentFile(task, { bodies: 'kept', dials, term }));
    files.set(
      `exercism/${task.id.slice(3)}/.meta/exemplar.ts`,
      studentFile(task, { bodies: 'kept', dials, term }),
    );
  }
  files.set('tasks.csv', `${lines.join('\n')}\n`);
  files.set(
    'Containerfile',
    `# Official grading: no network, nothing but Node, the class folder read-only.
# docker build -t fedtlrec-grader . && docker run --rm --network none --memory 2g --pids-limit 64 \\
#   -v "$PWD/class:/class:ro" -v "$PWD/results:/results" fedtlrec-grader /class --format csv --out /results
FROM node:20-slim
COPY grader.mjs child.mjs /grader/
USER node
ENTRYPOINT ["node", "/grader/grader.mjs"]
`,
  );
  return files;
}

/** No file of a student holds a function's longest statement as text, nor does a task's own socket when it is unpacked. */
export function expectNoBodies(files: Files, folders: readonly TaskFolder[]): void {
  for (const [path, content] of files) {
    const text = withoutSpace(
      typeof content === 'string' ? content : new TextDecoder('latin1').decode(content),
    );
    for (const { task } of folders) {
      const found = fingerprintsOf(task).find(
        ({ statement }) => statement.length > 24 && text.includes(statement),
      );
      if (found) throw new Error(`${path} would hold the body of ${found.name}: ${found.statement}`);
    }
  }
}

function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of files) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content, { mode: isProgram(path) ? 0o755 : 0o644 });
  }
}

function writeZip(place: string, folder: string, files: Files): void {
  const entries: Zippable = {};
  for (const [path, content] of files) {
    const bytes = typeof content === 'string' ? strToU8(content) : content;
    const attrs = (isProgram(path) ? 0o100755 : 0o100644) << 16;
    entries[folder === '' ? path : `${folder}/${path}`] = [
      bytes,
      { os: 3, attrs, mtime: new Date(1980, 0, 2) },
    ];
  }
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, zipSync(entries, { level: 9 }));
}

function isProgram(path: string): boolean {
  return /(^|\/)(setup\.sh|run\.sh|run_autograder)$/.test(path);
}
