// A server strategy of your own: everybody has the same say, however loud. Each update is scaled to length 1, then added up.
import {
  attentionBetweenClients,
  federation,
  leaveOneOut,
  lowRankFactorization,
  type Recipe,
  syntheticRatings,
  train,
} from 'fedtlrec';
import { addUpdate } from 'fedtlrec/federated';
import { allParts } from 'fedtlrec/parts';
import { updateNorm } from 'fedtlrec/privacy';
import { fromAllUpdates } from 'fedtlrec/robust';

const sameSay = fromAllUpdates((updates, total) => {
  for (const update of updates) {
    const length = updateNorm(update, 'l2') || 1;
    addUpdate(total, { ...update, left: update.left.map((value) => value / length) });
  }
});

const recipe: Recipe = {
  name: 'same-say',
  summary: 'fedtlrec whose server hears everybody equally loud',
  create: (setup) =>
    federation(setup, {
      ...lowRankFactorization(setup),
      combine: sameSay,
      aggregator: attentionBetweenClients(setup),
    }),
};

const { ratings } = syntheticRatings({ users: 300, items: 300, meanRatings: 30, scenesPerGroup: 6 });
for (const attack of ['none', 'sign-flip', 'scale'] as const) {
  const settings = { rounds: 20, evaluateEvery: 20, serverLearningRate: 0.1, recency: null, attack };
  const { test } = await train(recipe, leaveOneOut(ratings), { settings, parts: allParts });
  console.log(attack.padEnd(9), 'HR@10', test.hr10.toFixed(2));
}
