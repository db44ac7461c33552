// Roles from a header: the words say which column is what; what stands below decides between several columns of times.
// In: the names and the contents below them; out: places, or the reason why they cannot be told.

import type { ColumnContents } from './column-contents.ts';
import type { Role } from './column-option.ts';
import { shown } from './columns.ts';
import { type Meaning, meaningOf, themeOf } from './header-words.ts';
import { quoted } from './parse-error.ts';
import { nowhere, optionFor, type Places } from './places.ts';
import { sideFileByHeader } from './side-files.ts';
import { timesOfColumn } from './time-values.ts';

/** Places, or what stands in the way; `isOther` if the file holds no ratings at all. */
export type Decision = Places | { readonly problem: string; readonly isOther?: true };

interface Candidate extends Meaning {
  readonly place: number;
}

/** Whether a record may be a header: one of its fields is a word for a user, an item, a rating or a time. */
export function hasKnownWords(fields: readonly string[]): boolean {
  const isKnown = (field: string) => meaningOf(field) !== null || themeOf(field) === 'friend';
  // A single letter is an id, unless u and i stand together.
  return fields.some((field) => field.trim().length > 1 && isKnown(field)) || hasUserAndItem(fields);
}

/** Whether the names tell a user and an item. */
export function hasUserAndItem(fields: readonly string[]): boolean {
  const told = fields.map((field) => meaningOf(field)?.role);
  return told.includes('user') && told.includes('item');
}

export function rolesOfHeader(names: readonly string[], contents: readonly ColumnContents[]): Decision {
  const sideFile = sideFileByHeader(names);
  if (sideFile) return { problem: `this looks like ${sideFile}, not like ratings`, isOther: true };
  const candidates = names.flatMap((name, place) => {
    const meaning = meaningOf(name);
    return meaning ? [{ ...meaning, place }] : [];
  });
  const places: Record<Role, number> = { ...nowhere };
  for (const role of ['user', 'item', 'rating'] as const) {
    const chosen = strongest(candidates.filter((candidate) => candidate.role === role));
    if (chosen.length > 1) return ambiguous(role, chosen, names, candidates);
    places[role] = chosen[0]?.place ?? -1;
  }
  takeWeakWords(names, places);
  for (const role of ['user', 'item'] as const) {
    if (places[role] < 0) return unknown(role, names);
  }
  const time = chooseTime(
    candidates.filter((candidate) => candidate.role === 'time'),
    contents,
    names,
  );
  if (typeof time !== 'number') return { problem: time.problem(places) };
  places.time = time;
  return leftOver(names, contents, places) ?? places;
}

/** The surest candidates; others may stand beside them only if they are the same thing's name, or a weak word. */
function strongest(candidates: readonly Candidate[]): readonly Candidate[] {
  const most = Math.max(0, ...candidates.map(({ strength }) => strength));
  const sure = candidates.filter(({ strength }) => strength === most);
  const rivals = candidates.filter(
    ({ strength, noun }) => strength === 2 && most === 3 && !sure.some((one) => one.noun === noun),
  );
  return [...sure, ...rivals];
}

/** `name` is the user or the item, whichever has no column; a title or another catalogue's id is the item. */
function takeWeakWords(names: readonly string[], places: Record<Role, number>): void {
  const placeOf = (pattern: RegExp) => {
    const found = names.flatMap((name, place) => (pattern.test(name.trim()) ? [place] : []));
    return found.length === 1 ? found[0]! : -1;
  };
  if (places.item < 0) places.item = placeOf(/^title$/i);
  if (places.item < 0) places.item = placeOf(/^(imdb|tmdb)[ _-]?id$/i);
  if (places.user < 0 && places.item >= 0) places.user = placeOf(/^name$/i);
  else if (places.item < 0 && places.user >= 0) places.item = placeOf(/^name$/i);
}

