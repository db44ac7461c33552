// A recipe of your own: like `without-attention`, but each client sends a random quarter of its rows, four times as
// large, so that the sum stays right on average. Everything else is put together from the library's parts.
// A random mask, as in Konečný et al. (2016), Federated Learning: Strategies for Improving Communication Efficiency.
// Command line: npm run -s fedtlrec -- compare --recipes without-attention,./examples/recipes/random-rows.ts
import {
  FactorizationClient,
  fedAdam,
  federation,
  lowRankDownlink,
  type Recipe,
  randomStream,
  sampleWithoutReplacement,
  type Update,
} from '../../lib/index.ts';

export const randomRows: Recipe = {
  name: 'random-rows',
  summary: 'low-rank messages with a random quarter of their rows',
  module: import.meta.url, // so that threads can load it, too
  create: (setup) => {
    const { split, settings, memory, loops } = setup;
    const { items } = split.train;
    const localModel = new FactorizationClient(items, settings, loops);
    return federation(setup, {
      localModel, // what happens at home
      uplink: (update) => someRows(update, 4, settings.seed), // what travels up
      optimizer: fedAdam(items * localModel.dims, memory, settings), // what the server does
      downlink: lowRankDownlink(items, localModel.dims, memory, settings, loops), // what travels down
    });
  },
};

/** One row in `every`, in increasing order, with B as many times as large. */
function someRows(update: Update, every: number, seed: number): Update {
  const { client, round, rows, left } = update;
  const rng = randomStream(seed, 'random-rows', round, client);
  const kept = sampleWithoutReplacement(Math.ceil(rows.length / every), rows.length, rng);
  return {
    ...update,
    rows: kept.map((row) => rows[row]!),
    left: Float32Array.from(kept, (row) => every * left[row]!),
  };
}
