// 9. Recommendations for one user. The data are synthetic, so we know what nobody told the model: every user and every
// item belongs to one of four taste groups. How many of the ten recommendations come from the user's own group?
//
// Run: npx tsx examples/09-recommend.ts
// Installed: import { … } from 'fedtlrec'
import {
  fedtlrec,
  itemsOf,
  leaveOneOut,
  type RunResult,
  recommendItems,
  syntheticRatings,
  train,
} from '../lib/index.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';

const { ratings, groupOf, itemGroupOf } = syntheticRatings({
  users: 300,
  items: 300,
  meanRatings: 30,
  scenesPerGroup: 6,
});
const split = leaveOneOut(ratings);
const groups = ['red', 'green', 'blue', 'black'];
const groupName = (item: number) => groups[itemGroupOf[item]!]!;

const popular = await train(await recipeNamed('popularity'), split);
const trained = await train(fedtlrec, split, {
  settings: { rounds: 20, evaluateEvery: 20, serverLearningRate: 0.1 },
});

// #region recommend
/** The ten best items that a client has not trained on: what its own device does with what it has received. */
function recommend({ program, settings, best }: RunResult, client: number): number[] {
  const { recency } = settings; // the user vector is re-fitted to the recent past first
  const ten = recommendItems(program, split, client, { recency, mix: best.mix, count: 10 });
  return ten.map(({ item }) => item);
}
// #endregion recommend

const client = 2;
const history = itemsOf(split.train, client);
const latest = [...history].slice(-5).map((item) => `${ratings.items[item]} (${groupName(item)})`);
say(
  `User ${ratings.users[client]} lives in the ${groups[groupOf[client]!]} group and has ${history.length} training items.`,
  `The five latest: ${latest.join(', ')}.`,
);

const before = recommend(popular, client);
const after = recommend(trained, client);
printTable(
  ['place', 'popularity', 'group', 'fedtlrec', 'group'],
  before.map((item, place) => {
    const other = after[place]!;
    return [place + 1, ratings.items[item]!, groupName(item), ratings.items[other]!, groupName(other)];
  }),
);

/** Of all users' ten recommendations, the share that lies in the user's own group. */
function shareInGroup(run: RunResult): number {
  let inside = 0;
  for (let user = 0; user < split.train.users; user++) {
    inside += recommend(run, user).filter((item) => itemGroupOf[item] === groupOf[user]).length;
  }
  return inside / (10 * split.train.users);
}
say('Over all users, the share of the ten recommendations that lies in the user’s own group:');
printTable(
  ['recipe', 'own group'],
  [popular, trained].map((run) => [run.recipe, `${fixed(100 * shareInGroup(run), 0)} %`]),
);
