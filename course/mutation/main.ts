// What do the checks of a task not see? Stryker's mutators change the reference, one place at a time, and the task's checks judge each
// change. In: the tasks whose names contain one of the words, or all; out: a line for each change that no check notices, with the reason
// why that is right, and Stryker's score of each task: noticed changes of all that count.
//
//   npm --prefix course/mutation ci
//   node --import tsx course/mutation/main.ts kmeans
//
// Takes about a second a change. What it printed is in record.txt. Exits with 1 if a change is not explained.
import { judge } from '../kit/judge.ts';
import { loadTask, type TaskFolder, taskIds } from '../kit/load.ts';
import { studentFile } from '../kit/stub.ts';
import { answersOf } from '../kit/trusted.ts';
import { Workplace } from '../kit/workplace.ts';
import { explanationOf } from './explained.ts';
import { mutantsOf } from './mutants.ts';

/** What became of the mutants of a task. */
interface Tally {
  noticed: number;
  explained: number;
  unexplained: number;
  ignored: number;
}

const words = process.argv.slice(2);
const chosen = taskIds().filter((id) => words.length === 0 || words.some((word) => id.includes(word)));
const workplace = await Workplace.open();
const all = { noticed: 0, explained: 0, unexplained: 0, ignored: 0 };
for (const id of chosen) {
  const tally = await judgeMutants(await loadTask(id));
  console.log(inNumbers(id, tally));
  for (const [key, count] of Object.entries(tally)) all[key as keyof Tally] += count;
}
workplace.close();
if (chosen.length > 1) console.log(inNumbers('all', all));
if (all.unexplained > 0) process.exitCode = 1;

async function judgeMutants(folder: TaskFolder): Promise<Tally> {
  const { task } = folder;
  const code = studentFile(task, { bodies: 'kept' });
  const reference = answersOf(await workplace.reference(task, {}));
  const tally: Tally = { noticed: 0, explained: 0, unexplained: 0, ignored: 0 };
  for (const mutant of await mutantsOf(code)) {
    if (mutant.isIgnored) tally.ignored++;
    else if (await isNoticed(folder, mutant.apply(code), reference)) tally.noticed++;
    else {
      const why = explanationOf(task.id, mutant);
      tally[why ? 'explained' : 'unexplained']++;
      console.log(`${task.id}  ${mutant.inWords}\n    ${why ?? 'NOT EXPLAINED'}`);
    }
  }
  return tally;
}

/** Whether a check fails; visible ones are asked first, and the first that fails is the last. */
async function isNoticed(
  { task, visible, hidden }: TaskFolder,
  code: string,
  reference: ReturnType<typeof answersOf>,
): Promise<boolean> {
  const executor = await workplace.executor(task, code);
  for (const check of [...visible, ...hidden]) {
    const results = await judge({ task, checks: [check], dials: {}, seed: 1, executor, reference });
    if (results.some(({ status }) => status === 'failed')) return true;
  }
  return false;
}

function inNumbers(name: string, { noticed, explained, unexplained, ignored }: Tally): string {
  const count = noticed + explained + unexplained;
  const score = ((100 * noticed) / Math.max(1, count)).toFixed(1);
  const survivors = `${explained + unexplained} not noticed, ${unexplained} of them not explained`;
  return `${name}: score ${score} % (${noticed} of ${count} noticed; ${survivors}; ${ignored} in checks of arguments left out)`;
}
