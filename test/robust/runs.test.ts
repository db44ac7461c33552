import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { type CombineName, completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { bprMf } from '../../lib/peers/bpr-mf.ts';
import { colrSecureSum } from '../../lib/peers/colr-secure-sum.ts';
import { exposureOf } from '../../lib/robust/exposure.ts';
import { promotedItem } from '../../lib/robust/named.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 70, items: 60, meanRatings: 10, seed: 2 }).ratings);
const quick = { rounds: 2, evaluateEvery: 2, factors: 5, attack: 'sign-flip', liars: 0.2 } as const;

test('threads give the same digest under attack: for bounds, for medians and for distances between updates', async (t) => {
  for (const combine of ['norm-bound', 'median', 'krum'] as const) {
    const settings = { ...quick, combine };
    const alone = await train(fedtlrec, split, { parts: allParts, settings });
    const executor = threadsExecutor(2);
    const threaded = await train(fedtlrec, split, { parts: allParts, settings, executor });
    t.equal(threaded.digest, alone.digest, combine);
  }
});

test('each strategy and each attack changes what is learnt, and nothing else does', async (t) => {
  const digest = async (settings: Partial<Settings>) =>
    (await train(fedtlrec, split, { parts: allParts, settings })).digest;
  const base = { rounds: 2, evaluateEvery: 2, factors: 5 };
  const plain = await digest(base);
  t.equal(await digest({ ...base, liars: 0.5, attackStrength: 3, assumedLiars: 0.4, promoted: 3 }), plain);
  const seen = new Set([plain]);
  for (const combine of [
    'norm-bound',
    'median',
    'trimmed-mean',
    'krum',
    'multi-krum',
  ] satisfies CombineName[])
    seen.add(await digest({ ...base, combine }));
  for (const attack of ['sign-flip', 'scale', 'random', 'promote'] as const)
    seen.add(await digest({ ...base, attack }));
  t.equal(seen.size, 10);
});

test('the server tells how much memory the kept updates take', async (t) => {
  const kept = async (settings: Partial<Settings>) => {
    const events: RoundEvent[] = [];
    for await (const event of openRun(fedtlrec, split, {
      parts: allParts,
      settings: { ...quick, codec: 'float32', ...settings },
    }).rounds())
      events.push(event);
    const merged = events.find((event) => event.type === 'updates-merged')!;
    return merged.type === 'updates-merged' ? [merged.bytesKept, merged.bytesUp] : [];
  };
  t.equal((await kept({}))[0], undefined, 'the sum keeps none');
  t.equal(
    (await kept({ combine: 'norm-bound', normBound: 1 }))[0],
    undefined,
    'nor does a bound given beforehand',
  );
  const [bytesKept, bytesUp] = await kept({ combine: 'median' });
  t.ok(
    bytesKept! > 0.5 * bytesUp! && bytesKept! < 1.5 * bytesUp!,
    `${bytesKept} bytes for messages of ${bytesUp}`,
  );
});

test('liars push their item to the top of the lists, and a bound on norms holds it back', async (t) => {
  const settings = completeSettings({ rounds: 8, evaluateEvery: 8, serverLearningRate: 0.1, promoted: 59 });
  const rankAfter = async (changes: Partial<Settings>) => {
    const result = await train(fedtlrec, split, { parts: allParts, settings: { ...settings, ...changes } });
    return exposureOf(result.program, split, 59, { mix: 0, recency: null });
  };
  const [without, attacked, bounded] = [
    await rankAfter({}),
    await rankAfter({ attack: 'promote', liars: 0.2, attackStrength: 100 }),
    await rankAfter({ attack: 'promote', liars: 0.2, attackStrength: 100, combine: 'norm-bound' }),
  ];
  t.ok(attacked.rank < 3 && attacked.topTen > 0.9, `under attack: ${JSON.stringify(attacked)}`);
  t.ok(without.rank > 15, `without: ${JSON.stringify(without)}`);
  t.ok(bounded.rank >= attacked.rank, `bounded: ${JSON.stringify(bounded)}`);
});

test('the promoted item is the one asked for, or one that follows from the seed', (t) => {
  t.equal(promotedItem({ promoted: 3, seed: 1 }, 10), 3);
  t.equal(promotedItem({ promoted: 'auto', seed: 1 }, 10), promotedItem({ promoted: 'auto', seed: 1 }, 10));
  t.throws(
    () => promotedItem({ promoted: 10, seed: 1 }, 10),
    /promoted must be below the number of items \(10\), got 10/,
  );
  t.end();
});

test('a strategy or an attack is never left out in silence', async (t) => {
  const refusal = async (work: () => Promise<unknown>) => work().then(() => 'none', String);
  t.match(
    await refusal(() =>
      train(colrSecureSum, split, {
        parts: allParts,
        settings: { ...quick, attack: 'none', combine: 'median' },
      }),
    ),
    /RangeError: settings: combine must be sum where secure sums hide single updates/,
  );
  t.match(
    await refusal(() => train(bprMf, split, { parts: allParts, settings: { ...quick } })),
    /RangeError: settings: attack must be none with the recipe bpr-mf/,
  );
  const run = openRun(fedtlrec, split, { parts: allParts, settings: { ...quick } });
  t.throws(
    () => run.program.trainChunk(1, 0, 16, new Set()),
    /await program.prepare\(\) before the first round/,
  );
});
