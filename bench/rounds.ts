// One federated round of each recipe on MovieLens-100K, in one thread; recipes without rounds: how long they learn.
import { recipeCatalogue } from '../lib/training/recipes.ts';
import { type Bench, markdownTable } from './bench.ts';
import { absenceOf, isHere, movieLens100k, readSplit } from './data-files.ts';
import { timeRounds } from './time-rounds.ts';

export const bench: Bench = {
  title: 'One round of each recipe on MovieLens-100K',
  async run(say) {
    if (!isHere(movieLens100k)) return absenceOf(movieLens100k);
    const split = await readSplit(movieLens100k);
    const rows: string[][] = [];
    for (const entry of recipeCatalogue) {
      const recipe = await entry.load();
      const { preparing, round, cpu, bytesUp, bytesDown } = await timeRounds(recipe, split, {
        rounds: 6,
        limit: 10,
        settings: { codec: 'float32', windows: 'off' }, // what is sent differs, not in how many bits
      });
      const hasRounds = !Number.isNaN(round);
      rows.push([
        recipe.name,
        hasRounds ? (1000 * round).toPrecision(3) : '–',
        hasRounds ? (1000 * cpu).toPrecision(3) : '–',
        (1000 * preparing).toPrecision(3),
        hasRounds ? bytesUp.toFixed(0) : '–',
        hasRounds ? bytesDown.toFixed(0) : '–',
      ]);
      say(rows.at(-1)!.join(' · '));
    }
    return [
      `943 clients, all in one thread; the median of five rounds after a first one (fewer where ten seconds are over), without
refresh and evaluation. "start" is building the recipe's program: for those without rounds, all of their learning.
Bytes are those of one client in one round, numbers as \`float32\`, no windows; the personal parts that a refresh sends are not among them.`,
      markdownTable(['recipe', 'ms a round', 'CPU ms', 'ms start', 'B up', 'B down'], rows),
    ].join('\n\n');
  },
};
