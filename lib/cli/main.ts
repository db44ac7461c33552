// The commands, and the way from words to an exit code. Whatever goes wrong becomes one line on stderr.
import { Command } from 'commander';
import { addCompareCommand } from './compare.ts';
import { addDataCommand } from './data.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { addRecommendCommand } from './recommend.ts';
import { addTrainCommand } from './train.ts';
import { explainError } from './usage-error.ts';
import { packageVersion } from './version.ts';

/**
 * Runs one command line, such as `['train', '--data', 'u.data']`.
 *
 * @returns the exit code: 0, 2 for wrong input, 130 after Ctrl-C, 1 for a fault of this program
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(words.length > 0 ? [...words] : ['--help'], { from: 'user' });
    return 0;
  } catch (error) {
    const { line, exitCode } = explainError(error);
    if (line !== null) console.error(`fedtlrec: ${line}`);
    return exitCode;
  }
}

function createProgram(): Command {
  const program = new Command('fedtlrec')
    .description('Federated recommendation to read and step through, measured without leaks.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => console.log(text.trimEnd()), writeErr: () => {} }) // errors are told above
    .addHelpText('after', '\nfedtlrec COMMAND --help shows the options and examples of a command.');
  addTrainCommand(program);
  addCompareCommand(program);
  addEvaluateCommand(program);
  addRecommendCommand(program);
  addDataCommand(program);
  return program;
}
