// `fedtlrec data info`: what a ratings file holds, before anything is trained on it.
import type { Command } from 'commander';
import { renderDescription } from '../data/describe.ts';
import { addDataGetCommand } from './data-get.ts';
import { loadRatings } from './dataset.ts';
import type { Printing } from './printing.ts';
import { addReadingOptions, readingOptionsOf } from './reading-options.ts';

const examples = `
Examples:
  fedtlrec data info u.data                MovieLens-100K
  fedtlrec data info ml-25m.zip            the ratings in an archive
  fedtlrec data info log.csv --columns user=visitor,item=sku,time=seen
  fedtlrec data info log.txt --columns user,-,item,time --encoding latin1
  fedtlrec data info synthetic --json      the embedded data
  fedtlrec data get ml-100k                fetch MovieLens-100K from its publisher`;

export function addDataCommand(program: Command, printing: Printing): void {
  const data = program
    .command('data')
    .description('look at data sets, and fetch published ones')
    .addHelpText('after', examples);
  const info = data
    .command('info')
    .description('users, items, interactions, density, time span, what was dropped and why')
    .argument('<FILE>', 'a ratings file (.gz and .zip too), or synthetic')
    .option('--json', 'JSON on stdout instead of text')
    .addHelpText('after', examples)
    .action(async (file: string, given: Record<string, unknown>) => {
      const { description } = await loadRatings(file, readingOptionsOf(given));
      if (given.json) printing.json(description);
      else printing.lines(renderDescription(description).split('\n'));
    });
  addReadingOptions(info, 'Layout:');
  addDataGetCommand(data, printing);
}
