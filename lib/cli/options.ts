// The options that `train` and `compare` share, and how they become settings. Values are read strictly here; whether
// a number is in range is the library's to say (`completeSettings`), in the words of the command line.
import { type Command, Option } from 'commander';
import { ratingsFormats } from '../data/formats.ts';
import type { Split } from '../data/split.ts';
import { backendNames } from '../fast/backends.ts';
import type { Recipe } from '../federated/recipe.ts';
import { completeSettings, defaultSettings, type Settings } from '../federated/settings.ts';
import { readCount, readName, readNumber, readNumberOr } from './read-value.ts';
import { UsageError } from './usage-error.ts';

/** What `train` and `compare` are asked to do. */
export interface RunOptions {
  readonly data: string;
  readonly format: string;
  readonly preset: PresetName;
  /** Settings given one by one; they win over the preset and the recipe's own defaults. */
  readonly settings: Partial<Settings>;
  readonly backend: string | undefined;
  readonly workers: number;
  readonly out: string | undefined;
  /** Where to write the report, besides the output folder. */
  readonly report: string | undefined;
  readonly json: boolean;
}

/** Several settings under one name. */
const presets = {
  full: {},
  quick: { rounds: 40, serverLearningRate: 0.1 },
} as const satisfies Record<string, Partial<Settings>>;
type PresetName = keyof typeof presets;

type Reader = (flag: string, text: string) => unknown;

/** A setting that can be given on the command line; the flag is its name in hyphens. */
interface SettingOption {
  readonly setting: keyof Settings;
  readonly value: string;
  readonly read: Reader;
  readonly help: string;
}

const number: Reader = (flag, text) => readNumber(flag, text);
const numberOr =
  (word: string): Reader =>
  (flag, text) =>
    readNumberOr(word, flag, text);
const oneOf =
  (names: readonly string[]): Reader =>
  (flag, text) =>
    readName(flag, text, names);

const settingOptions: readonly SettingOption[] = [
  { setting: 'rounds', value: 'N', read: number, help: 'federated rounds' },
  { setting: 'seed', value: 'S', read: number, help: 'everything random follows from it' },
  { setting: 'factors', value: 'd', read: number, help: 'length of a user vector' },
  { setting: 'rank', value: 'r', read: number, help: "rank of the server's step on its way down" },
  { setting: 'clusters', value: 'K', read: numberOr('auto'), help: 'K-means clusters of clients' },
  {
    setting: 'probes',
    value: 'P',
    read: numberOr('auto'),
    help: 'nearest clusters that are attended to',
  },
  { setting: 'heads', value: 'h', read: number, help: 'attention heads' },
  { setting: 'temperature', value: 'T', read: number, help: 'temperature of the attention' },
  { setting: 'mix', value: 'BETA', read: numberOr('auto'), help: 'weight of the personal part' },
  { setting: 'tokenMemory', value: 'M', read: number, help: "weight of the past in a client's token" },
  {
    setting: 'recency',
    value: 'TAU',
    read: numberOr('off'),
    help: 'private re-fit to the recent past, or off',
  },
  { setting: 'dropout', value: 'P', read: number, help: 'probability that a client misses a round' },
  { setting: 'silentShare', value: 'P', read: number, help: 'share of clients that fall silent for good' },
  { setting: 'silentAfter', value: 'N', read: number, help: 'the round after which they do' },
  { setting: 'codec', value: 'NAME', read: oneOf(['float32', 'int8']), help: 'how numbers travel up' },
  { setting: 'negatives', value: 'N', read: number, help: 'negatives drawn per positive' },
  {
    setting: 'localSteps',
    value: 'N',
    read: number,
    help: "steps of the user vector before the items' gradient",
  },
  { setting: 'clientLearningRate', value: 'RATE', read: number, help: "learning rate of the clients' Adam" },
  {
    setting: 'serverLearningRate',
    value: 'RATE',
    read: number,
    help: "learning rate of the server's optimiser",
  },
  { setting: 'regularization', value: 'L', read: number, help: 'pull of user vectors towards 0' },
  {
    setting: 'refreshEvery',
    value: 'N',
    read: number,
    help: 'rounds between two refreshes of the attention',
  },
  { setting: 'evaluateEvery', value: 'N', read: number, help: 'rounds between two evaluations' },
  {
    setting: 'epsilon',
    value: 'E',
    read: numberOr('off'),
    help: 'privacy budget of all rounds together: updates are clipped and get noise',
  },
  { setting: 'delta', value: 'D', read: number, help: 'δ that goes with ε' },
  {
    setting: 'clip',
    value: 'C',
    read: numberOr('off'),
    help: "largest norm of a client's update; with --epsilon 1 unless told",
  },
  {
    setting: 'noise',
    value: 'NAME',
    read: oneOf(['gaussian', 'laplace']),
    help: 'which noise ε is kept with',
  },
  {
    setting: 'padding',
    value: 'M',
    read: number,
    help: 'decoys per positive that hide the rows of an update',
  },
  {
    setting: 'protocol',
    value: 'NAME',
    read: oneOf(['leak-free', 'released']),
    help: 'leak-free, or released: the leak of published code, for the lesson only',
  },
];

