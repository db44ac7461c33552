// Whoever sends numbers sends them in the codec that is asked for: up, down to everybody, and to each client alone.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { colr, colrAllRows } from '../../lib/peers/colr.ts';
import { fedmf } from '../../lib/peers/fedmf.ts';
import { fedncf } from '../../lib/peers/fedncf.ts';
import { fedrecon } from '../../lib/peers/fedrecon.ts';
import { gpfedrec } from '../../lib/peers/gpfedrec.ts';
import { pfedrec } from '../../lib/peers/pfedrec.ts';
import { openRun } from '../../lib/training/open-run.ts';

const split = leaveOneOut(
  syntheticRatings({ users: 10, items: 120, groups: 2, scenesPerGroup: 2, meanRatings: 20 }).ratings,
);

/** Mean bytes of a client's message, bytes of the broadcast, and of what one client is sent alone, where there is such. */
async function bytesOf(recipe: Recipe, settings: Partial<Settings>) {
  const plain = { rounds: 1, factors: 15, rank: 4, refreshEvery: 1, windows: 'off' } as const;
  const run = openRun(recipe, split, { settings: { ...plain, ...settings } });
  const bytes = { up: 0, down: 0, alone: 0 };
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type === 'updates-merged') bytes.up = event.bytesUp / event.clients;
    if (event.type === 'broadcast-sent') bytes.down = event.bytesDown;
    if (event.type === 'attention-computed') bytes.alone = event.bytesDown;
  }
  return bytes;
}

for (const [recipe, sendsAlone] of [
  [fedtlrec, true],
  [fedmf, false],
  [colr, false],
  [colrAllRows, false],
  [fedncf, false],
  [fedrecon, false],
  [pfedrec, false],
  [gpfedrec, true],
] as const) {
  test(`the codecs that are asked for make the messages of ${recipe.name} shorter, up and down`, async (t) => {
    const exact = await bytesOf(recipe, { codec: 'float32' });
    const rounded = await bytesOf(recipe, { codec: 'int8' });
    const onlyUp = await bytesOf(recipe, { codec: 'int8', codecDown: 'float32' });
    t.ok(exact.up > 100 && exact.down > 100, `${exact.up} bytes up, ${exact.down} down`);
    t.ok(rounded.up < 0.6 * exact.up, `up ${rounded.up} of ${exact.up}`);
    t.ok(rounded.down < 0.6 * exact.down, `down ${rounded.down} of ${exact.down}`);
    t.equal(exact.alone > 0, sendsAlone, `alone ${exact.alone}`);
    if (sendsAlone) t.ok(rounded.alone < 0.6 * exact.alone, `alone ${rounded.alone} of ${exact.alone}`);
    t.deepEqual(onlyUp, { ...exact, up: rounded.up }, 'down as it is, where only clients are to round');
  });
}
