// The command `npm run course`: prove that the checks see what they should, make a term, grade, compare, report.
import { parseArgs } from 'node:util';
import { compare } from './commands/compare.ts';
import { grade } from './commands/grade.ts';
import { make } from './commands/make.ts';
import { proveTasks } from './commands/prove.ts';
import { report } from './commands/report.ts';
import { workbench } from './commands/workbench.ts';

const usage = `usage: npm run course -- COMMAND
  make --term T --seed N --out DIR   everything of a term, below DIR/T
  prove [TASK…]                      every check sees what it should
  grade FOLDER --term T --seed N --format gradescope|classroom|exercism|prairielearn|csv --out DIR
  compare FOLDER                     submissions that resemble each other
  report DIR                         a page over what grade has written
  workbench                          the lesson pages' editor, into docs/public/workbench`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    term: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
    format: { type: 'string' },
    students: { type: 'string' },
    task: { type: 'string', multiple: true },
    'per-student': { type: 'boolean', default: false },
  },
});
const [command, ...words] = positionals;

try {
  if (command === 'prove') await proveTasks(words);
  else if (command === 'make') await make(words, values);
  else if (command === 'grade') await grade(words, values);
  else if (command === 'compare') await compare(words, values.task);
  else if (command === 'report') await report(words);
  else if (command === 'workbench') await workbench(words, values.out);
  else throw new Error(usage);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
