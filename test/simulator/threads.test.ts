import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { StateArrays } from '../../lib/federated/memory.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { chunksOf } from '../../lib/training/executor.ts';
import { train } from '../../lib/training/train.ts';
import { faulty } from './faulty-recipe.ts';

const split = leaveOneOut(syntheticRatings({ users: 40, items: 60, meanRatings: 10, seed: 2 }).ratings);
const settings = { rounds: 3, evaluateEvery: 3, factors: 5, seed: 100 };

function inThreads(workers: number, recipe = fedtlrec, seed = settings.seed) {
  const options = {
    settings: { ...settings, seed },
    executor: threadsExecutor(workers),
  };
  return train(recipe, split, options);
}

/** Everything but the test recipe's own count. */
function learned({ testFailures: _, ...arrays }: StateArrays): StateArrays {
  return arrays;
}

test('chunks cover all clients once, and depend on nothing but their number', (t) => {
  for (const clients of [1, 15, 16, 17, 943, 6040, 1_000_000]) {
    const chunks = chunksOf(clients);
    t.ok(chunks.length <= 16, `${clients} clients: ${chunks.length} chunks`);
    let next = 0;
    for (const [from, to] of chunks) {
      if (from !== next || to <= from) t.fail(`chunk ${from}–${to} does not follow ${next}`);
      next = to;
    }
    t.equal(next, clients);
  }
  t.end();
});

test('0, 2 and 4 workers give the same digest and the same figures', async (t) => {
  const alone = await train(fedtlrec, split, { settings });
  t.equal(chunksOf(40).length, 3, 'the fourth has nothing to do');
  for (const workers of [2, 4]) {
    const result = await inThreads(workers);
    t.equal(result.digest, alone.digest, `${workers} workers`);
    t.deepEqual(result.testPerUser, alone.testPerUser);
    t.equal(result.bytesUpPerClientRound, alone.bytesUpPerClientRound);
  }
});

test('a worker that throws or exits in the middle of a round changes nothing', async (t) => {
  const sound = await inThreads(1, faulty, 100);
  for (const [seed, how] of [
    [101, 'throws'],
    [111, 'exits'],
  ] as const) {
    // The seed decides the draws as well, so the sound run must have the same one.
    const options = { settings: { ...settings, seed }, isShared: true };
    const failing = await inThreads(2, faulty, seed);
    const alone = await train(fedtlrec, split, options);
    t.deepEqual(learned(failing.memory.arrays), alone.memory.arrays, how);
  }
  t.equal(sound.memory.arrays.testFailures![0], 0, 'and without a failure nothing is repeated');
});

test('a second failure of the same chunk ends the run with what failed', async (t) => {
  for (const seed of [102, 112]) {
    try {
      await inThreads(1, faulty, seed);
      t.fail('the run must not end well');
    } catch (error) {
      t.match(
        String(error),
        /simulator: a worker failed twice on clients 16 to 31 in round 2: .*(on purpose|exited)/,
      );
    }
  }
});

/** What a run is refused with; 'accepted' if it is not. */
async function refusalOf(options: Parameters<typeof train>[2], recipe = fedtlrec): Promise<string> {
  try {
    await train(recipe, split, { settings, executor: threadsExecutor(1), ...options });
  } catch (error) {
    return String(error);
  }
  return 'accepted';
}

test('what threads cannot do is refused at the start', async (t) => {
  t.match(await refusalOf({ isShared: false }), /the memory must be shared/);
  t.match(await refusalOf({ channel: (message) => message }), /channel function needs the inline executor/);
  t.throws(() => threadsExecutor(0), /workers must be a whole number between 1 and 256, got 0/);
});

test("threads train the run's own recipe: one that they could not load is refused", async (t) => {
  const { module: _, ...homeless } = faulty;
  t.match(
    await refusalOf({}, homeless),
    /threads cannot load the recipe 'faulty', which is not one of the library's; set its module to import\.meta\.url/,
  );
  const namesake = {
    ...fedtlrec,
    create: (setup: Parameters<typeof fedtlrec.create>[0]) => fedtlrec.create(setup),
  };
  t.match(
    await refusalOf({}, namesake),
    /cannot load the recipe 'fedtlrec'/,
    'nor is another of the same name taken for it',
  );
  t.match(
    await refusalOf({}, { ...faulty, name: 'elsewhere' }),
    /faulty-recipe\.ts must export what is named elsewhere/,
    'its module has no recipe of that name',
  );
});

test('a thread that cannot start ends the run with what stopped it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-threads-'));
  const modules: [text: string, reason: RegExp][] = [
    ["throw new Error('no luck');", /a worker could not start \(.*\): no luck;/],
    ['process.exit(3);', /a worker could not start .*exited/],
    ['export const idle = 1;', /must export what is named faulty/],
  ];
  for (const [place, [text, reason]] of modules.entries()) {
    const path = join(folder, `${place}.mjs`);
    writeFileSync(path, text);
    const workers = text.includes('exit') ? 3 : 1; // three may end before and after each other
    const recipe = { ...faulty, module: pathToFileURL(path).href };
    const said = await refusalOf({ executor: threadsExecutor(workers) }, recipe);
    t.match(said, reason, `${workers} threads: ${text}`);
  }
  const absent = { ...faulty, module: pathToFileURL(join(folder, 'absent.js')).href };
  t.match(await refusalOf({}, absent), /a worker could not start .*Cannot find module .*absent\.js/);
  rmSync(folder, { recursive: true });
});
