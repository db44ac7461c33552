// 11. Your own recipe, in thirty lines: see recipes/random-rows.ts. A recipe says what happens at home, what travels up,
// what the server does, what travels down, and what else the server adds (an aggregator; none here). Training, threads,
// evaluation and the command line know recipes only, so it runs everywhere at once.
//
// Run: npx tsx examples/11-own-recipe.ts
// Installed: import { … } from 'fedtlrec'
import { leaveOneOut, syntheticRatings, train } from '../lib/index.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';
import { randomRows } from './recipes/random-rows.ts';

const { ratings } = syntheticRatings({ users: 300, items: 300, meanRatings: 30, scenesPerGroup: 6 });
const split = leaveOneOut(ratings);
const settings = { rounds: 20, evaluateEvery: 10, serverLearningRate: 0.1, recency: null };

// #region run
const theirs = await train(await recipeNamed('without-attention'), split, { settings });
const mine = await train(randomRows, split, { settings });
// #endregion run

printTable(
  ['recipe', 'bytes up', 'HR@10', 'NDCG@10'],
  [theirs, mine].map((run) => [
    run.recipe,
    fixed(run.bytesUpPerClientRound, 0),
    fixed(run.test.hr10, 2),
    fixed(run.test.ndcg10, 2),
  ]),
);
say(
  `A message shrinks to ${fixed((100 * mine.bytesUpPerClientRound) / theirs.bytesUpPerClientRound, 0)} % of its size; the standard error of HR@10 is about ${fixed(mine.test.standardErrors.hr10, 2)}.`,
  'Exercise: keep the rows where B is largest instead of random ones. Those are mostly items that the user touched; why',
  'does it end far worse?',
);
