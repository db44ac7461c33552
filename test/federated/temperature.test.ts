import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { AttentionAggregator } from '../../lib/federated/attention-aggregator.ts';
import { NOTE } from '../../lib/federated/memory.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { headTemperatures } from '../../lib/federated/temperature.ts';
import { digestOf } from '../../lib/training/digest.ts';
import { openRun } from '../../lib/training/open-run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('head h has temperature τ · 2ʰ', (t) => {
  t.deepEqual(headTemperatures(completeSettings({ heads: 3, temperature: 0.25 }), 9), [0.25, 0.5, 1]);
  t.end();
});

test('nobody works out temperatures but headTemperatures: whoever needs τ asks there', (t) => {
  const files = ['lib', 'viewer', 'docs/playground', 'docs/.vitepress/theme'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|vue)$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  const readers = files.filter((file) => {
    const code = readFileSync(root + file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    return /settings\.temperature\b|\{[^{}\n]*\btemperature\b[^{}\n]*\}\s*(=|:)\s*([\w.]+\.)?settings\b|\*\s*2\s*\*\*\s*(head|at)\b/i.test(
      code,
    );
  });
  t.deepEqual(readers, ['lib/federated/temperature.ts']);
  t.end();
});

test('the server knows the round of its last refresh, and no digest depends on that', async (t) => {
  const { ratings } = syntheticRatings({
    users: 20,
    items: 30,
    groups: 2,
    scenesPerGroup: 2,
    meanRatings: 6,
  });
  const settings = { rounds: 5, evaluateEvery: 5, refreshEvery: 3, factors: 3, heads: 2 };
  const run = openRun(fedtlrec, leaveOneOut(ratings), { settings });
  const rounds: number[] = [];
  const note = run.memory.arrays[`${NOTE}refreshRound`]!;
  for await (const event of run.rounds()) if (event.type === 'attention-computed') rounds.push(note[0]!);
  t.deepEqual(rounds, [3, 5]);
  const { aggregator } = run.program;
  if (!(aggregator instanceof AttentionAggregator))
    throw new Error('fedtlrec must have attention between clients');
  t.deepEqual(aggregator.temperatures, headTemperatures(run.settings, 5));
  const digest = await digestOf(run.memory.arrays);
  note[0] = 4;
  t.equal(await digestOf(run.memory.arrays), digest);
  run.memory.arrays.itemTable![0]! += 1;
  t.notEqual(await digestOf(run.memory.arrays), digest);
});
