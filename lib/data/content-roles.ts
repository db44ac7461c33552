// Roles without a header, from what stands in the columns. The user stands before the item, as in all published layouts, unless
// ids such as u1 and i7 say otherwise; ratings and times follow. Any other order is refused with the option that tells it.
import type { ColumnContents } from './column-contents.ts';
import type { Decision } from './header-roles.ts';
import { nowhere, optionFor, type Places } from './places.ts';
import { sideFileByContents } from './side-files.ts';

export function rolesOfContents(contents: readonly ColumnContents[], sideFileName: string | null): Decision {
  const looksLike = sideFileByContents(contents);
  if (looksLike) return { problem: `this looks like ${looksLike}, not like ratings`, isOther: true };
  const filled = contents.flatMap((column, place) => (column.isBlank ? [] : [place]));
  // An index may stand in front of the others, as pandas writes it.
  const columns = filled.length > 2 && contents[filled[0]!]!.isIndex ? filled.slice(1) : filled;
  const places = byIds(contents, columns) ?? byPosition(contents, columns);
  const withIndex = columns === filled ? null : byPosition(contents, filled);
  if (places && withIndex) return twoReadings(places, withIndex);
  const found = places ?? withIndex;
  if (!found) return refuse(contents, columns);
  const tellsNothing = found.rating < 0 || new Set(contents[found.rating]!.fields).size === 1;
  return sideFileName && tellsNothing && found.time < 0 ? otherByName(sideFileName, found) : found;
}

function otherByName(what: string, places: Places): Decision {
  const option = `--columns ${optionFor(places, null)}`;
  return { problem: `this looks like ${what}, not like ratings; ${option} reads it`, isOther: true };
}

function twoReadings(places: Places, withIndex: Places): Decision {
  const [without, as] = [places, withIndex].map((one) => `--columns ${optionFor(one, null)}`);
  return {
    problem: `the first column may number the lines or be the user; ${without} or ${as} says which`,
  };
}

/** Where ids begin like u1 and i7, the columns may stand in any order. */
function byIds(contents: readonly ColumnContents[], columns: readonly number[]): Places | null {
  const places = (what: 'user' | 'item') => columns.filter((place) => contents[place]!.looksLike === what);
  const [users, items] = [places('user'), places('item')];
  if (users.length !== 1 || items.length !== 1) return null;
  const others = columns.filter((place) => place !== users[0] && place !== items[0]);
  const times = others.filter((place) => contents[place]!.isTime);
  const ratings = others.filter((place) => isOnlyRating(contents[place]!));
  if (times.length > 1 || ratings.length > 1 || times.length + ratings.length < others.length) return null;
  return { user: users[0]!, item: items[0]!, rating: ratings[0] ?? -1, time: times[0] ?? -1 };
}

/** The published orders: user, item, and after them a rating, a time, or both. */
function byPosition(contents: readonly ColumnContents[], columns: readonly number[]): Places | null {
  const [user, item, third, fourth] = columns as [number, number, ...number[]];
  if (columns.length < 2 || columns.length > 4) return null;
  if ([user, item].some((place) => contents[place]!.isTime || isFraction(contents[place]!))) return null;
  const [first, second] = [contents[user]!.looksLike, contents[item]!.looksLike];
  if (first !== second && (first === 'item' || second === 'user')) return null;
  const is = (place: number | undefined) => (place === undefined ? null : contents[place]!);
  const [a, b] = [is(third), is(fourth)];
  const places = { ...nowhere, user, item };
  if (!a) return places;
  const isRating = isOnlyRating(a);
  if (!b) {
    if (a.isTime) return { ...places, time: third! };
    return isRating ? { ...places, rating: third! } : null;
  }
  if (isRating && (b.isTime || isOrder(contents[user]!, b)))
    return { ...places, rating: third!, time: fourth! };
  return a.isTime && isOnlyRating(b) ? { ...places, rating: fourth!, time: third! } : null;
}

/** A time that all lines share may look like a rating, and is none. */
function isOnlyRating({ isRating, isTime }: ColumnContents): boolean {
  return isRating && !isTime;
}

/** Numbers with decimals are no ids. */
function isFraction({ isNumeric, fields }: ColumnContents): boolean {
  return isNumeric && fields.some((field) => /^[+-]?\d*[.,]\d+$/.test(field));
}

/** Whole numbers that never repeat for one user, so that they order the user's lines. */
function isOrder(users: ColumnContents, column: ColumnContents): boolean {
  if (!column.isWhole) return false;
  const seen = new Set<string>();
  return column.fields.every((field, line) => {
    const key = `${users.fields[line]}\n${field}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Says what is known of the columns, and an option that fits them best. */
function refuse(contents: readonly ColumnContents[], columns: readonly number[]): { problem: string } {
  const known = columns.flatMap((place) => {
    const what = describe(contents[place]!);
    return what ? [`column ${place + 1} holds ${what}`] : [];
  });
  const fourth = columns.length === 4 && contents[columns[3]!]!.isWhole ? columns[3]! : -1;
  const time = columns.find((place) => contents[place]!.isTime) ?? fourth;
  const others = columns.filter((place) => place !== time && !isFraction(contents[place]!));
  const rating = others.slice(2).find((place) => isOnlyRating(contents[place]!)) ?? -1;
  const places =
    others.length > 1
      ? { user: others[0]!, item: others[1]!, rating, time }
      : { ...nowhere, user: 0, item: 1 };
  const facts = known.length > 0 ? ` (${known.join(', ')})` : '';
  return {
    problem: `there is no header, and which of the ${contents.length} columns is what cannot be told${facts}; say it, for example --columns ${optionFor(places, null)}`,
  };
}

function describe(column: ColumnContents): string | null {
  if (column.isTime) return 'times';
  if (isFraction(column) && !column.isRating) return 'numbers with decimals';
  return column.isRating ? 'what may be ratings' : null;
}
