#!/usr/bin/env node
// The command line's entry; cli/main.ts has the commands.
import { runCommandLine } from './cli/main.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0); // the reader, `head` say, has seen enough
});
process.exitCode = await runCommandLine(process.argv.slice(2));
