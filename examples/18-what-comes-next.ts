// 18. What comes next. Taste says what somebody likes, order says what they reach for after what they touched last. Once in a
// run each client tells short stretches of its history as sets; the server counts what is near what, and everybody gets the
// table. What does that tell the server of one client? Here it guesses which items were touched next to each other.
//
// Run: npx tsx examples/18-what-comes-next.ts
// Installed: import { … } from 'fedtlrec'
import { WindowCounts } from '../lib/federated/windows/count-windows.ts';
import { drawWindows } from '../lib/federated/windows/draw-windows.ts';
import { itemsOf, leaveOneOut, randomStream, syntheticRatings, train } from '../lib/index.ts';
import { areaUnderCurve } from '../lib/privacy/attack.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';

// #region windows
const history = Uint32Array.of(31, 4, 15, 92, 65, 35, 89, 79, 32, 38, 46, 26, 43, 83, 27, 95, 2, 88, 41, 97);
const windows = drawWindows(history, randomStream(1, 'windows'));
// #endregion windows
say(`A history of ${history.length} items, oldest first: ${history.join(' ')}`);
printTable(
  ['items', 'as the window tells them'],
  windows.map((set) => [String(set.length), set.join(' ')]),
);

// #region count
/** T and M of item x by hand: how often x and y stand in one window, against how often each stands in any. */
function nearTo(x: number): { item: number; together: number; nearness: number }[] {
  const list = Uint32Array.from(windows.flatMap((set) => [set.length, ...set]));
  const counts = new WindowCounts(list, list.length, 100);
  const [together, nearness] = [new Float32Array(100), new Float32Array(100)];
  counts.together(x, together);
  counts.nearness(x, nearness);
  const found = Array.from(nearness, (near, item) => ({ item, together: together[item]!, nearness: near }));
  return found.sort((a, b) => b.nearness - a.nearness || a.item - b.item).slice(0, 4);
}
// #endregion count
say('What is near item 88, by the windows of this one client:');
printTable(
  ['item', 'T', 'M'],
  nearTo(88).map(({ item, together, nearness }) => [String(item), together, fixed(nearness, 2)]),
);

// #region compare
const { ratings } = syntheticRatings({ users: 200, items: 200, meanRatings: 30 });
const split = leaveOneOut(ratings);
const figures = [];
for (const name of ['without-windows', 'fedtlrec']) {
  const settings = { rounds: 20, evaluateEvery: 10, serverLearningRate: 0.1 };
  const { test, bytesOncePerClient, best } = await train(await recipeNamed(name), split, { settings });
  figures.push([
    name,
    fixed(test.hr10, 2),
    fixed(test.ndcg10, 2),
    bytesOncePerClient,
    best.order?.weight ?? '–',
  ]);
}
// #endregion compare
say('200 users of made-up data, whose taste has scenes but little order:');
printTable(['recipe', 'HR@10', 'NDCG@10', 'bytes once', 'weight'], figures);

// #region attack
/** How well the windows of one client tell which of its items were touched one after the other (1 is knowing, .5 guessing). */
function neighboursTold(client: number, most: number): number {
  const sequence = itemsOf(split.train, client);
  const placeOf = new Map(Array.from(sequence, (item, place) => [item, place]));
  const told = drawWindows(sequence, randomStream(1, 'attack', client)).slice(0, most);
  const scores: number[] = [];
  const isNext: number[] = [];
  sequence.forEach((a, at) => {
    for (const b of sequence.subarray(at + 1)) {
      scores.push(told.filter((set) => set.includes(a) && set.includes(b)).length);
      isNext.push(placeOf.get(b)! - at === 1 ? 1 : 0);
    }
  });
  return areaUnderCurve(scores, isNext);
}
// #endregion attack
const clients = Array.from({ length: 200 }, (_, client) => client).filter(
  (client) => itemsOf(split.train, client).length > 20,
);
const meanOf = (most: number) =>
  clients.reduce((sum, client) => sum + neighboursTold(client, most), 0) / clients.length;
say(`What the windows tell of ${clients.length} clients with more than 20 items: neighbours in time, by AUC`);
printTable(
  ['windows', 'AUC'],
  [1, 4, 20, Infinity].map((most) => [most === Infinity ? 'all' : String(most), fixed(meanOf(most), 2)]),
);
