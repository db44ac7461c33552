// Which words of a sentence the glossary explains. In: a text as it stands on screen; out: the same text in pieces, in order.
import { glossary, type Term, type TermName } from './glossary.ts';

export interface Piece {
  readonly text: string;
  /** Where the piece is a word of the glossary. */
  readonly name?: TermName;
}

const terms = Object.entries(glossary) as [TermName, Term][];
const written = terms.filter(([, { written }]) => written !== undefined);

/** One group a term. Longer ways to write come first: “low rank” before “rank”. */
const search = new RegExp(
  `(?<![\\p{L}\\p{N}_-])(?:${written.map(([, term]) => `(${term.written})`).join('|')})(?![\\p{L}\\p{N}_-])`,
  'giu',
);

/** The pieces of a text; each term where it stands first, so that a sentence has few stops. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const seen = new Set<TermName>();
  let end = 0;
  for (const match of text.matchAll(search)) {
    const [name] = written[match.slice(1).findIndex((found) => found !== undefined)]!;
    if (seen.has(name)) continue;
    seen.add(name);
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: match[0], name });
    end = match.index + match[0].length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end) });
  return pieces;
}
