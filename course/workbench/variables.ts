// Draws the variables of a step: words, grids with a number for each row and column, fields. What has changed since the last
// step of the same call has a frame, so that nothing depends on a colour. In: History's variables; out: elements.
import { changedCells, rounded, type Variable } from '../stepping/history.ts';
import type { Fields, Grid, Picture } from '../stepping/picture.ts';

/** A list that is longer is broken into lines of ten. */
const LONGEST_LINE = 12;
const TEN = 10;

export function variablesElement(variables: readonly Variable[]): HTMLElement[] {
  const own = variables.filter(({ isOwn }) => isOwn);
  const around = variables.filter(({ isOwn }) => !isOwn);
  return [
    ...own.map(variableElement),
    ...(around.length > 0 ? [element('p', 'around', 'From around the function:')] : []),
    ...around.map(variableElement),
  ];
}

function variableElement({ name, now, before, hasChanged }: Variable): HTMLElement {
  const block = element('div', 'variable');
  block.append(valueElement(name, now, before, hasChanged));
  return block;
}

/** @param before what it was, if that is known; else nothing is marked unless `isNew` */
function valueElement(name: string, now: Picture, before: Picture | null, isNew: boolean): HTMLElement {
  if (now.is === 'word') {
    const line = element('p', 'word');
    const isChanged = isNew && !isSame(now, before);
    const value = element('code', isChanged ? 'changed' : '', rounded(now.text));
    value.title = now.text;
    line.append(element('b', '', name), ' ', value);
    return line;
  }
  if (now.is === 'grid') return gridElement(name, now, before, isNew);
  return fieldsElement(name, now, before, isNew);
}

function fieldsElement(name: string, now: Fields, before: Picture | null, isNew: boolean): HTMLElement {
  const block = element('div', 'fields');
  block.append(headOf(name, now.type, ''));
  const earlier = new Map(before?.is === 'fields' ? before.fields : []);
  for (const [field, value] of now.fields) {
    block.append(valueElement(field, value, earlier.get(field) ?? null, isNew));
  }
  if (now.more > 0) block.append(element('p', 'more', `and ${now.more} more`));
  return block;
}

function gridElement(name: string, now: Grid, before: Picture | null, isNew: boolean): HTMLElement {
  const block = element('div', 'grid');
  const shape = `${now.shape.length === 1 ? 'of ' : ''}${now.shape.join(' × ')}`;
  const shown = now.rows.length * (now.rows[0]?.length ?? 0);
  const size = now.shape.reduce((product, length) => product * length, 1);
  block.append(headOf(name, now.type, shape));
  if (size === 0) return block;
  const scroller = element('div', 'scroller');
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'group');
  scroller.setAttribute('aria-label', `${name}, ${now.type} ${shape}`);
  const changed = new Set(isNew ? changedCells(now, before).map(String) : []);
  scroller.append(tableOf(now, changed));
  block.append(scroller);
  if (shown < size) block.append(element('p', 'more', `the first ${shown} of ${size}`));
  return block;
}

function tableOf(grid: Grid, changed: ReadonlySet<string>): HTMLTableElement {
  const table = document.createElement('table');
  const isList = grid.shape.length === 1;
  const cells = grid.rows[0]!;
  const width = isList && cells.length > LONGEST_LINE ? TEN : cells.length;
  const largest = Math.max(1e-9, ...grid.rows.flat().map(sizeOf));
  const hasRowNames = !isList || cells.length > LONGEST_LINE;
  const head = table.createTHead().insertRow();
  if (hasRowNames) head.append(document.createElement('td'));
  for (let column = 0; column < width; column++) head.append(heading(String(column), 'col'));
  const body = table.createTBody();
  grid.rows.forEach((row, at) => {
    for (let start = 0; start < row.length; start += width) {
      const line = body.insertRow();
      if (hasRowNames) line.append(heading(String(isList ? start : at), 'row'));
      row.slice(start, start + width).forEach((cell, place) => {
        const box = line.insertCell();
        box.textContent = rounded(cell);
        box.title = cell;
        if (changed.has(`${at},${start + place}`)) box.className = 'changed';
        box.style.background = tint(cell, largest);
      });
    }
  });
  return table;
}

function heading(text: string, scope: 'row' | 'col'): HTMLTableCellElement {
  const cell = document.createElement('th');
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

function sizeOf(cell: string): number {
  const value = Math.abs(Number(cell));
  return cell !== '' && Number.isFinite(value) ? value : 0;
}

/** Numbers above 0 blue, those below 0 orange, the more the larger. */
function tint(cell: string, largest: number): string {
  const share = Math.round((45 * sizeOf(cell)) / largest);
  if (share === 0) return '';
  return `color-mix(in srgb, var(${Number(cell) > 0 ? '--wb-plus' : '--wb-minus'}) ${share}%, transparent)`;
}

function headOf(name: string, type: string, shape: string): HTMLElement {
  const line = element('p', 'head');
  line.append(element('b', '', name), ' ', element('span', '', `${type}${shape ? ` ${shape}` : ''}`));
  return line;
}

function isSame(now: Picture, before: Picture | null): boolean {
  return before?.is === 'word' && now.is === 'word' && before.text === now.text;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  kind = '',
  text = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}
