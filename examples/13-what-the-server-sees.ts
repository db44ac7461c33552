// 13. What the server can infer from an update. The ratings stay at home, but the message is made from them. Here the
// server is curious: it ranks the items of a message by B, and asks how often an item that the user touched stands
// above one that was only drawn (the AUC: 0.5 is guessing, 1 is knowing).
//
// Run: npx tsx examples/13-what-the-server-sees.ts
// Installed: import { … } from 'fedtlrec'
import {
  decode,
  itemsOf,
  leaveOneOut,
  randomStream,
  syntheticRatings,
  train,
  type Update,
} from '../lib/index.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';

const { ratings } = syntheticRatings({ users: 100, items: 200, meanRatings: 20 });
const split = leaveOneOut(ratings);
const items = split.train.items;

// #region eavesdrop
/** The decoded messages of the last of three rounds, as they pass on their way to the server. */
async function eavesdrop(codec: 'float32' | 'int8'): Promise<Update[]> {
  const heard: Update[] = [];
  await train(await recipeNamed('without-attention'), split, {
    settings: { rounds: 3, evaluateEvery: 3, recency: null, codec },
    channel: (message, client, round) => {
      if (round === 3) heard.push(decode(message, { client, round, items, dims: 17, extra: 0 }));
      return message;
    },
  });
  return heard;
}
// #endregion eavesdrop

// #region attack
/** How often a touched item has a larger B than an untouched one, over all pairs of one message. */
function areaUnderCurve({ client, rows }: Update, b: Float32Array): number {
  const touched = new Set(itemsOf(split.train, client)); // the truth, which the server does not have
  let pairs = 0;
  let right = 0;
  rows.forEach((item, row) => {
    rows.forEach((other, otherRow) => {
      if (!touched.has(item) || touched.has(other)) return;
      pairs++;
      if (b[row]! > b[otherRow]!) right++;
      else if (b[row] === b[otherRow]) right += 0.5;
    });
  });
  return right / pairs;
}
// #endregion attack

const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const exact = await eavesdrop('float32');
const short = await eavesdrop('int8');
say('Does compression hide anything? Mean AUC over 100 clients:');
printTable(
  ['message', 'AUC'],
  [
    ['B and A, float32', fixed(meanOf(exact.map((update) => areaUnderCurve(update, update.left))), 2)],
    ['B and A, B as int8', fixed(meanOf(short.map((update) => areaUnderCurve(update, update.left))), 2)],
  ],
);
say(
  'Nothing. B = y − σ(s), times how often the item was drawn: above 0 where the user touched the item, below 0 where',
  'not. And A is the user vector itself. Low rank is compression, not privacy.',
);

// #region noise
const rows = [0, 0.5, 1, 2, 4, 8].map((scale) => {
  const areas = exact.map((update) => {
    const rng = randomStream(1, 'noise', update.client);
    const noisy = update.left.map((value) => value + (scale > 0 ? rng.laplace(scale) : 0));
    return areaUnderCurve(update, noisy);
  });
  return [fixed(scale, 1), fixed(meanOf(areas), 2)];
});
// #endregion noise

say('Laplace noise on B before it is sent:');
printTable(['scale', 'AUC'], rows);
say(
  'Noise works, and costs accuracy. A number for the protection (ε) needs a bound on B first, and adds up over the',
  'rounds; without both, noise is decoration. Noise on B does not hide which items were drawn, nor A.',
);
