// What the playground can be told, and how it stands in the page's address, so that a link brings back exactly this.
// In: an address's hash; out: a complete configuration; and back. Values out of range are brought back into it.

import { defaultSettings } from '../../lib/federated/settings.ts';
import { type Codec, codecNames } from '../../lib/federated/wire/codecs.ts';

/** The settings of one run; the data and the seed are the same for both runs of a comparison. */
export interface Variant {
  readonly recipe: string;
  readonly rank: number;
  readonly clusters: number;
  readonly heads: number;
  readonly dropout: number;
  /** Null is no noise. */
  readonly epsilon: number | null;
  /** In how many bits a number travels, up and down. */
  readonly codec: Codec;
}

/**
 * What computes the attention between clients. `simulated` is a GPU that the processor plays: for tests, and for whoever
 * has no other; it stands in no list, only in an address.
 */
export type Compute = 'processor' | 'gpu' | 'simulated';

export interface Configuration {
  /** `synthetic`, or `file`: ratings that were dropped on the page. */
  readonly data: 'synthetic' | 'file';
  /** How the file is to be read, in the words of the command line: `--columns user,item,-,time`. */
  readonly reading: string;
  readonly users: number;
  readonly items: number;
  readonly groups: number;
  readonly seed: number;
  readonly rounds: number;
  readonly compute: Compute;
  readonly a: Variant;
  /** What run A is compared with; null if it is alone. */
  readonly b: Variant | null;
}

export const defaultVariant: Variant = {
  recipe: 'fedtlrec',
  rank: 2,
  clusters: 4,
  heads: 2,
  dropout: 0.2,
  epsilon: null,
  codec: defaultSettings.codec,
};

export const defaultConfiguration: Configuration = {
  ...{ data: 'synthetic', reading: '', users: 300, items: 400, groups: 4, seed: 1, rounds: 40 },
  compute: 'processor',
  a: defaultVariant,
  b: null,
};

/** The numbers with their limits and, where there is one, the word for none. */
export const limits = {
  users: [20, 1000],
  items: [60, 2000],
  groups: [1, 8],
  seed: [0, 999_999],
  rounds: [1, 300],
  rank: [1, 17],
  clusters: [1, 12],
  heads: [1, 4],
  dropout: [0, 0.9],
  epsilon: [0.01, 100_000],
} as const satisfies Record<string, readonly [least: number, most: number]>;

/** Which moment of which run is on screen, as words for the address. */
export type Position = Readonly<Record<string, string>>;

/** The hash of an address, without `#`: only what differs from the defaults. */
export function toHash(configuration: Configuration, position: Position): string {
  const words = new URLSearchParams();
  const { a, b, ...shared } = configuration;
  put(words, '', shared, defaultConfiguration);
  put(words, '', a, defaultVariant);
  if (b) {
    words.set('b', b.recipe);
    put(words, 'b.', b, { ...a, recipe: b.recipe });
  }
  for (const [name, value] of Object.entries(position)) words.set(name, value);
  return words.toString();
}

function put(words: URLSearchParams, prefix: string, values: object, usual: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== (usual as Record<string, unknown>)[name])
      words.set(prefix + name, value === null ? 'off' : String(value));
  }
}

/** The configuration that an address names, and the words about the position. */
export function fromHash(
  hash: string,
  recipes: readonly string[],
): { configuration: Configuration; position: URLSearchParams } {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const number = <T extends number | null>(name: keyof typeof limits, usual: T, prefix = '') =>
    readNumber(words.get(prefix + name), usual, limits[name]) as T;
  const known = (name: string | null, usual: string) =>
    name !== null && recipes.includes(name) ? name : usual;
  const variant = (usual: Variant, prefix: string): Variant => ({
    recipe: usual.recipe,
    rank: number('rank', usual.rank, prefix),
    clusters: number('clusters', usual.clusters, prefix),
    heads: number('heads', usual.heads, prefix),
    dropout: number('dropout', usual.dropout, prefix),
    epsilon: number('epsilon', usual.epsilon, prefix),
    codec: codecNames.find((name) => name === words.get(`${prefix}codec`)) ?? usual.codec,
  });
  const a = variant({ ...defaultVariant, recipe: known(words.get('recipe'), defaultVariant.recipe) }, '');
  const b = words.get('b');
  const whole = defaultConfiguration;
  return {
    configuration: {
      data: words.get('data') === 'file' ? 'file' : 'synthetic',
      reading: words.get('reading') ?? whole.reading,
      users: number('users', whole.users),
      items: number('items', whole.items),
      groups: number('groups', whole.groups),
      seed: number('seed', whole.seed),
      rounds: number('rounds', whole.rounds),
      compute: readCompute(words.get('compute')),
      a,
      b: b === null ? null : variant({ ...a, recipe: known(b, 'fedmf') }, 'b.'),
    },
    position: words,
  };
}

function readCompute(word: string | null): Compute {
  return word === 'gpu' || word === 'simulated' ? word : 'processor';
}

function readNumber(
  word: string | null,
  usual: number | null,
  [least, most]: readonly [number, number],
): number | null {
  if (word === null) return usual;
  if (word === 'off') return null;
  const value = Number(word);
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : usual;
}
