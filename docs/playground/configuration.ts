// What the playground can be told, and how it stands in the page's address, so that a link brings back exactly this.
// In: an address's hash; out: a complete configuration; and back. Values out of range are brought back into it. A lesson's question
// (`lesson=7`) stands for the settings that it asks about; what differs from these is written out.

import { defaultSettings } from '../../lib/federated/settings.ts';
import { type Codec, codecNames } from '../../lib/federated/wire/codecs.ts';
import { type Preset, presetOf } from './presets.ts';

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
  /** Share of the clients that send the opposite of what they should. */
  readonly liars: number;
}

/**
 * What computes the attention between clients. `simulated` is a GPU that the processor plays: for tests, and for whoever
 * has no other; it stands in no list, only in an address.
 */
export type Compute = 'processor' | 'gpu' | 'simulated';

export interface Configuration {
  /** The number of the lesson whose question is asked; null if none is. */
  readonly lesson: number | null;
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
  liars: 0,
};

export const defaultConfiguration: Configuration = {
  lesson: null,
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
  liars: [0, 0.5],
} as const satisfies Record<string, readonly [least: number, most: number]>;

/** Which moment of which run is on screen, as words for the address. */
export type Position = Readonly<Record<string, string>>;

/** The hash of an address, without `#`: only what differs from the defaults. */
export function toHash(configuration: Configuration, position: Position): string {
  const words = new URLSearchParams();
  const { a, b, lesson, ...shared } = configuration;
  const usual = asked(presetOf(lesson));
  if (lesson !== null) words.set('lesson', String(lesson));
  put(words, '', shared, usual);
  put(words, '', a, usual.a);
  if (b) {
    const usualB = usual.b ?? { ...a, recipe: b.recipe };
    if (!usual.b || b.recipe !== usual.b.recipe) words.set('b', b.recipe);
    put(words, 'b.', { ...b, recipe: usualB.recipe }, usualB);
  } else if (usual.b) words.set('b', 'off');
  for (const [name, value] of Object.entries(position)) words.set(name, value);
  return words.toString();
}

/** The whole configuration of a question. */
export function asked(preset: Preset | null): Configuration {
  if (preset === null) return defaultConfiguration;
  const a = { ...defaultVariant, ...preset.a };
  return {
    ...defaultConfiguration,
    ...{ ...preset.shared, lesson: preset.lesson, a, b: preset.b && { ...a, ...preset.b } },
  };
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
    liars: number('liars', usual.liars, prefix),
  });
  const whole = asked(presetOf(Number(words.get('lesson'))));
  const a = variant({ ...whole.a, recipe: known(words.get('recipe'), whole.a.recipe) }, '');
  const b = words.get('b');
  const usualB = whole.b ?? { ...a, recipe: 'fedmf' };
  return {
    configuration: {
      lesson: whole.lesson,
      data: words.get('data') === 'file' ? 'file' : 'synthetic',
      reading: words.get('reading') ?? whole.reading,
      users: number('users', whole.users),
      items: number('items', whole.items),
      groups: number('groups', whole.groups),
      seed: number('seed', whole.seed),
      rounds: number('rounds', whole.rounds),
      compute: readCompute(words.get('compute') ?? whole.compute),
      a,
      b:
        b === 'off' || (b === null && whole.b === null)
          ? null
          : variant({ ...usualB, recipe: known(b, usualB.recipe) }, 'b.'),
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
