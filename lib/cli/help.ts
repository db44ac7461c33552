// The ways in which people ask for help: no words at all, a command that needs another word, `help`, `help train`,
// `data help info`. In: the words; out: the words with `--help` that mean the same, or the words as they are.
import type { Command } from 'commander';
import { closestName } from '../federated/closest-name.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError if help is asked for a command that does not exist */
export function wordsForHelp(program: Command, words: readonly string[]): string[] {
  const path: string[] = [];
  let command = program;
  let isHelp = false;
  for (const word of words) {
    if (word.startsWith('-') || command.commands.length === 0) break;
    if (word === 'help') {
      isHelp = true;
      continue;
    }
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (!next && isHelp) throw unknownCommand(command, word);
    if (!next) return [...words]; // for the parser to refuse
    path.push(word);
    command = next;
  }
  const isIncomplete = command.commands.length > 0 && path.length === words.length;
  return isHelp || isIncomplete ? [...path, '--help'] : [...words];
}

function unknownCommand(command: Command, word: string): UsageError {
  const names = command.commands.map((candidate) => candidate.name());
  return new UsageError(
    `unknown command '${word}' (Did you mean ${closestName(word, names)}?); there are ${names.join(', ')}`,
  );
}
