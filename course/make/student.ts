// The student's folder: stubs, lessons, types, and `course.mjs` with the visible checks. Sockets are packed: that of a task
// lacks the task's functions, and none holds a body as text.
import { brotliCompressSync } from 'node:zlib';
import { judge } from '../kit/judge.ts';
import type { TaskFolder } from '../kit/load.ts';
import type { SentAnswer } from '../kit/runner.ts';
import { bundle, checkSocket, plugSocket } from '../kit/socket.ts';
import { numberOf, studentFile } from '../kit/stub.ts';
import type { Dials } from '../kit/task.ts';
import { answersOf, trustedExecutor } from '../kit/trusted.ts';
import { dialsOfTerm } from '../kit/variants.ts';
import { childProgram, type Workplace } from '../kit/workplace.ts';
import type { Plugged } from '../plugs/plugged.ts';
import { runPlug } from '../student/plug.ts';
import { typeFiles } from './types.ts';

export interface StudentTerm {
  readonly term: string;
  readonly seed: number;
  /** For variants by student; else ''. */
  readonly student: string;
}

/** Of the visible cases: everybody's are the same, and nothing is secret about them. */
export const VISIBLE_SEED = 1;

/** The files of a student's folder by their paths. What does not depend on dials is made once, by `shared`. */
export async function studentFiles(
  folders: readonly TaskFolder[],
  term: StudentTerm,
  workplace: Workplace,
  shared: ReadonlyMap<string, Uint8Array | string>,
): Promise<Map<string, Uint8Array | string>> {
  const files = new Map(shared);
  const packed: string[] = [];
  for (const [at, folder] of folders.entries()) {
    const { task, visible, hidden, hints, lesson } = folder;
    const dials = dialsOfTerm(task, term.seed, term.term, term.student);
    const name = term.student ? `${term.term}, for ${term.student}` : term.term;
    files.set(`${task.id}.ts`, studentFile(task, { bodies: 'cut', dials, term: name }));
    files.set(`lessons/${task.id}.md`, readable(lesson));
    const answers = await visibleAnswers(folder, dials, workplace);
    const known = {
      task: withoutEdits(task),
      number: numberOf(task),
      hidden: hidden.length,
      dials,
      answers,
      hints,
    };
    packed.push(`{ ...${JSON.stringify(known)}, visible: visible${at} }`);
    if (visible.length === 0) throw new Error(`${task.id} has no visible check`);
  }
  const course = `{ term: ${JSON.stringify(term.term)}, student: ${JSON.stringify(term.student)}, seed: ${VISIBLE_SEED}, tasks }`;
  const entry = [
    "import { runCourse } from './course/student/main.ts';",
    ...folders.map(
      ({ task }, at) => `import { visible as visible${at} } from './course/tasks/${task.id}/checks.ts';`,
    ),
    `const tasks = [\n${packed.join(',\n')}\n];`,
    `await runCourse(${course}, import.meta.url);`,
  ].join('\n');
  const tasks = folders.map(({ task }) => task);
  const { code } = await bundle(entry, tasks, { format: 'esm', platform: 'node' });
  expectNoHidden(code, folders);
  files.set('course.mjs', code);
  files.set('.course/plugs/library.br', packedText(JSON.stringify(await libraryPlugs(folders, term, files))));
  return files;
}

/** What every student's folder has, whatever the dials: sockets, types, the child's program. */
export async function sharedStudentFiles(
  folders: readonly TaskFolder[],
): Promise<Map<string, Uint8Array | string>> {
  const tasks = folders.map(({ task }) => task);
  const files = new Map<string, Uint8Array | string>(typeFiles(tasks));
  for (const task of tasks) {
    files.set(`.course/sockets/${task.id}.br`, packedText((await checkSocket(task, true)).code));
    files.set(
      `.course/plugs/${task.id}.br`,
      packedText((await plugSocket([task], task.plug ?? 'training')).code),
    );
  }
  if (tasks.length > 1)
    files.set('.course/plugs/all.br', packedText((await plugSocket(tasks, 'training')).code));
  files.set('.course/child.mjs', await childProgram());
  files.set('.course/types/console.d.ts', 'declare const console: { log(...values: unknown[]): void };\n');
  files.set(
    'package.json',
    `${JSON.stringify({ name: 'fedtlrec-course', private: true, type: 'module' }, null, 2)}\n`,
  );
  return files;
}

export async function visibleAnswers(
  { task, visible }: TaskFolder,
  dials: Dials,
  workplace: Workplace,
): Promise<Record<string, SentAnswer[][]>> {
  const known: Record<string, SentAnswer[][]> = {};
  const realm = answersOf(await workplace.reference(task, dials));
  const results = await judge({
    task,
    checks: visible,
    dials,
    seed: VISIBLE_SEED,
    executor: trustedExecutor(
      (await workplace.socket(task)).code,
      studentFile(task, { bodies: 'kept', dials }),
      `${task.id}.ts`,
    ),
    reference: (check, at, sent) => {
      const answers = realm(check, at, sent);
      known[check.name] = known[check.name] ?? [];
      known[check.name]![at] = [...answers];
      return answers;
    },
  });
  const odd = results.find(({ status }) => status !== 'passed');
  if (odd) throw new Error(`${task.id}: the reference does not pass ${odd.name}: ${odd.says}`);
  return known;
}

/** What the library's own functions give in each program, with this term's dials. */
async function libraryPlugs(
  folders: readonly TaskFolder[],
  { term, seed, student }: StudentTerm,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<Record<string, Plugged>> {
  const { brotliDecompressSync } = await import('node:zlib');
  const code = (name: string) =>
    brotliDecompressSync(files.get(`.course/plugs/${name}.br`)!).toString('utf8');
  const reference = ({ task }: TaskFolder) => {
    const dials = dialsOfTerm(task, seed, term, student);
    return [task.id, { name: `${task.id}.ts`, text: studentFile(task, { bodies: 'kept', dials }) }] as const;
  };
  const plugs: Record<string, Plugged> = {};
  for (const folder of folders) {
    const { mine, calls } = await runPlug(code(folder.task.id), new Map([reference(folder)]));
    if (Object.keys(calls).length === 0)
      throw new Error(`${folder.task.id}: its training calls none of its functions`);
    plugs[folder.task.id] = mine;
  }
  if (folders.length > 1) plugs.all = (await runPlug(code('all'), new Map(folders.map(reference)))).mine;
  return plugs;
}

/** A task without what tells how a dial is turned, or where the functions stand. */
export function withoutEdits(task: TaskFolder['task']): TaskFolder['task'] {
  const dials = task.dials.map((dial) => ({
    ...dial,
    values: dial.values.map((value) => ({ ...value, edits: [] })),
  }));
  return { ...task, dials };
}

export function expectNoHidden(code: string, folders: readonly TaskFolder[]): void {
  for (const { task, hidden } of folders) {
    const told = hidden.find(
      ({ title }) => code.includes(title) || code.includes(JSON.stringify(title).slice(1, -1)),
    );
    if (told) throw new Error(`${task.id}: the hidden check ${told.name} would be in the student's folder`);
  }
}

export function packedText(text: string): Uint8Array {
  return brotliCompressSync(text);
}

/** Links lead into the repository, which the student need not have: they become words. */
function readable(lesson: string): string {
  return lesson.replaceAll(/\[([^\]]+)\]\((?:\.\.\/)+([^)]+)\)/g, '$1 ($2)');
}
