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

const text = { type: 'string' } as const;
const options = {
  ...{ term: text, seed: text, out: text, format: text, students: text },
  task: { type: 'string', multiple: true },
  'per-student': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [command, ...words] = positionals;
  if (values.help) console.log(usage);
  else if (command === 'prove') await proveTasks(words);
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
