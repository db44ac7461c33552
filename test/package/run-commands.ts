// Types, in the folder of a project where the package is installed, every example that its --help tells people to type.
// `node --import tsx test/package/run-commands.ts PROJECT`; prints each command that fails and exits with 1.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOfHelp, elsewhere, fewer, mentionedFiles } from '../docs/told-commands.ts';

const project = process.argv[2]!;
const fedtlrec = (words: readonly string[]) =>
  spawnSync(join(project, 'node_modules/.bin/fedtlrec'), words, { cwd: project, encoding: 'utf8' });

for (const [name, content] of Object.entries(mentionedFiles())) writeFileSync(join(project, name), content);
const told = [['train'], ['compare'], ['evaluate'], ['recommend'], ['data', 'info']].flatMap((words) =>
  commandsOfHelp(words.join(' '), fedtlrec([...words, '--help']).stdout),
);
let typed = 0;
for (const { words } of told) {
  const line = words.join(' ');
  if (elsewhere.some(([pattern]) => pattern.test(line))) continue;
  const out = words.indexOf('--out') + 1;
  if (out > 0) rmSync(join(project, words[out]!), { recursive: true, force: true });
  const { status, stderr } = fedtlrec([...words, ...fewer(words)]);
  typed++;
  if (status === 0) continue;
  console.error(`fedtlrec ${line}: ${stderr}`);
  process.exitCode = 1;
}
if (typed < 10) throw new Error(`--help has ${typed} examples`);
console.log(`${typed} commands of --help work where the package is installed`);
