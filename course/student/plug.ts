// `plug`: a real training with the student's functions in the library's place, beside what the library's own gave.
import { Script } from 'node:vm';
import type { Loaded, Runner, Table } from '../kit/runner.ts';
import { translate } from '../kit/translate.ts';
import type { Plugged } from '../plugs/plugged.ts';
import { comparison, type PlugOutcome } from './comparison.ts';
import type { Home, StudentCourse, StudentTask } from './course.ts';

export interface PlugSocket {
  readonly runners: Readonly<Record<string, Runner>>;
  readonly table: Table;
  plug(): Promise<Plugged>;
}

/** @param files by task, what is put into the holes */
export async function runPlug(
  socketCode: string,
  files: ReadonlyMap<string, { name: string; text: string }>,
): Promise<PlugOutcome> {
  const socket = new Script(`${socketCode}\n;socket`, {
    filename: 'socket.js',
  }).runInThisContext() as PlugSocket;
  for (const [task, { name, text }] of files) {
    const { code, problem } = translate(text, name);
    if (code === null) throw new Error(problem!);
    const body = new Script(code, { filename: name }).runInThisContext() as Parameters<Runner['load']>[0];
    const { thrown } = JSON.parse(socket.runners[task]!.load(body)) as Loaded;
    if (thrown !== null) throw new Error(`${name} cannot be loaded: ${thrown}`);
  }
  const mine = await socket.plug();
  return { mine, calls: socket.table.calls };
}

/** `plug 4`, or `plug all` with every task's functions at once. */
export async function plug(course: StudentCourse, home: Home, tasks: readonly StudentTask[]): Promise<void> {
  const name = tasks.length === course.tasks.length && tasks.length > 1 ? 'all' : tasks[0]!.task.id;
  const files = new Map(
    tasks.map(({ task }) => {
      const file = home.fileOf(task.id);
      if (!file) throw new Error(`${task.id}.ts is not here`);
      return [task.id, file] as const;
    }),
  );
  console.log('Training with your functions; this takes a few seconds …');
  const library = (JSON.parse(home.packed('plugs/library')) as Record<string, Plugged>)[name]!;
  let outcome: PlugOutcome;
  try {
    outcome = await runPlug(home.packed(`plugs/${name}`), files);
  } catch (error) {
    console.log(`The training stopped: ${(error as Error).message}`);
    return;
  }
  for (const line of comparison(outcome, library)) console.log(line);
}
