// The options that `train` and `compare` share, and how they become settings. Values are read strictly here; whether
// a number is in range is the library's to say (`completeSettings`), in the words of the command line.
import { type Command, Option } from 'commander';
import type { Split } from '../data/split.ts';
import { loopNames } from '../fast/choose-loops.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { AnySetting } from '../federated/setting-kinds.ts';
import {
  completeSettings,
  type SettingName,
  type Settings,
  settingNames,
  settingTable,
} from '../federated/settings.ts';
import { placeOfData } from './data-place.ts';
import { flagOf, readCount, readName, readNumber, readNumberOr } from './read-value.ts';
import { addReadingOptions, type ReadingOptions, readingOptionsOf } from './reading-options.ts';
import type { RecipeChoice } from './recipe-choice.ts';
import { UsageError } from './usage-error.ts';

/** What `train` and `compare` are asked to do. */
export interface CommandOptions {
  readonly data: string;
  readonly reading: ReadingOptions;
  readonly preset: PresetName;
  /** Settings given one by one; they win over the preset and the recipe's own defaults. */
  readonly settings: Partial<Settings>;
  readonly backend: string | undefined;
  readonly workers: number;
  /** The address of a queue whose workers train. */
  readonly queue: string | undefined;
  readonly out: string | undefined;
  /** Where to write the report, besides the output folder. */
  readonly report: string | undefined;
  readonly json: boolean;
}

/** Several settings under one name. */
export const presets = {
  full: {},
  quick: { rounds: 40, serverLearningRate: 0.1, clusters: 6 },
} as const satisfies Record<string, Partial<Settings>>;
type PresetName = keyof typeof presets;

/** `placebo` belongs to the measurements of docs/reproduction.md: it would train a model on items that nobody took. */
const withheldWords = ['placebo'];

/** Reads a setting's value strictly; `off` stands for null, which commander takes for a missing value. */
function readSetting(name: SettingName, text: string): unknown {
  const flag = flagOf(name);
  const setting: AnySetting = settingTable[name];
  if (setting.kind === 'word') return readName(flag, text, offeredWords(setting.words));
  if (setting.kind === 'words') return text; // checked with the settings
  if (setting.or === undefined) return readNumber(flag, text);
  return readNumberOr(setting.or ?? 'off', flag, text);
}

function helpOf(setting: AnySetting): string {
  const { meaning, default: value } = setting;
  if (setting.kind === 'word')
    return `${meaning}: ${offeredWords(setting.words).join(', ')} (default: ${value})`;
  if (setting.kind === 'words')
    return `${meaning}: ${setting.words.join(', ')}, between commas (default: ${value})`;
  return `${meaning}${setting.or === null && value !== null ? ', or off' : ''} (default: ${value ?? 'off'})`;
}

function offeredWords(words: readonly string[]): string[] {
  return words.filter((word) => !withheldWords.includes(word));
}

/** Adds the shared options to a command. */
export function addRunOptions(command: Command): Command {
  const add = (group: string, flags: string, help: string, read: (text: string) => unknown) =>
    command.addOption(new Option(flags, help).argParser(read).helpGroup(group));
  const data = 'Data:';
  add(
    data,
    '--data <FILE>',
    'ratings file (.gz and .zip too), a name from data get, or synthetic (default: synthetic)',
    (text) => text,
  );
  addReadingOptions(command, data);
  const settings = 'Settings:';
  const presetNames = Object.keys(presets);
  add(
    settings,
    '--preset <NAME>',
    'full, or quick: 40 rounds with larger steps, 6 clusters (default: full)',
    (text) => readName('--preset', text, presetNames),
  );
  addSettingOptions(command, settings);
  const machine = 'Machine:';
  add(
    machine,
    '--backend <NAME>',
    'loops of a run: plain (the taught code only, no WebAssembly), tiled, simd (default: the fastest); webgpu: attention on a GPU, if there is one',
    readBackend,
  );
  add(machine, '--workers <N>', 'threads beside the main one (default: 0)', (text) =>
    readCount('--workers', text, 0, 256),
  );
  add(
    machine,
    '--queue <URL>',
    'let the workers of a NATS server train, such as nats://localhost:4222; see docs/many-machines.md',
    (text) => text,
  );
  const output = 'Output:';
  add(output, '--out <DIR>', 'a new folder for report.html, run.json and model.safetensors', (text) => text);
  add(output, '--report <FILE>', 'the report alone: one page that opens without network', (text) => text);
  command.addOption(new Option('--json', 'JSON on stdout instead of text').helpGroup(output));
  return command;
}

/** Adds an option for each setting. */
export function addSettingOptions(command: Command, group: string): void {
  for (const name of settingNames) {
    const flags = `${flagOf(name)} <${settingTable[name].symbol}>`;
    const option = new Option(flags, helpOf(settingTable[name])).argParser((text: string) =>
      readSetting(name, text),
    );
    command.addOption(option.helpGroup(group));
  }
}

/** Those of commander's values that are settings. */
export function settingsGiven(given: Record<string, unknown>): Partial<Settings> {
  const settings = settingNames
    .filter((name) => given[name] !== undefined)
    .map((name) => [name, isAbsent(name, given[name]) ? null : given[name]]);
  return Object.fromEntries(settings) as Partial<Settings>;
}

function readBackend(text: string): string {
  if (text === 'naive')
    throw new UsageError('--backend naive is now called plain: it executes the taught code only');
  return readName('--backend', text, [...loopNames, 'webgpu']);
}

/** Whether `off` stands for no number at all; among words it is one of them. */
function isAbsent(name: SettingName, value: unknown): boolean {
  return value === 'off' && settingTable[name].kind !== 'word' && settingTable[name].kind !== 'words';
}

/** Sorts what commander has read. */
export function commandOptionsOf(given: Record<string, unknown>): CommandOptions {
  return {
    data: (given.data as string | undefined) ?? 'synthetic',
    reading: readingOptionsOf(given),
    preset: (given.preset as PresetName | undefined) ?? 'full',
    settings: settingsGiven(given),
    backend: given.backend as string | undefined,
    workers: (given.workers as number | undefined) ?? 0,
    queue: given.queue as string | undefined,
    out: given.out as string | undefined,
    report: given.report as string | undefined,
    json: given.json === true,
  };
}

/** The files that a run reads. */
export function inputsOf({ data }: CommandOptions, choices: readonly RecipeChoice[]): string[] {
  const modules = choices.flatMap(({ module }) => module ?? []);
  return data === 'synthetic' ? modules : [placeOfData(data).path, ...modules];
}

/**
 * The settings of a recipe's run: the preset, over it the recipe's defaults, over them what was given one by one.
 *
 * @throws UsageError naming the option whose value is out of range
 */
export function settingsFor(recipe: Recipe, options: CommandOptions, seed?: number): Settings {
  const preset: Partial<Settings> = presets[options.preset];
  return checkedSettings(preset, recipe.defaults, options.settings, recipe.fixed, { seed });
}

/** Complete settings. @throws UsageError naming the option whose value is out of range */
export function checkedSettings(...layers: readonly (Partial<Settings> | undefined)[]): Settings {
  try {
    return completeSettings(...layers);
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
