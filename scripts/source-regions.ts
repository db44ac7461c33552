// Finds the lines of the library that the viewer's formulas point to, whenever something with formulas is built; so a link
// cannot point to where the code once was.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Formula,
  type FormulaName,
  formulas,
  type SourcePlace,
  type Sources,
} from '../viewer/formulas.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How much of the code is shown. */
const LINES = 18;

/**
 * The place of every formula's code, as it stands now.
 *
 * @throws Error naming the formula whose code is not there any more
 */
export function findSources(): Sources {
  const names = Object.keys(formulas) as FormulaName[];
  return Object.fromEntries(names.map((name) => [name, placeOf(name, formulas[name])]));
}

function placeOf(name: string, { file, find }: Formula): SourcePlace {
  const lines = readFileSync(`${root}/${file}`, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(find));
  if (at < 0)
    throw new Error(`the formula ${name} points to "${find}" in ${file}, which is not there any more`);
  return { file, line: at + 1, code: lines.slice(at, at + LINES).join('\n') };
}
