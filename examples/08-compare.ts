// 8. Two recipes, compared fairly. Same data, same split, same seed; the round and the mix are chosen on validation;
// the test is looked at once. Then the difference user by user: easy and hard users are the same in both, so the
// difference is known far better than either mean.
//
// Run: npx tsx examples/08-compare.ts
// Installed: import { … } from 'fedtlrec'
import { fedtlrec, leaveOneOut, pairedDifference, syntheticRatings, train } from '../lib/index.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';

// #region compare
const { ratings } = syntheticRatings({ users: 300, items: 300, meanRatings: 30, scenesPerGroup: 6 });
const split = leaveOneOut(ratings);
const settings = { rounds: 20, evaluateEvery: 10, serverLearningRate: 0.1, recency: null };

const ours = await train(fedtlrec, split, { settings });
const plain = await train(await recipeNamed('fedmf'), split, { settings });
const popular = await train(await recipeNamed('popularity'), split, { settings });
const { mean, standardErrors } = pairedDifference(ours.testPerUser, plain.testPerUser);
// #endregion compare

say(`${split.train.users} users, ${split.train.items} items; the figures of the best round on validation:`);
printTable(
  ['recipe', 'HR@10', 'NDCG@10', 'full HR@10', 'best round', 'bytes up', 'bytes down'],
  [ours, plain, popular].map((run) => [
    run.recipe,
    fixed(run.test.hr10, 2),
    fixed(run.test.ndcg10, 2),
    fixed(run.test.fullHr10, 2),
    run.best.round,
    fixed(run.bytesUpPerClientRound, 0),
    fixed(run.bytesDownPerClientRound, 0),
  ]),
);
say('Bytes are per client and round: lengths of the messages, not formulas.');

const ratio = mean.hr10 / standardErrors.hr10;
say(
  `fedtlrec − fedmf, user by user: HR@10 ${fixed(mean.hr10, 2)} ± ${fixed(standardErrors.hr10, 2)} (one standard error)`,
  `On its own, HR@10 of fedtlrec is only known to ± ${fixed(ours.test.standardErrors.hr10, 3)}.`,
  ratio > 2
    ? 'The difference is more than two standard errors: hardly luck, on these data.'
    : 'The difference is within two standard errors: it may be luck.',
);
