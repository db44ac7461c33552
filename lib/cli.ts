#!/usr/bin/env node
// The command line's entry; cli/main.ts has the commands.
import { runCommandLine } from './cli/main.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
// A full or closed output may report late, when nobody listens any more.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
