// Which column is what: as told, as the format says, as the header's words say, or as the contents say.
// In: the beginning of a file, cut into fields; out: places, or what stands in the way and the option that decides.
import type { ColumnContents } from './column-contents.ts';
import { shown } from './columns.ts';
import { rolesOfContents } from './content-roles.ts';
import type { Header } from './find-header.ts';
import { layoutOf, type RatingsFormat } from './formats.ts';
import { type Decision, rolesOfHeader } from './header-roles.ts';
import { optionFor, type Places, placesOfChoice } from './places.ts';
import type { Preamble } from './preamble.ts';
import type { SampleRecord } from './sample.ts';
import { sideFileByName } from './side-files.ts';
import type { Told } from './told.ts';

/** What the decision is made from. */
export interface Evidence {
  readonly format: RatingsFormat;
  readonly preamble: Preamble;
  readonly header: Header | null;
  readonly contents: readonly ColumnContents[];
  readonly told: Told;
  readonly sample: readonly SampleRecord[];
  readonly source: string;
}

export function decideColumns(evidence: Evidence): Decision {
  const { format, preamble, header, contents, told } = evidence;
  const width = contents.length;
  const names = header?.fields ?? null;
  if (told.columns) {
    const known = names && names.length === width ? names.map((name) => name.trim()) : null;
    return placesOfChoice(told.columns, known, width);
  }
  const inOrder = { user: 0, item: 1, rating: width > 2 ? 2 : -1, time: width > 3 ? 3 : -1 };
  if (told.format !== 'auto' && layoutOf(format).isFixed)
    return width > 2 ? inOrder : { problem: tooNarrow(format, width) };
  if (width < 2) return { problem: tooNarrow(format, width) };
  if (preamble.konect && width <= 4) return inOrder;
  if (!names) return withoutHeader(evidence);
  if (names.length !== width) return shortHeader(names, evidence);
  return rolesOfHeader(names, contents);
}

function tooNarrow(format: RatingsFormat, width: number): string {
  const { separatorName, isFixed } = layoutOf(format);
  const rule = isFixed ? 'user, item and rating' : 'user and item';
  return `a line must have ${rule} between ${separatorName}, got ${width}`;
}

/** R writes the names of rows without a name for their column. */
function shortHeader(names: readonly string[], { contents, sample }: Evidence): Decision {
  const width = contents.length;
  const line = sample[0]!.line;
  const rule = `the header has ${names.length} fields, and line ${line} has ${width}`;
  if (names.length === 1) return { problem: `${rule}; --format says what stands between fields` };
  if (names.length !== width - 1 || !areRowNames(contents[0]!)) return { problem: rule };
  const decision = rolesOfHeader(['', ...names], contents);
  const hint =
    'problem' in decision ? '' : `; --columns ${optionFor(decision, null)} reads row names in front`;
  return { problem: rule + hint };
}

/** Row names differ in all lines. */
function areRowNames({ fields }: ColumnContents): boolean {
  return new Set(fields).size === fields.length;
}

function withoutHeader({ contents, sample, source }: Evidence): Decision {
  const [first, ...others] = sample as [SampleRecord, ...SampleRecord[]];
  const fields = first.fields.map((field) => field.trim());
  if (fields.length > 2 && fields.every((field, place) => field === String(place))) {
    const time = fields.length > 3 ? 3 : -1;
    const places = { user: 0, item: 1, rating: 2, time };
    return {
      problem: `line ${first.line} may be a header of column numbers or a rating; ${way(places, fields)} takes it as a header, --columns ${optionFor(places, null)} as a rating`,
    };
  }
  const decision = rolesOfContents(contents, sideFileByName(source));
  if ('problem' in decision || decision.rating >= 0 || decision.time >= 0) return decision;
  return expectLikes(fields, others, decision);
}

/** Two columns of ids: somebody must have two items, and the first line must not be a header of unknown words. */
function expectLikes(fields: readonly string[], others: readonly SampleRecord[], places: Places): Decision {
  const option = `--columns ${optionFor(places, null)}`;
  const [user, item] = [fields[places.user]!, fields[places.item]!];
  const recurs = (place: number, id: string) => others.some((record) => record.fields[place]!.trim() === id);
  const isWords = !fields.some((field) => /\d/.test(field));
  const isKnown = recurs(places.user, user) || recurs(places.item, item);
  const ids = [user, ...others.map((record) => record.fields[places.user]!.trim())];
  if (new Set(ids).size === ids.length && ids.length > 2)
    return {
      problem: `this looks like a list, not like ratings: no first field occurs twice; ${option} reads it as likes`,
    };
  if (!isWords || isKnown) return places;
  const names = `user=${shown(user)},item=${shown(item)}`;
  return {
    problem: `line 1 may be a header or a like; --columns ${names} takes it as a header, ${option} as a like`,
  };
}

function way(places: Places, names: readonly string[]): string {
  return `--columns ${optionFor(places, names)}`;
}
