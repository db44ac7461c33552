// `fedtlrec recommend`: the best unseen items of one user, from a saved model alone. It does what the user's own device
// would do: re-fit, score, add the personal part it was sent, leave out what it has trained on.
import { type Command, Option } from 'commander';
import { itemsOf } from '../data/split.ts';
import { closestName } from '../federated/closest-name.ts';
import { readRun, restoreProgram, type SavedRun } from '../node/saved-run.ts';
import { recommendItems } from '../training/recommend-items.ts';
import type { Printing } from './printing.ts';
import { readCount } from './read-value.ts';
import { chooseRecipe } from './recipe-choice.ts';
import { labelledLines, textTable } from './table.ts';
import { UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec train --data u.data --out runs/first          train and save a model
  fedtlrec recommend --model runs/first --user 196       the ten best items for user 196
  fedtlrec recommend --model runs/first --user 196 -k 3 --json`;

interface RecommendOptions {
  readonly model: string;
  readonly user: string;
  readonly count: number;
  readonly json?: boolean;
}

/** One line of the answer. */
interface RankedItem {
  readonly rank: number;
  /** The item's id as it stands in the data. */
  readonly item: string;
  readonly score: number;
  /** Whether the user took this item later: it was held out, and the model has not seen it. */
  readonly heldOut: 'test' | 'validation' | null;
}

export function addRecommendCommand(program: Command, printing: Printing): void {
  program
    .command('recommend')
    .description('the best unseen items of one user, from a saved model')
    .requiredOption('--model <DIR>', 'the folder of the model, from train --out')
    .requiredOption('--user <ID>', "the user's id as it stands in the data")
    .addOption(
      new Option('-k, --count <K>', 'how many items')
        .default(10)
        .argParser((text) => readCount('-k', text, 1)),
    )
    .option('--json', 'JSON on stdout instead of text')
    .addHelpText('after', examples)
    .action((options: RecommendOptions) => runRecommend(options, printing));
}

async function runRecommend(
  { model, user, count, json }: RecommendOptions,
  printing: Printing,
): Promise<void> {
  const run = await readRun(model);
  const client = clientOf(run, user, model);
  const { document } = run;
  const { recipe } = await chooseRecipe(document.recipeModule ?? document.recipe);
  const { program } = restoreProgram(model, run, recipe);
  const { split, ids } = run;
  const { settings, mix, order } = document;
  const options = { recency: settings.recency, mix, order, count };
  const recommendations = recommendItems(program, split, client, options).map(
    ({ item, score }, place): RankedItem => ({
      rank: place + 1,
      item: ids.items[item]!,
      score,
      heldOut: item === split.test[client] ? 'test' : item === split.validation[client] ? 'validation' : null,
    }),
  );
  const trained = itemsOf(run.split.train, client).length;
  if (json) {
    const facts = { event: 'recommendations', recipe: document.recipe, user, trainedItems: trained };
    printing.json({ ...facts, items: recommendations });
    return;
  }
  const rows = recommendations.map(({ rank, item, score, heldOut }) => [
    String(rank),
    item,
    score.toFixed(3),
    heldOut ? `the held-out ${heldOut} item` : '',
  ]);
  printing.lines([
    ...labelledLines([
      ['Model', `${model}: ${document.recipe}, seed ${document.settings.seed}, trained on ${run.split.name}`],
      ['User', `${user}, who trained on ${trained} items; these are left out`],
    ]),
    '',
    ...textTable(['rank', 'item', 'score', ''], rows),
  ]);
}

function clientOf({ ids, split }: SavedRun, user: string, model: string): number {
  const client = ids.users.indexOf(user);
  if (client >= 0) return client;
  const examplesOfIds = ids.users.slice(0, 3).map((id) => `"${id}"`);
  throw new UsageError(
    `${model} has no user "${user}"; did you mean "${closestName(user, ids.users)}"? ` +
      `The ${ids.users.length} users of ${split.name} have ids like ${examplesOfIds.join(', ')}`,
  );
}
