// The option that says which column is what: `user,item,-,time` by position, or `user=userId,item=movieId` by name.
// In: the option's text; out: a place or a name for each role, to be looked up in a file.

/** What a column can be. */
export type Role = 'user' | 'item' | 'rating' | 'time';

export const roles: readonly Role[] = ['user', 'item', 'rating', 'time'];

/** Places count from 0; names are those of a header, or a position counted from 1. */
export type ColumnChoice =
  | { readonly by: 'position'; readonly columns: readonly (Role | null)[] }
  | { readonly by: 'name'; readonly names: ReadonlyMap<Role, string> };

/**
 * Reads the option.
 *
 * @throws RangeError if a role is unknown or told twice, if user or item is missing, or if both ways are mixed
 */
export function readColumnChoice(text: string): ColumnChoice {
  const parts = text.split(',').map((part) => part.trim());
  const named = parts.filter((part) => part.includes('='));
  if (named.length > 0 && named.length < parts.length)
    reject(text, 'all parts must be roles by position, or all role=name');
  const told = named.length > 0 ? byName(parts, text) : byPosition(parts, text);
  const known = told.by === 'name' ? [...told.names.keys()] : told.columns;
  for (const role of ['user', 'item'] as const) {
    if (!known.includes(role)) reject(text, `there must be ${role === 'user' ? 'a user' : 'an item'} column`);
  }
  return told;
}

function byPosition(parts: readonly string[], text: string): ColumnChoice {
  const columns = parts.map((part) => (part === '-' ? null : roleOf(part, text)));
  expectOnce(columns, text);
  return { by: 'position', columns };
}

function byName(parts: readonly string[], text: string): ColumnChoice {
  const pairs = parts.map((part) => {
    const at = part.indexOf('=');
    return [roleOf(part.slice(0, at).trim(), text), part.slice(at + 1).trim()] as const;
  });
  expectOnce(
    pairs.map(([role]) => role),
    text,
  );
  return { by: 'name', names: new Map(pairs) };
}

function roleOf(word: string, text: string): Role {
  const role = roles.find((known) => known === word.toLowerCase());
  return role ?? reject(text, `a column must be one of ${roles.join(', ')} or -, got "${word}"`);
}

function expectOnce(told: readonly (Role | null)[], text: string): void {
  const twice = told.find((role, place) => role !== null && told.indexOf(role) !== place);
  if (twice) reject(text, `the ${twice} column must be named once`);
}

function reject(text: string, rule: string): never {
  throw new RangeError(`columns: ${rule} (in "${text}"); write user,item,-,time or user=userId,item=movieId`);
}
