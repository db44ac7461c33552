// The list of docs/glossary.md, written from the words that the playground explains.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { glossary, type Term } from '../viewer/glossary.ts';

const page = fileURLToPath(new URL('../docs/glossary.md', import.meta.url));
const between = /(<!-- glossary:begin -->\n)[\s\S]*(<!-- glossary:end -->)/;

/** What a search is likely to be asked for in place of a Greek letter. */
const spoken: Readonly<Record<string, string>> = { τ: 'tau', β: 'beta', ε: 'epsilon', δ: 'delta' };

/** A word as a heading, so that search leads to it. */
function headingOf(word: string): string {
  return word.replace(/[τβεδ]/, (letter) => `${letter} (${spoken[letter]})`);
}

/** One heading and one sentence a word, in the order of the alphabet. */
export function glossaryText(): string {
  const terms: readonly Term[] = Object.values(glossary);
  const sorted = [...terms].sort((a, b) => a.word.localeCompare(b.word, 'en'));
  return sorted
    .map(
      ({ word, meaning, more: [path, name] }) =>
        `### ${headingOf(word)}\n\n${meaning} ([${name}](${path}))\n`,
    )
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
