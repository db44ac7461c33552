// What the best 10 unseen items of all users say together: coverage, novelty and Gini index beside the rank of the hidden item.
// In: the embedded data, and MovieLens-100K where it is here; out: a table for each. One seed, default settings.
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { chooseMetrics } from '../lib/evaluation/metric-choice.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { train } from '../lib/training/train.ts';
import { type Bench, markdownTable } from './bench.ts';
import { isHere, movieLens100k, readSplit } from './data-files.ts';

const recipes = ['popularity', 'item-knn', 'ease', 'fedmf', 'without-attention', 'fedtlrec'];
const metrics = 'fullHr,fullMap,coverage,novelty,gini';

export const bench: Bench = {
  title: 'What is shown to everybody together',
  async run(say) {
    const data: [string, Split][] = [['The embedded data', leaveOneOut(syntheticRatings().ratings)]];
    if (isHere(movieLens100k)) data.push(['MovieLens-100K', await readSplit(movieLens100k)]);
    const sections: string[] = [
      'Test figures of seed 1 with default settings. full HR@10 and full MAP@10: larger is better. The others say what is shown, not how good it is.',
    ];
    for (const [title, split] of data) sections.push(`${title}:`, await tableOf(split, say));
    return sections.join('\n\n');
  },
};

async function tableOf(split: Split, say: (line: string) => void): Promise<string> {
  const { shown } = chooseMetrics(metrics);
  const rows: string[][] = [];
  for (const name of recipes) {
    const { test } = await train(await recipeNamed(name), split, { settings: { metrics } });
    rows.push([name, ...shown.map((metric) => test[metric.name]!.toFixed(3).replace(/^0/, ''))]);
    say(rows.at(-1)!.join(' · '));
  }
  return markdownTable(['recipe', ...shown.map(({ label }) => label)], rows);
}
