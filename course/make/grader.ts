// The grader of a term as two files that need Node only: `grader.mjs` holds everything, `child.mjs` is what it starts.
import { referencesOf } from '../kit/course.ts';
import type { TaskFolder } from '../kit/load.ts';
import { bundle, checkSocket } from '../kit/socket.ts';
import { childProgram } from '../kit/workplace.ts';

export interface GraderTerm {
  readonly term: string;
  readonly seed: number;
  readonly isPerStudent: boolean;
}

export async function graderFiles(
  folders: readonly TaskFolder[],
  term: GraderTerm,
): Promise<Map<string, string>> {
  const tasks: string[] = [];
  for (const [at, { task }] of folders.entries()) {
    const known = { task, socket: await checkSocket(task, true), references: referencesOf(task) };
    tasks.push(`{ ...${JSON.stringify(known)}, visible: checks${at}.visible, hidden: checks${at}.hidden }`);
  }
  const entry = [
    "import { runGrader } from './course/grader/main.ts';",
    ...folders.map(({ task }, at) => `import * as checks${at} from './course/tasks/${task.id}/checks.ts';`),
    `const tasks = [\n${tasks.join(',\n')}\n];`,
    `await runGrader({ ...${JSON.stringify(term)}, tasks }, import.meta.url);`,
  ].join('\n');
  const { code } = await bundle(entry, [], { format: 'esm', platform: 'node' });
  return new Map([
    ['grader.mjs', code],
    ['child.mjs', await childProgram()],
  ]);
}
