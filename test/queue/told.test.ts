// Advice that works: what pages and help texts tell people to type about queues is typed here, with small data, against a server on this
// machine in place of the one that they name.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { runHere, temporaryFolder } from '../cli/command-line.ts';
import { commandsOfHelp, commandsOfPages, fewer, mentionedFiles } from '../docs/told-commands.ts';
import { Broker, needsServer } from './broker.ts';

const folder = temporaryFolder();
for (const name of ['u.data']) writeFileSync(join(folder, name), mentionedFiles()[name]!);

/** A server that knows the user of the pages, and takes whoever names none for that one. */
const likeThePages = 'authorization { users: [{ user: lab, password: secret }] }\nno_auth_user: lab';

test('every fedtlrec command about queues does what it says', needsServer, async (t) => {
  const helpOf = async (name: string) =>
    commandsOfHelp(`${name} --help`, (await runHere([name, '--help'])).stdout);
  const helps = [await helpOf('worker'), await helpOf('compare'), await helpOf('train')];
  const told = [...commandsOfPages(), ...helps.flat()].filter(({ words }) =>
    words.some((word) => word.startsWith('nats://')),
  );
  const broker = await Broker.start('', likeThePages);
  const here = (word: string) => word.replace(/^(nats:\/\/(?:[^/@]*@)?).*$/, `$1127.0.0.1:${broker.port}`);
  const back = process.cwd();
  process.chdir(folder);
  try {
    const workers = told.filter(({ words }) => words[0] === 'worker');
    t.ok(workers.length >= 4, `${workers.length} workers`);
    const comparisons = told.filter(({ words }) => words[0] === 'compare');
    t.ok(comparisons.length >= 2, `${comparisons.length} comparisons`);
    const runs = told.filter(({ words }) => words[0] === 'train');
    t.ok(runs.length >= 3, `${runs.length} runs whose rounds are shared`);
    t.equal(workers.length + comparisons.length + runs.length, told.length, 'and no others');
    for (const { place, words } of workers)
      t.equal(await stopped(words.map(here)), 0, `${place}: ${words.join(' ')}`);
    const fewSeeds = (word: string) => word.replace('1..10', '1..2');
    for (const { place, words } of [...comparisons, ...runs]) {
      const worker = runHere(workers[0]!.words.map(here));
      const quick = words[0] === 'train' ? ['--recipe', 'fedmf'] : ['--recipes', 'popularity'];
      const line = [...words, ...fewer(words), ...quick].map(here).map(fewSeeds);
      const { code, stderr } = await runHere(line);
      t.equal(code, 0, `${place}: ${words.join(' ')}${code === 0 ? '' : `: ${stderr}`}`);
      process.emit('SIGINT');
      await worker;
    }
  } finally {
    process.chdir(back);
    await broker.end();
  }
});

/** The exit code of a worker that is stopped when it waits. */
async function stopped(words: readonly string[]): Promise<number | null> {
  const outcome = runHere(words, 'waiting for jobs');
  return (await outcome).code;
}

test('the command that installs the packages names those that are optional peers', (t) => {
  const { peerDependenciesMeta } = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  );
  const page = readFileSync(fileURLToPath(new URL('../../docs/many-machines.md', import.meta.url)), 'utf8');
  const told = /npm install fedtlrec (.*)/.exec(page)![1]!.split(' ');
  t.deepEqual(
    told.sort(),
    Object.keys(peerDependenciesMeta)
      .filter((name) => name.startsWith('@nats-io/'))
      .sort(),
  );
  t.end();
});
