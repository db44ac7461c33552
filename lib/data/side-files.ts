// Files that lie beside ratings and are given by mistake: people, titles, tags, links, friends. They are refused by the name of
// what they look like. In: a header, or contents and the file's name; out: what it looks like, or null.
import type { ColumnContents } from './column-contents.ts';
import { shown } from './columns.ts';
import { meaningOf, type Theme, themeOf } from './header-words.ts';

/** What a header's words say about a file without ratings; null if they may be ratings. */
export function sideFileByHeader(names: readonly string[]): string | null {
  const meanings = names.map(meaningOf);
  const has = (role: string, least = 1) =>
    meanings.some((meaning) => meaning?.role === role && meaning.strength >= least);
  const about = (theme: Theme) => names.some((name) => themeOf(name) === theme);
  const told = `(${names.slice(0, 8).map(shown).join(', ')}${names.length > 8 ? ', …' : ''})`;
  if (about('friend') && !has('item')) return `a list of links between people ${told}`;
  if (about('tag') && !has('rating')) return `a list of tags ${told}`;
  if (has('user') && !has('item', 3) && !has('rating') && about('person')) return `a list of people ${told}`;
  if (!has('user') && has('item') && !has('rating') && about('other catalogue'))
    return `a list of links between catalogues ${told}`;
  if (!has('user') && !has('rating') && (has('item') || about('item facts')) && about('item facts'))
    return names.some((name) => name.toLowerCase() === 'name') ? null : `a list of items ${told}`;
  return null;
}

/** What the contents of a file without header say. */
export function sideFileByContents(contents: readonly ColumnContents[]): string | null {
  const facts = contents.find(({ looksLikeFacts }) => looksLikeFacts !== null)?.looksLikeFacts;
  if (!facts) return null;
  return facts === 'people'
    ? 'a list of people (a column of F and M)'
    : `a list of items (a column of ${facts})`;
}

/** What a file's name says, for lists whose contents cannot be told from ratings. */
export function sideFileByName(source: string): string | null {
  const name = source.split(/[\\/]/).at(-1)!.toLowerCase();
  if (/rating|review|interaction/.test(name)) return null;
  if (/trust|friend|social|follow|contacts/.test(name)) return 'a list of links between people (by its name)';
  if (/^(users|people|members|customers)\.\w+/.test(name)) return 'a list of people (by its name)';
  if (/^(movies|items|books|artists|tags|links|genres|titles)\.\w+/.test(name))
    return `a list of ${/^\w+/.exec(name)![0]} (by its name)`;
  return null;
}
