// 17. Clients that lie. Nothing in a message proves that it is true. First ten clients and one number, by hand; then a
// federation in which one client in ten sends the opposite of what it has learnt, ten times as loud.
//
// Run: npx tsx examples/17-clients-that-lie.ts
// Installed: import { … } from 'fedtlrec', 'fedtlrec/robust' and 'fedtlrec/parts'
import { emptySum, type Update } from '../lib/federated/index.ts';
import { fedtlrec, leaveOneOut, syntheticRatings, train } from '../lib/index.ts';
import { type Combine, coordinateMedian, normBound, signFlip, trimmedMean } from '../lib/robust/index.ts';
import { allParts } from '../lib/training/parts.ts';
import { fixed, printTable, say } from './print.ts';

// #region strategies
const wants = [0.9, 1.4, 0.7, 1.1, 2.0, 0.8, 1.2, 1.6, 1.0, 1.3]; // how far each client wants to move one item
const strategies: Record<string, Combine> = {
  'norm bound': normBound(), // nobody louder than the median
  'trimmed mean': trimmedMean({ trim: 0.2 }), // without the two largest and the two smallest
  median: coordinateMedian(),
};
// #endregion strategies

/** A message about one item. */
function messageOf(client: number, value: number): Update {
  const nothing = new Float32Array(0);
  const row = { rows: Uint32Array.of(0), rank: 0, dims: 1, left: Float32Array.of(value) };
  return { client, round: 1, ...row, right: nothing, extra: nothing };
}

// #region liars
const lie = signFlip(10);
const rows = [0, 1, 2, 4, 6].map((liars) => {
  const updates = wants.map((value, client) => {
    const update = messageOf(client, value);
    return client < liars ? lie(update, { client, round: 1 } as never) : update;
  });
  const mean = updates.reduce((sum, { left }) => sum + left[0]!, 0) / updates.length;
  const robust = Object.values(strategies).map((strategy) => {
    const adder = strategy.adder(1, 1, 0);
    adder.start();
    for (const update of updates) adder.add(update);
    const total = { ...emptySum(1, 1, 0), ...adder.finish() };
    strategy.finish?.(total);
    return total.items[0]! / total.senders[0]!;
  });
  return [`${liars} of 10 lie`, ...[mean, ...robust].map((value) => fixed(value, 2))];
});
// #endregion liars

say('By how much one item moves, if honest clients want between 0.70 and 2.00:');
printTable(['', 'mean', ...Object.keys(strategies)], rows);

// #region training
const { ratings } = syntheticRatings({ users: 300, items: 300, meanRatings: 30, scenesPerGroup: 6 });
const split = leaveOneOut(ratings);
const quick = { rounds: 20, evaluateEvery: 20, serverLearningRate: 0.1, recency: null, liars: 0.1 } as const;
const figures: string[][] = [];
for (const combine of ['sum', 'norm-bound'] as const) {
  const row: string[] = [combine];
  for (const attack of ['none', 'sign-flip', 'scale'] as const) {
    const settings = { ...quick, combine, attack };
    const { test } = await train(fedtlrec, split, { settings, parts: allParts });
    row.push(fixed(test.hr10, 2));
  }
  figures.push(row);
}
// #endregion training

say(
  'HR@10 on 300 synthetic users (its standard error is about 0.03), one client in ten lies ten times as loud:',
);
printTable(['', 'nobody lies', 'sign flip', 'scaling'], figures);
say(
  'A bound on the length of updates makes a lie as quiet as the truth. One in ten is then outvoted; a lie that asks for what',
  'nobody else has an opinion on is not, however quiet: see the promoted item in docs/robust.md.',
);
