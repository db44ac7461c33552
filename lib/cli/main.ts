// The commands, and the way from words to an exit code. Whatever goes wrong becomes one line on stderr.
import { Command } from 'commander';
import { packageVersion } from '../node/package-version.ts';
import { addCompareCommand } from './compare.ts';
import { addCrowdCommand } from './crowd.ts';
import { addDataCommand } from './data.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { wordsForHelp } from './help.ts';
import { addJoinCommand } from './join.ts';
import { type Printing, startPrinting } from './printing.ts';
import { addRecommendCommand } from './recommend.ts';
import { addReplayCommand } from './replay.ts';
import { addServeCommand } from './serve.ts';
import { addTrainCommand } from './train.ts';
import { explainError } from './usage-error.ts';
import { addWorkerCommand } from './worker.ts';

/**
 * Runs one command line, such as `['train', '--data', 'u.data']`.
 *
 * @returns the exit code: 0, 2 for wrong input, 130 after Ctrl-C or SIGTERM, 1 for results that could not be written or
 *   printed, and for a fault of this program
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const printing = startPrinting();
  try {
    const exitCode = await told(async () => {
      const program = createProgram(printing);
      await program.parseAsync(wordsForHelp(program, words), { from: 'user' });
    });
    return Math.max(exitCode, await told(() => printing.expectPrinted()));
  } finally {
    printing.stop();
  }
}

/** The exit code of an action; what went wrong is told on stderr. */
async function told(action: () => Promise<void>): Promise<number> {
  try {
    await action();
    return 0;
  } catch (error) {
    const { line, exitCode } = explainError(error);
    if (line !== null) console.error(`fedtlrec: ${line}`);
    return exitCode;
  }
}

function createProgram(printing: Printing): Command {
  const program = new Command('fedtlrec')
    .description('Federated recommendation to read and step through, measured without leaks.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ minWidthToWrap: 16 }) // narrow terminals, too: what the terminal itself breaks is hard to read
    .configureOutput({
      writeOut: (text) => printing.lines(text.trimEnd().split('\n')),
      writeErr: () => {}, // runCommandLine prints errors
    })
    .addHelpText('after', '\nfedtlrec COMMAND --help shows the options and examples of a command.');
  addTrainCommand(program, printing);
  addCompareCommand(program, printing);
  addEvaluateCommand(program, printing);
  addRecommendCommand(program, printing);
  addDataCommand(program, printing);
  addServeCommand(program, printing);
  addJoinCommand(program, printing);
  addCrowdCommand(program, printing);
  addReplayCommand(program, printing);
  addWorkerCommand(program, printing);
  return program;
}
