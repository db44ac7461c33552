// The same training in Node (V8), Deno (V8) and Bun (JavaScriptCore, which is Safari's engine): is it the same to the
// last bit, and how long does it take? `deno` and `bun` must be on the PATH.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, markdownTable } from './bench.ts';
import { buildPackage } from './built-run.ts';

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const recipes = ['fedtlrec', 'fedmf', 'colr', 'fedncf', 'pfedrec'];
const rounds = 20;

const runtimes = [
  { name: 'Node', engine: 'V8', command: process.execPath, words: [] },
  { name: 'Deno', engine: 'V8', command: 'deno', words: ['run', '--allow-all'] },
  { name: 'Bun', engine: 'JavaScriptCore', command: 'bun', words: [] },
];

interface Answer {
  readonly recipe: string;
  readonly digest: string;
  readonly seconds: number;
}

export const bench: Bench = {
  title: 'The same run in other runtimes',
  async run(say) {
    buildPackage();
    const rows: string[][] = [];
    const absent: string[] = [];
    const digests = new Set<string>();
    for (const { name, engine, command, words } of runtimes) {
      const version = await versionOf(command);
      if (version === null) {
        absent.push(`- ${name}: not measured, ${command} is not on the PATH`);
        continue;
      }
      const { stdout } = await run(command, [
        ...words,
        here('runtime-once.mjs'),
        recipes.join(','),
        `${rounds}`,
      ]);
      const answers = JSON.parse(stdout) as Answer[];
      digests.add(answers.map(({ digest }) => digest).join());
      const seconds = answers.map((answer) => answer.seconds.toFixed(1));
      rows.push([`${name} ${version}`, engine, answers[0]!.digest.slice(0, 12), ...seconds]);
      say(rows.at(-1)!.join(' · '));
    }
    return [
      `${rounds} rounds on synthetic ratings of 600 users and 800 items, the built package, one thread; seconds of each recipe.
The digests of the parameters of all five recipes are ${digests.size === 1 ? 'the same in all of them' : '**NOT** the same'}; the table has that of the first.`,
      markdownTable(['runtime', 'engine', 'digest', ...recipes], rows),
      ...(absent.length > 0 ? [absent.join('\n')] : []),
    ].join('\n\n');
  },
};

async function versionOf(command: string): Promise<string | null> {
  try {
    return /\d+\.\d+\.\d+/.exec((await run(command, ['--version'])).stdout)![0];
  } catch {
    return null;
  }
}
