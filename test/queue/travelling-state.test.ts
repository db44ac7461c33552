// What travels with a chunk is enough: a program that has it, and nothing else, gives the same bits as the one that has everything.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { Memory, type StateArrays, snapshotOf } from '../../lib/federated/memory.ts';
import { type Settings, settingTable } from '../../lib/federated/settings.ts';
import { pack } from '../../lib/queue/packed.ts';
import { overwrite, rowsOf, sharedArrays } from '../../lib/queue/travelling-state.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { recipeCatalogue, recipeNamed } from '../../lib/training/recipes.ts';

const split = leaveOneOut(syntheticRatings({ users: 40, items: 32, meanRatings: 8, seed: 5 }).ratings);
const [from, to, round] = [16, 32, 2];

/** A run after its first round, and the same program over a memory in which there is nothing right but what travels. */
async function twice(name: string, more: Partial<Settings>) {
  const recipe = await recipeNamed(name);
  const settings = { rounds: 4, evaluateEvery: 2, refreshEvery: 1, ...more };
  const run = openRun(recipe, split, { settings, parts: allParts });
  if (!run.program.hasRounds) return null;
  for await (const event of run.rounds({ evaluates: false }))
    if (event.type === 'round-started' && event.round === round) break;
  const elsewhere = new Memory();
  const program = recipe.create({ ...run.setup, memory: elsewhere });
  await program.prepare?.();
  for (const values of Object.values(elsewhere.arrays)) values.fill(99);
  overwrite(sharedArrays(elsewhere), sharedArrays(run.memory));
  overwrite(rowsOf(elsewhere, from, to), rowsOf(run.memory, from, to));
  return { run, program, elsewhere };
}

test('a chunk of any recipe needs its own rows and what everybody has, and changes its own rows only', async (t) => {
  const cases: [name: string, settings: Partial<Settings>][] = [
    ...recipeCatalogue.map(({ name }): [string, Partial<Settings>] => [name, {}]),
    ['fedtlrec', { dropout: 0.5, codec: 'int8', errorFeedback: 'on' }],
    ['fedtlrec', { clip: 1, epsilon: 50 }],
    ['fedtlrec', { combine: 'median' }],
    ...settingTable.serverOptimizer.words.map((serverOptimizer): [string, Partial<Settings>] => [
      'fedmf',
      { serverOptimizer } as Partial<Settings>,
    ]),
  ];
  let tried = 0;
  for (const [name, more] of cases) {
    const made = await twice(name, more);
    if (!made) continue;
    tried++;
    const { run, program, elsewhere } = made;
    const before = snapshotOf(run.memory.arrays);
    const watched = new Set([from]);
    const here = run.program.trainChunk(round, from, to, watched);
    const there = program.trainChunk(round, from, to, watched);
    const what = `${name} ${JSON.stringify(more)}`;
    const rows = [run.memory, elsewhere].map((memory) => rowsOf(memory, from, to));
    t.deepEqual(pack({ there, rows: rows[1] }), pack({ there: here, rows: rows[0] }), what);
    overwrite(rows[0]!, rowsOf({ ...run.memory, arrays: before } as Memory, from, to));
    t.deepEqual(run.memory.arrays, before, `${what}: nothing but its rows has changed`);
  }
  t.ok(tried >= 8, `${tried} recipes have rounds`);
});

test('arrays of other names, types or lengths are refused before any is written', (t) => {
  const kept = { a: Float32Array.of(1, 2), b: Uint32Array.of(3) };
  const others: StateArrays[] = [
    { a: Float32Array.of(7, 7) },
    { a: Float32Array.of(7, 7), b: Int32Array.of(7) },
    { a: Float32Array.of(7), b: Uint32Array.of(7) },
    { a: Float32Array.of(7, 7), b: Uint32Array.of(7), c: Uint32Array.of(7) },
  ];
  for (const wrong of others)
    t.throws(
      () => overwrite(kept, wrong),
      /QueueError: the arrays of a chunk must be a: Float32Array \[2\], b: Uint32Array \[1\], got a: /,
    );
  t.deepEqual(kept, { a: Float32Array.of(1, 2), b: Uint32Array.of(3) });
  t.end();
});
