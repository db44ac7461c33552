// 14. How to fool yourself. Two ways to draw negatives: from everything the user has not trained on, or, as much
// published code does, from everything the user never touched, held-out items excepted. The second tells the model
// which items are the answers: they are the ones that are never called negative. The proof is a placebo.
//
// Run: npx tsx examples/14-how-to-fool-yourself.ts
// Installed: import { … } from 'fedtlrec'
import { itemsOf, leaveOneOut, randomStream, type Split, syntheticRatings, train } from '../lib/index.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';

const { ratings } = syntheticRatings({ users: 200, items: 200, meanRatings: 25 });
const split = leaveOneOut(ratings);

// #region placebo
/** The same training data, but the "held-out" items are random ones that the user never touched. */
function placeboOf({ train: trained, validation, test, ...rest }: Split): Split {
  const random = (user: number, purpose: string) => {
    const rng = randomStream(1, purpose, user);
    const touched = new Set([...itemsOf(trained, user), validation[user]!, test[user]!]);
    let item = rng.integer(trained.items);
    while (touched.has(item)) item = rng.integer(trained.items);
    return item;
  };
  const placebo = (purpose: string) => Int32Array.from(test, (_, user) => random(user, purpose));
  return {
    ...rest,
    train: trained,
    validation: placebo('placebo-validation'),
    test: placebo('placebo-test'),
  };
}
// #endregion placebo

// #region protocols
/** HR@10 of clients that train alone: no federation, no message, nothing to learn from each other. */
async function hitRate(data: Split, protocol: 'leak-free' | 'released'): Promise<number> {
  const settings = { rounds: 25, evaluateEvery: 25, protocol };
  return (await train(await recipeNamed('local-only'), data, { settings })).test.hr10;
}
// #endregion protocols

const placebo = placeboOf(split);
say('HR@10 of clients that train alone, each on its own ratings:');
printTable(
  ['negatives drawn from', "the users' latest items", 'placebo: random items'],
  [
    ['all but training items', await both('leak-free')],
    ['all but held-out items too', await both('released')],
  ].map(([name, figures]) => [name as string, ...(figures as string[])]),
);
say(
  'Alone, a client cannot know what it will like next: guessing gives 0.10. With the leak it "knows" nearly always, and',
  'it knows the placebo as well: items that its user never touched and never will. The figure does not measure',
  'recommendation; it measures which items were never called negative.',
);

async function both(protocol: 'leak-free' | 'released'): Promise<string[]> {
  return [fixed(await hitRate(split, protocol), 2), fixed(await hitRate(placebo, protocol), 2)];
}
