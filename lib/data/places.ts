// Where a record's user, item, rating and time stand, and how a column choice becomes that.
import type { ColumnChoice, Role } from './column-option.ts';
import { roles } from './column-option.ts';
import { shown } from './columns.ts';

/** Which field of a record holds what, counted from 0; -1 if no column does. */
export type Places = Readonly<Record<Role, number>>;

export const nowhere: Places = { user: -1, item: -1, rating: -1, time: -1 };

/** The option's text that names these places: `user=userId,item=movieId` with a header, `user,item,-,time` without. */
export function optionFor(places: Places, header: readonly string[] | null): string {
  if (
    header?.every((name) => /^[^,="\s]+$/.test(name) && header.indexOf(name) === header.lastIndexOf(name))
  ) {
    const told = roles.filter((role) => places[role] >= 0);
    return told.map((role) => `${role}=${shown(header[places[role]]!)}`).join(',');
  }
  const last = Math.max(...roles.map((role) => places[role]));
  const columns = Array.from(
    { length: last + 1 },
    (_, place) => roles.find((role) => places[role] === place) ?? '-',
  );
  return columns.join(',');
}

/**
 * The places that a choice means in a file.
 *
 * @param header the names, or null if the file has none
 * @param width fields of a record
 * @returns the places, or the rule that is broken
 */
export function placesOfChoice(
  choice: ColumnChoice,
  header: readonly string[] | null,
  width: number,
): Places | { problem: string } {
  if (choice.by === 'position') {
    if (choice.columns.length > width)
      return { problem: `--columns tells ${choice.columns.length} columns, and a line has ${width}` };
    return Object.fromEntries(roles.map((role) => [role, choice.columns.indexOf(role)])) as unknown as Places;
  }
  const places: Record<Role, number> = { ...nowhere };
  for (const [role, name] of choice.names) {
    const place = placeOf(name, header, width);
    if (typeof place !== 'number') return place;
    const other = roles.find((known) => places[known] === place);
    if (other) return { problem: `--columns names one column as ${other} and as ${role}` };
    places[role] = place;
  }
  return places;
}

function placeOf(
  name: string,
  header: readonly string[] | null,
  width: number,
): number | { problem: string } {
  const exact = header?.indexOf(name) ?? -1;
  if (header && exact >= 0) {
    return header.lastIndexOf(name) === exact
      ? exact
      : { problem: `two columns are called "${shown(name)}"` };
  }
  const alike = (header ?? []).flatMap((word, place) =>
    word.toLowerCase() === name.toLowerCase() ? [place] : [],
  );
  if (alike.length === 1) return alike[0]!;
  const position = /^[1-9]\d*$/.test(name) ? Number(name) : 0;
  if (position > 0 && position <= width) return position - 1;
  const known = header ? `the header has ${header.map(shown).join(', ')}` : 'there is no header';
  return { problem: `--columns names "${shown(name)}", and ${known}` };
}
