// `plug`: a real training with the student's functions in the library's place, beside what the library's own gave.
import { Script } from 'node:vm';
import type { Loaded, Runner, Table } from '../kit/runner.ts';
import { translate } from '../kit/translate.ts';
import type { Plugged } from '../plugs/plugged.ts';
import type { Home, StudentCourse, StudentTask } from './course.ts';

export interface PlugSocket {
  readonly runners: Readonly<Record<string, Runner>>;
  readonly table: Table;
  plug(): Promise<Plugged>;
}

export interface PlugOutcome {
  readonly mine: Plugged;
  readonly calls: Readonly<Record<string, number>>;
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

export function comparison({ mine, calls }: PlugOutcome, library: Plugged): string[] {
  const width = 30;
  const most = Math.max(...[...mine.curve, ...library.curve].map(({ value }) => value), 1e-9);
  const bar = (value: number) => '▪'.repeat(Math.max(0, Math.round((width * value) / most)) || 0);
  const lines = [`${mine.measure} by round`];
  library.curve.forEach(({ round, value }, at) => {
    const own = mine.curve[at]?.value ?? Number.NaN;
    lines.push(
      `  round ${String(round).padStart(2)}  yours ${own.toFixed(3)}  the library's ${value.toFixed(3)}  ${bar(own)}`,
    );
  });
  const { mean, error, count } = pairedDifference(mine.perUser, library.perUser);
  lines.push(
    `yours − the library's, client by client: ${mean.toFixed(4)} ± ${error.toFixed(4)} (one standard error, ${count} clients)`,
  );
  lines.push(
    `bytes per client and round: up ${mine.bytesUp.toFixed(0)}, down ${mine.bytesDown.toFixed(0)}; the library's ${library.bytesUp.toFixed(0)} and ${library.bytesDown.toFixed(0)}`,
  );
  const counted = Object.entries(calls).map(([name, times]) => `${name} ${times}`);
  lines.push(`calls of your functions: ${counted.join(', ') || 'none'}`);
  lines.push(
    mine.digest === library.digest
      ? `the same digest, to the last bit: ${mine.digest.slice(0, 16)}…`
      : `another digest, ${mine.digest.slice(0, 16)}… instead of ${library.digest.slice(0, 16)}…: some bit differs, which another order of summation may do as well as a mistake`,
  );
  return lines;
}

function pairedDifference(
  a: readonly number[],
  b: readonly number[],
): { mean: number; error: number; count: number } {
  const differences = a.map((value, at) => value - b[at]!).filter((value) => !Number.isNaN(value));
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1);
  return { mean, error: Math.sqrt(variance / count), count };
}
