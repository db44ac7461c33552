// The list that participants pick from: one item a line, as a title alone, or with its id before it as in u.item (|), movies.dat
// (::), tables (tab) and movies.csv. In: a file's text; out: ids and titles, in the file's order, which is that of the item numbers.
import { ClassError } from './class-error.ts';
import type { ItemEntry } from './class-facts.ts';

const MOST_ITEMS = 20_000;
const LONGEST_TITLE = 200;

/**
 * Reads the list.
 *
 * @param name of the file, for errors
 * @throws ClassError naming file and line
 */
export function readItemList(text: string, name: string): ItemEntry[] {
  const entries: ItemEntry[] = [];
  const lineOf = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const isTable = /^"?\w+"?,"?title"?(,|$)/i.test(lines[0]!);
  lines.forEach((line, at) => {
    if (line.trim() === '' || (isTable && at === 0)) return;
    const { id, title } = entryOf(line, isTable);
    const place = `${name}:${at + 1}`;
    if (id === '' || title === '') throw new ClassError(`${place}: a line must have a title, got "${line}"`);
    const before = lineOf.get(id);
    if (before !== undefined)
      throw new ClassError(`${place}: the item ${id} stands in line ${before} already; each needs one line`);
    lineOf.set(id, at + 1);
    entries.push({ id, title: title.slice(0, LONGEST_TITLE) });
  });
  if (entries.length < 2 || entries.length > MOST_ITEMS)
    throw new ClassError(`${name} must list 2 to ${MOST_ITEMS} items, got ${entries.length}`);
  return entries;
}

function entryOf(line: string, isTable: boolean): ItemEntry {
  if (isTable) {
    const [id = '', title = ''] = fieldsOf(line);
    return { id: id.trim(), title: title.trim() };
  }
  const separator = ['|', '::', '\t'].find((mark) => line.includes(mark));
  if (!separator) return { id: line.trim(), title: line.trim() };
  const [id = '', title = ''] = line.split(separator);
  return { id: id.trim(), title: title.trim() };
}

/** The fields of a line between commas, where quotes hold commas together and are doubled inside. */
function fieldsOf(line: string): string[] {
  const found = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(found, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
