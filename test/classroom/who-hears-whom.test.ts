import test from 'tape';
import { type WhoHearsWhom, whoHearsWhom } from '../../lib/classroom/who-hears-whom.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { fedmf } from '../../lib/peers/fedmf.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { people, settingsOf } from './class-in-process.ts';

const clients = [0, 1, 2, 3, 4, 5];

/** What the dashboard would show after two rounds. */
async function shown(recipe: Recipe, among: readonly number[]): Promise<WhoHearsWhom | null> {
  const settings = settingsOf(recipe, { rounds: 2, evaluateEvery: 2 });
  const run = openRun(recipe, people(clients.length), { settings, loops: plainLoops, parts: allParts });
  for await (const _event of run.rounds()); // to the end
  return whoHearsWhom(run, 2, among);
}

test('everybody hears the others in shares that sum to one, and nobody itself', async (t) => {
  const { shares, round } = (await shown(fedtlrec, clients))!;
  t.equal(round, 2);
  for (const [row, heard] of shares.entries()) {
    t.ok(
      Math.abs(heard.reduce((sum, share) => sum + share, 0) - 1) < 0.005,
      `client ${row}: ${heard.join()}`,
    );
    t.equal(heard[row], 0, 'not itself');
  }
});

test('of some of the clients the table shows their shares of the whole, and there is none where nobody listens', async (t) => {
  const [all, some] = [(await shown(fedtlrec, clients))!, (await shown(fedtlrec, [4, 1]))!];
  t.deepEqual(some.clients, [4, 1]);
  t.deepEqual(some.shares, [
    [0, all.shares[4]![1]],
    [all.shares[1]![4], 0],
  ]);
  t.equal(await shown(fedmf, clients), null);
});
