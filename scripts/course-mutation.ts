// What do the checks of a task not see? Changes the reference at random, one place at a time, as scripts/mutation.ts does, and judges it.
//
//   node --import tsx scripts/course-mutation.ts --draws 40 --seed 1 02 kmeans
//
// draws 40 changes of each task whose name contains one of the words. Checks of arguments (`expect…`) are left out: students may leave
// them out, too. A change that no check notices either makes no difference, or a check is missing. Takes about a second a change.
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { judge } from '../course/kit/judge.ts';
import { loadTask, type TaskFolder, taskIds } from '../course/kit/load.ts';
import { studentFile } from '../course/kit/stub.ts';
import { answersOf } from '../course/kit/trusted.ts';
import { Workplace } from '../course/kit/workplace.ts';
import { randomStream, sampleWithoutReplacement } from '../lib/numeric/rng.ts';
import { type ChangeOfText, changesIn } from './changes.ts';

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const options = { draws: text('40'), seed: text('1') };
const { values, positionals: words } = parseArgs({ allowPositionals: true, options });

const workplace = await Workplace.open();
const chosen = taskIds().filter((id) => words.length === 0 || words.some((word) => id.includes(word)));
for (const id of chosen) await survivorsOf(await loadTask(id));
workplace.close();

/** Prints the changes of a task that no check notices, and how many there were. */
async function survivorsOf(folder: TaskFolder): Promise<void> {
  const { task } = folder;
  const code = studentFile(task, { bodies: 'kept' });
  const all = changesIn(code, isCheckOfArguments);
  const count = Math.min(Number(values.draws), all.length);
  const reference = answersOf(await workplace.reference(task, {}));
  const stream = randomStream(Number(values.seed), 'course-mutation', task.id);
  let noticed = 0;
  for (const place of sampleWithoutReplacement(count, all.length, stream)) {
    const change = all[place]!;
    const changed = code.slice(0, change.from) + change.text + code.slice(change.to);
    if (await isNoticed(folder, changed, reference)) noticed++;
    else console.log(`${task.id}  ${inWords(code, change)}`);
  }
  console.log(`${task.id}: ${noticed} of ${count} noticed (${all.length} are possible)`);
}

/** Whether a check fails; visible ones are asked first. */
async function isNoticed(
  { task, visible, hidden }: TaskFolder,
  code: string,
  reference: ReturnType<typeof answersOf>,
): Promise<boolean> {
  for (const checks of [visible, hidden]) {
    const executor = await workplace.executor(task, code);
    const results = await judge({ task, checks, dials: {}, seed: 1, executor, reference });
    if (results.some(({ status }) => status === 'failed')) return true;
  }
  return false;
}

function isCheckOfArguments(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) return false;
  return node.expression.expression.getText().startsWith('expect');
}

function inWords(code: string, { from, to, text: written }: ChangeOfText): string {
  const end = code.indexOf('\n', to);
  const line = code.slice(code.lastIndexOf('\n', from) + 1, end < 0 ? code.length : end).trim();
  return `${code.slice(from, to)} → ${written || '(nothing)'}  in  ${line}`.replace(/\s+/g, ' ');
}
