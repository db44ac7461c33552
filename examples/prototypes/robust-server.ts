// One client in ten lies: it sends the opposite of what it has learnt, ten times as loud. What do server strategies make of it?
import { fedtlrec, leaveOneOut, syntheticRatings, train } from 'fedtlrec';
import { allParts } from 'fedtlrec/parts';

const { ratings } = syntheticRatings({ users: 300, items: 300, meanRatings: 30, scenesPerGroup: 6 });
const split = leaveOneOut(ratings);
const quick = { rounds: 20, evaluateEvery: 20, serverLearningRate: 0.1, recency: null } as const;

console.log('strategy      nobody lies  10 % lie');
for (const combine of ['sum', 'norm-bound', 'median'] as const) {
  const figures: string[] = [];
  for (const attack of ['none', 'sign-flip'] as const) {
    const settings = { ...quick, combine, attack, liars: 0.1, assumedLiars: 0.2 };
    const { test } = await train(fedtlrec, split, { settings, parts: allParts });
    figures.push(test.hr10.toFixed(2).padStart(attack === 'none' ? 11 : 8));
  }
  console.log(combine.padEnd(12), ...figures.map((text) => ` ${text}`));
}
