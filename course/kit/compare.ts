// Which submissions resemble each other: fingerprints of their tokens, names left out, without what the stub already has.
// In: files of one task; out: pairs with the share of fingerprints they have in common. A high share is a reason to look,
// not a proof: short functions have few right forms.
// Winnowing: Schleimer, Wilkerson & Aiken (2003).
import ts from 'typescript';

/** Tokens in a fingerprint, and fingerprints of which the smallest is kept. */
const TOKENS = 10;
const WINDOW = 4;
/** Below this many fingerprints there is too little to say anything. */
const FEWEST = 8;

export interface Written {
  readonly student: string;
  readonly text: string;
}

export interface Pair {
  readonly a: string;
  readonly b: string;
  /** Shared fingerprints, relative to the smaller file. */
  readonly share: number;
  readonly fingerprints: number;
}

/** @param stub what everybody was given */
export function similarPairs(files: readonly Written[], stub: string): Pair[] {
  const known = fingerprints(stub);
  const own = files.map(({ student, text }) => {
    const marks = [...fingerprints(text)].filter((mark) => !known.has(mark));
    return { student, marks: new Set(marks) };
  });
  const pairs: Pair[] = [];
  for (const [at, first] of own.entries()) {
    for (const second of own.slice(at + 1)) {
      const smaller = Math.min(first.marks.size, second.marks.size);
      if (smaller < FEWEST) continue;
      const shared = [...first.marks].filter((mark) => second.marks.has(mark)).length;
      pairs.push({ a: first.student, b: second.student, share: shared / smaller, fingerprints: smaller });
    }
  }
  return pairs.sort((a, b) => b.share - a.share);
}

/** The smallest hash of every window over the hashes of all runs of tokens. */
export function fingerprints(text: string): Set<number> {
  const tokens = tokensOf(text);
  const hashes: number[] = [];
  for (let at = 0; at + TOKENS <= tokens.length; at++)
    hashes.push(hashOf(tokens.slice(at, at + TOKENS).join(' ')));
  const kept = new Set<number>();
  for (let at = 0; at < hashes.length; at++) kept.add(Math.min(...hashes.slice(at, at + WINDOW)));
  return kept;
}

/** Kinds of tokens; names all look alike, so that renaming hides nothing. Comments and types' semicolons are left out. */
function tokensOf(text: string): string[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, true, ts.LanguageVariant.Standard, text);
  const tokens: string[] = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === ts.SyntaxKind.SemicolonToken || kind === ts.SyntaxKind.ExclamationToken) continue;
    if (kind === ts.SyntaxKind.NumericLiteral) tokens.push(scanner.getTokenText());
    else tokens.push(String(kind));
  }
  return tokens;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
