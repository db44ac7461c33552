// `fedtlrec data info`: what a ratings file holds, before anything is trained on it.
import { type Command, Option } from 'commander';
import { renderDescription } from '../data/describe.ts';
import { ratingsFormats } from '../data/formats.ts';
import { loadRatings } from './dataset.ts';
import { readName } from './read-value.ts';

const examples = `
Examples:
  fedtlrec data info u.data                MovieLens-100K
  fedtlrec data info ratings.csv.gz        CSV, packed
  fedtlrec data info synthetic --json      the embedded data`;

export function addDataCommand(program: Command): void {
  const data = program.command('data').description('look at data sets').addHelpText('after', examples);
  const formats = ['auto', ...ratingsFormats];
  data
    .command('info')
    .description('users, items, interactions, density, time span, what was dropped and why')
    .argument('<FILE>', 'a ratings file (.gz too), or synthetic')
    .addOption(
      new Option('--format <NAME>', `one of ${formats.join(', ')}`)
        .default('auto')
        .argParser((text) => readName('--format', text, formats)),
    )
    .option('--json', 'JSON on stdout instead of text')
    .addHelpText('after', examples)
    .action(async (file: string, { format, json }: { format: string; json?: boolean }) => {
      const { description } = await loadRatings(file, format);
      console.log(json ? JSON.stringify(description) : renderDescription(description));
    });
}