/** Adds the shared options to a command. */
export function addRunOptions(command: Command): Command {
  const add = (group: string, flags: string, help: string, read: (text: string) => unknown) =>
    command.addOption(new Option(flags, help).argParser(read).helpGroup(group));
  const data = 'Data:';
  add(data, '--data <FILE>', 'ratings file (.gz too), or synthetic (default: synthetic)', (text) => text);
  const formats = ['auto', ...ratingsFormats];
  add(data, '--format <NAME>', `one of ${formats.join(', ')} (default: auto)`, (text) =>
    readName('--format', text, formats),
  );
  const settings = 'Settings:';
  const presetNames = Object.keys(presets);
  add(settings, '--preset <NAME>', 'full, or quick: 40 rounds with larger steps (default: full)', (text) =>
    readName('--preset', text, presetNames),
  );
  for (const { setting, value, read, help } of settingOptions) {
    const flag = flagOf(setting);
    add(settings, `${flag} <${value}>`, `${help} (default: ${defaultSettings[setting] ?? 'off'})`, (text) =>
      read(flag, text),
    );
  }
  const machine = 'Machine:';
  add(
    machine,
    '--backend <NAME>',
    `matrix products: ${backendNames.join(', ')} (default: the fastest); webgpu: attention on a GPU, if there is one`,
    (text) => readName('--backend', text, [...backendNames, 'webgpu']),
  );
  add(machine, '--workers <N>', 'threads beside the main one (default: 0)', (text) =>
    readCount('--workers', text, 0, 256),
  );
  const output = 'Output:';
  add(output, '--out <DIR>', 'a new folder for report.html, run.json and model.safetensors', (text) => text);
  add(output, '--report <FILE>', 'the report alone: one page that opens without network', (text) => text);
  command.addOption(new Option('--json', 'JSON on stdout instead of text').helpGroup(output));
  return command;
}

/** Sorts what commander has read. */
export function runOptionsOf(given: Record<string, unknown>): RunOptions {
  const settings = settingOptions
    .filter(({ setting }) => given[setting] !== undefined)
    .map(({ setting }) => [setting, given[setting] === 'off' ? null : given[setting]]);
  return {
    data: (given.data as string | undefined) ?? 'synthetic',
    format: (given.format as string | undefined) ?? 'auto',
    preset: (given.preset as PresetName | undefined) ?? 'full',
    settings: Object.fromEntries(settings) as Partial<Settings>,
    backend: given.backend as string | undefined,
    workers: (given.workers as number | undefined) ?? 0,
    out: given.out as string | undefined,
    report: given.report as string | undefined,
    json: given.json === true,
  };
}

/**
 * The settings of a recipe's run: the preset, over it the recipe's defaults, over them what was given one by one.
 *
 * @throws UsageError naming the option whose value is out of range
 */
export function settingsFor(recipe: Recipe, options: RunOptions, seed?: number): Settings {
  const wanted = { ...presets[options.preset], ...recipe.defaults, ...options.settings, ...recipe.fixed };
  try {
    return completeSettings(seed === undefined ? wanted : { ...wanted, seed });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message.replace(/^settings: (\w+)/, (_, setting: string) => flagOf(setting)));
  }
}

/**
 * What can only be checked when the data are known.
 *
 * @throws UsageError naming the option
 */
export function expectFits({ clusters, probes }: Settings, { train }: Split): void {
  if (clusters !== 'auto' && clusters > train.users) {
    throw new UsageError(
      `--clusters must be at most the number of clients (${train.users}), got ${clusters}`,
    );
  }
  if (clusters !== 'auto' && probes !== 'auto' && probes > clusters) {
    throw new UsageError(`--probes must be at most the number of clusters (${clusters}), got ${probes}`);
  }
}

function flagOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
