// `fedtlrec replay`: the server's side of a class once more, from the messages that it has kept.
import type { Command } from 'commander';
import { counted } from './figures.ts';
import type { Printing } from './printing.ts';
import { chooseRecipe } from './recipe-choice.ts';

const examples = `
Examples:
  fedtlrec replay runs/class     the digest must be the one that the class ended with`;

export function addReplayCommand(program: Command, printing: Printing): void {
  program
    .command('replay')
    .description('repeat what the server of a class computed, and print the digest')
    .argument('<DIR>', 'the folder of the class, from serve --out')
    .option('--json', 'JSON on stdout instead of text')
    .addHelpText('after', examples)
    .action(async (path: string, { json }: { json?: boolean }) => {
      const { ClassFolder } = await import('../classroom/class-folder.ts');
      const { replayClass } = await import('../classroom/replay.ts');
      const folder = await ClassFolder.open(path);
      const { recipe } = await chooseRecipe(folder.facts.recipe);
      const { rounds, messages, digest } = await replayClass(folder, recipe);
      if (json) printing.json({ event: 'replayed', rounds, messages, digest });
      else
        printing.lines([`${counted(rounds, 'round')}, ${counted(messages, 'message')}`, `Digest: ${digest}`]);
    });
}
