// The commands of a class, as a teacher types them: a class that is killed and goes on, its replay, and what is said where something is
// wrong.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as mqtt from 'mqtt';
import test from 'tape';
import { serverDigest } from '../../lib/classroom/class-run.ts';
import { readItemList } from '../../lib/classroom/item-list.ts';
import { classAt, type Entered, enterClass, takeSeat } from '../../lib/classroom/join-class.ts';
import { found } from '../../lib/classroom/packages.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { train } from '../../lib/training/train.ts';
import { runHere, startCli } from '../cli/command-line.ts';
import { homeRatings, people, settingsOf } from './class-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-class-'));
const list = join(folder, 'items.txt');
writeFileSync(list, Array.from({ length: 60 }, (_, item) => `film ${item}\n`).join(''));
test.onFinish(() => rmSync(folder, { recursive: true, force: true }));

interface Serving {
  readonly child: ChildProcess;
  /** Fulfilled with the line's match as soon as it is printed. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<number | null>;
}

async function serve(...words: string[]): Promise<Serving> {
  const child = await startCli(['serve', ...words]);
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      text += String(bytes);
      for (const listen of listeners) listen();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text);
          if (match) resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without ${pattern}: ${text}`)));
      }),
  };
}

test('a server that is killed goes on where it was, with the same digest, and a replay gives it once more', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec, { rounds: 6, evaluateEvery: 6 });
  const { memory } = await train(fedtlrec, split, { settings });
  const expected = await serverDigest(memory);
  const out = join(folder, 'killed');
  const asked = ['--code', 'apple', '--out', out, '--participants', '3', '--host', '127.0.0.1'];
  const chosen = [
    '--rounds',
    '6',
    '--refresh-every',
    '2',
    '--evaluate-every',
    '6',
    '--factors',
    '4',
    '--seats',
    '3',
  ];
  const rate = ['--server-learning-rate', String(settings.serverLearningRate)];
  const first = await serve('--items', list, '--port', '0', ...asked, ...chosen, ...rate);
  const [, port] = await first.printed(/localhost:(\d+)\/teacher#[\w-]{16}\s/); // a key of 96 bits
  const address = `http://127.0.0.1:${port}`;
  const facts = await classAt(address);
  const own = join(folder, 'own.csv');
  const joining = async (text: string) => {
    writeFileSync(own, `user,item,rating\n${text}`);
    const { code, stderr } = await runHere(['join', address, '--ratings', own]);
    return [code, ...stderr.trim().split('\n')];
  };
  const none = `none of the items in ${own} is in the class's list, such as "film 0"`;
  t.deepEqual(await joining('ann,film 60,5\nann,film 61,4\n'), [2, `fedtlrec: ${none}`]);
  const missing = "fedtlrec: --code is missing: the class's terminal shows it";
  t.deepEqual(await joining('ann,film 1,5\nann,film 61,4\nann,film 62,4\n'), [
    ...[2, "fedtlrec: 2 items are not in the class's list and left out", missing],
  ]);
  t.deepEqual(await joining('ann,film 1,5\nann,film 2,4\n'), [2, missing]);
  const members: Entered[] = [];
  for (let user = 0; user < 3; user++) {
    const seat = await takeSeat(address, 'apple');
    const ratings = homeRatings(split, user);
    members.push(await enterClass({ address, facts, seat, ratings, mqtt, givesFigures: true }));
  }
  await first.printed(/round 3: 3 merged, \d+ bytes up/); // and nothing of rejected ones, where there are none
  first.child.kill('SIGKILL');
  await first.ended;
  const second = await serve('--resume', '--port', port!, ...asked);
  const [, digest] = await second.printed(/Digest: (\w+)/);
  t.equal(digest, expected, 'the simulator’s');
  t.equal(await second.ended, 0);
  await Promise.all(members.map(({ participant }) => participant.leave()));
  const { stdout } = await runHere(['replay', out, '--json']);
  t.equal(JSON.parse(stdout).digest, expected);
  t.equal(JSON.parse(stdout).messages, 18);
});

test('what is wrong is said in one line, with the way out', async (t) => {
  const asked = ['--code', 'apple', '--out', join(folder, 'none')];
  const two = join(folder, 'two.csv');
  writeFileSync(two, 'user,item,rating\nann,x,1\nbob,y,2\n');
  const joining = ['join', 'http://127.0.0.1:9', '--code', 'a'];
  for (const [words, line] of [
    [['serve', '--out', 'x'], /--code is missing/],
    [['serve', '--code', 'apple'], /--out is missing/],
    [['serve', ...asked], /--items is missing/],
    [['serve', ...asked, '--items', 'absent.txt'], /--items absent.txt cannot be read: ENOENT/],
    [
      ['serve', ...asked, '--items', list, '--recipe', 'popularity'],
      /popularity runs in the simulator only; a class can run fedtlrec/,
    ],
    [['serve', ...asked, '--items', list, '--recipe', 'gpfedrec'], /runs in the simulator only/],
    [['serve', ...asked, '--items', list, '--deadline', '20'], /--deadline must be a duration/],
    [['serve', ...asked, '--items', list, '--quorum', '2'], /--quorum must be between 0 and 1/],
    [['serve', ...asked, '--items', list, '--broker', 'http://x'], /--broker must begin with mqtt/],
    [['serve', ...asked, '--resume'], /holds no class/],
    [['replay', join(folder, 'none')], /holds no class/],
    [['join', 'http://127.0.0.1:9', '--code', 'a', '--ratings', list], /looks like a list of items/],
    [joining, /--ratings is missing: the file with what you have touched/],
    [[...joining, '--ratings', two], /two\.csv holds 2 users; --user says whose ratings are yours/],
    [
      [...joining, '--ratings', two, '--user', 'eve'],
      /--user eve is not in .*two\.csv, which has ann for example/,
    ],
    [
      [...joining, '--ratings', two, '--user', 'bob'],
      /there is no class at http:\/\/127.0.0.1:9: (?!fetch failed)\w/,
    ],
    [
      ['crowd', 'http://127.0.0.1:9', '--code', 'a'],
      /there is no class at http:\/\/127.0.0.1:9: (?!fetch failed)\w/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await runHere(words);
    t.deepEqual([code, stdout], [2, ''], words.join(' '));
    t.match(stderr, line);
    t.equal(stderr.trim().split('\n').length, 1);
    rmSync(join(folder, 'none'), { recursive: true, force: true });
  }
});

test('a package that is not installed is missed with the command that installs it', async (t) => {
  await found('no-such-package', () => import('no-such-package' as string)).then(
    () => t.fail('it was found'),
    (error: Error) =>
      t.match(error.message, /needs the package no-such-package.*npm install aedes mqtt ws uqr/),
  );
});

test('a list of items may be titles, u.item, movies.dat or movies.csv; a line that stands twice is named', (t) => {
  const titles = (text: string) => readItemList(text, 'list').map(({ id, title }) => `${id}=${title}`);
  t.deepEqual(titles('Heat\r\nAlien\n'), ['Heat=Heat', 'Alien=Alien']);
  t.deepEqual(titles('1|Heat (1995)|x|y\n2|Alien|z'), ['1=Heat (1995)', '2=Alien']);
  t.deepEqual(titles('7::Heat::Crime\n9::Alien::Horror'), ['7=Heat', '9=Alien']);
  t.deepEqual(titles('movieId,title,genres\n3,"American President, The (1995)",Drama\n4,Heat,Crime'), [
    '3=American President, The (1995)',
    '4=Heat',
  ]);
  t.throws(() => titles('Heat\nAlien\nHeat'), /list:3: the item Heat stands in line 1 already/);
  t.throws(() => titles('Heat'), /list must list 2 to 20000 items, got 1/);
  t.end();
});