/** The time column: points in time go before numbers that only order; two columns that disagree are two readings. */
function chooseTime(
  candidates: readonly Candidate[],
  contents: readonly ColumnContents[],
  names: readonly string[],
): number | { problem: (places: Places) => string } {
  const readable = candidates.filter(({ place }) => {
    const { timeKind, isBlank } = contents[place]!;
    return !isBlank && timeKind !== null;
  });
  const points = readable.filter(({ place }) => contents[place]!.isTime);
  const rest = points.length > 0 ? points : readable;
  if (rest.length === 0) {
    const unread = candidates[0];
    if (!unread || contents[unread.place]!.isBlank) return -1;
    const field = contents[unread.place]!.fields.find((text) => text !== '') ?? '';
    const isComma = /^\d+,\d+$/.test(field);
    return {
      problem: (places) => {
        const without = `${way({ ...places, time: -1 }, names)} reads the file without times`;
        const ways = isComma
          ? `${way({ ...places, time: unread.place }, names)} --decimal comma reads them`
          : without;
        return `the column "${shown(names[unread.place]!)}" holds no times that are known (${quoted(field)}); ${ways}`;
      },
    };
  }
  const ranked = [...rest].sort(
    (a, b) => b.strength - a.strength || distinct(contents[b.place]!) - distinct(contents[a.place]!),
  );
  const [best, ...others] = ranked as [Candidate, ...Candidate[]];
  const rival = others.find(({ place }) => !agree(contents[best.place]!, contents[place]!));
  if (!rival) return finest(ranked, contents);
  return {
    problem: (places) =>
      `two columns may be the time, "${shown(names[best.place]!)}" and "${shown(names[rival.place]!)}"; ${way({ ...places, time: best.place }, names)} takes the first`,
  };
}

/** Of columns that order the lines alike, the one with the most different times. */
function finest(ranked: readonly Candidate[], contents: readonly ColumnContents[]): number {
  return ranked.reduce((best, one) =>
    distinct(contents[one.place]!) > distinct(contents[best.place]!) ? one : best,
  ).place;
}

function distinct({ fields }: ColumnContents): number {
  return new Set(fields).size;
}

/** Whether two columns of times order the lines alike: where one rises, the other does not fall. */
function agree(a: ColumnContents, b: ColumnContents): boolean {
  const [first, second] = [timesOfColumn(a.fields), timesOfColumn(b.fields)];
  if (!first || !second) return false;
  const order = Array.from(first.keys()).sort((x, y) => first[x]! - first[y]! || second[x]! - second[y]!);
  return order.every((line, at) => at === 0 || second[order[at - 1]!]! <= second[line]!);
}

function leftOver(
  names: readonly string[],
  contents: readonly ColumnContents[],
  places: Places,
): { problem: string } | null {
  const taken = Object.values(places);
  const free = names.flatMap((name, place) =>
    taken.includes(place) || contents[place]!.isBlank || meaningOf(name) ? [] : [place],
  );
  const parts = free.filter((place) => themeOf(names[place]!) === 'part of a date');
  if (places.time < 0 && parts.length > 0) {
    const list = parts.map((place) => shown(names[place]!)).join(', ');
    return {
      problem: `the times stand in columns of their own (${list}); join them into one, or ${way(places, names)} reads the file without times`,
    };
  }
  const unknown = free.filter((place) => themeOf(names[place]!) === null);
  const time = unknown.find((place) => contents[place]!.isTime);
  if (places.time < 0 && time !== undefined) {
    return {
      problem: `the column "${shown(names[time]!)}" holds times, and its name is not known; ${way({ ...places, time }, names)} takes it, ${way(places, names)} leaves it out`,
    };
  }
  const rating = unknown.find((place) => contents[place]!.isNumeric && !contents[place]!.isTime);
  if (places.rating < 0 && rating !== undefined) {
    return {
      problem: `no column is called a rating, and "${shown(names[rating]!)}" may be one; ${way({ ...places, rating }, names)} takes it, ${way(places, names)} leaves it out`,
    };
  }
  return null;
}

function ambiguous(
  role: Role,
  chosen: readonly Candidate[],
  names: readonly string[],
  candidates: readonly Candidate[],
): { problem: string } {
  const list = chosen.map(({ place }) => `"${shown(names[place]!)}"`).join(' and ');
  const first = (wanted: Role) => candidates.find((one) => one.role === wanted)?.place ?? -1;
  const places = { user: first('user'), item: first('item'), rating: first('rating'), time: first('time') };
  const said =
    places.user >= 0 && places.item >= 0 ? way({ ...places, [role]: chosen[0]!.place }, names) : '--columns';
  return { problem: `${chosen.length} columns may be the ${role}, ${list}; ${said} takes the first` };
}

function unknown(role: Role, names: readonly string[]): { problem: string } {
  const list = names.slice(0, 12).map(shown).join(', ');
  const examples =
    role === 'user' ? 'user_id, userId, reviewerID, customer' : 'item_id, movieId, film, isbn, track_id';
  return {
    problem: `no column is called ${role === 'user' ? 'a user' : 'an item'} in "${list}" (known are words like ${examples}); name the columns: --columns user=…,item=…,rating=…,time=…`,
  };
}

function way(places: Places, names: readonly string[]): string {
  return `--columns ${optionFor(places, names)}`;
}
