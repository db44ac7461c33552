// Advice that works: what pages and help texts tell people to type is typed here, with fewer rounds and small files.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { runHere, temporaryFolder } from '../cli/command-line.ts';
import {
  commandsOfHelp,
  commandsOfPages,
  elsewhere,
  fewer,
  mentionedFiles,
  otherCommands,
  type ToldCommand,
} from './told-commands.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
for (const [name, content] of Object.entries(mentionedFiles())) writeFileSync(join(folder, name), content);

test('every fedtlrec command of the pages and of --help does what it says', async (t) => {
  const helpOf = async (...words: string[]) => (await runHere([...words, '--help'])).stdout;
  const told: ToldCommand[] = [...commandsOfPages()];
  for (const words of [
    ['train'],
    ['compare'],
    ['evaluate'],
    ['recommend'],
    ['data', 'info'],
    ['data', 'get'],
  ]) {
    told.push(...commandsOfHelp(`${words.join(' ')} --help`, await helpOf(...words)));
  }
  t.ok(told.length > 30, `${told.length} commands`);
  const back = process.cwd();
  process.chdir(folder);
  try {
    for (const words of [
      ['train', '--data', 'u.data', '--rounds', '2', '--evaluate-every', '2', '--out', 'runs/first'],
    ]) {
      t.equal((await runHere(words)).code, 0, 'the model that later commands are about');
    }
    for (const { place, words } of told) {
      const line = words.join(' ');
      const reason = elsewhere.find(([pattern]) => pattern.test(line))?.[1];
      if (reason !== undefined) {
        t.comment(`${place}: ${line}: ${reason}`);
        continue;
      }
      if (words.includes('--out'))
        rmSync(words[words.indexOf('--out') + 1]!, { recursive: true, force: true });
      const { code, stderr } = await runHere([...words, ...fewer(words)]);
      t.equal(code, 0, `${place}: ${line}${code === 0 ? '' : `: ${stderr}`}`);
    }
  } finally {
    process.chdir(back);
  }
  t.end();
});

test('every other command names a script, an example or a file that is there', (t) => {
  const told = otherCommands();
  t.ok(told.length > 10, `${told.length} commands`);
  for (const { place, line } of told) {
    for (const command of line.split(' && ')) t.ok(isThere(command.trim()), `${place}: ${command}`);
  }
  t.end();
});

function isThere(command: string): boolean {
  const words = command.split(' ');
  const prefix = words.includes('--prefix') ? words[words.indexOf('--prefix') + 1]! : '.';
  const { scripts } = JSON.parse(readFileSync(join(root, prefix, 'package.json'), 'utf8'));
  const verb = words.find((word, place) => place > 0 && !word.startsWith('-') && word !== prefix)!;
  if (words[0] === 'npm') {
    if (['ci', 'install'].includes(verb)) return true;
    const name =
      verb === 'run' ? words.slice(words.indexOf('run') + 1).find((word) => !word.startsWith('-'))! : verb;
    return name in scripts;
  }
  const file = words.find((word) => /\.(ts|mjs|js|py|sh)$/.test(word));
  return file !== undefined && existsSync(join(root, file));
}
