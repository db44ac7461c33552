#!/usr/bin/env node
// The command line: finds the command, and turns whatever goes wrong into one line and an exit code.
// Each command is a file in cli/; all of them only read events and results of the library.
import { Command } from 'commander';
import { addCompareCommand } from './cli/compare.ts';
import { addDataCommand } from './cli/data.ts';
import { addEvaluateCommand } from './cli/evaluate.ts';
import { addRecommendCommand } from './cli/recommend.ts';
import { addTrainCommand } from './cli/train.ts';
import { explainError } from './cli/usage-error.ts';
import { packageVersion } from './cli/version.ts';

const recipesHint = `
fedtlrec COMMAND --help shows the options and examples of a command.`;

const program = new Command('fedtlrec')
  .description('Federated recommendation to read and step through, measured without leaks.')
  .version(packageVersion(), '--version', 'print the version')
  .helpOption('--help', 'print this help')
  .helpCommand(false)
  .exitOverride()
  .configureOutput({ writeErr: () => {} }) // errors are told below
  .addHelpText('after', recipesHint);
addTrainCommand(program);
addCompareCommand(program);
addEvaluateCommand(program);
addRecommendCommand(program);
addDataCommand(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0); // the reader, `head` say, has seen enough
});

try {
  const words = process.argv.slice(2);
  await program.parseAsync(words.length > 0 ? words : ['--help'], { from: 'user' });
} catch (error) {
  const { line, exitCode } = explainError(error);
  if (line !== null) console.error(`fedtlrec: ${line}`);
  process.exitCode = exitCode;
}
