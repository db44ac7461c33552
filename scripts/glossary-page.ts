// The list of docs/glossary.md, written from the words that the playground explains.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { glossary, type Term } from '../viewer/glossary.ts';

const page = fileURLToPath(new URL('../docs/glossary.md', import.meta.url));
const between = /(<!-- glossary:begin -->\n)[\s\S]*(<!-- glossary:end -->)/;

/** One paragraph a word, in the order of the alphabet. */
export function glossaryText(): string {
  const terms: readonly Term[] = Object.values(glossary);
  const sorted = [...terms].sort((a, b) => a.word.localeCompare(b.word, 'en'));
  return sorted
    .map(({ word, meaning, more: [path, name] }) => `**${word}.** ${meaning} ([${name}](${path}))\n`)
    .join('\n');
}

export function updateGlossaryPage(): void {
  const text = readFileSync(page, 'utf8');
  const updated = text.replace(
    between,
    (_, begin: string, end: string) => `${begin}\n${glossaryText()}\n${end}`,
  );
  if (updated !== text) writeFileSync(page, updated);
}
