// A trained model on disk, complete in itself: `recommend` and `evaluate` need nothing but this folder.
//   run.json           what was run on what, with which settings, and what came out; checksums of the other files
//   model.safetensors  every array of the run's memory, and the split (`split.*`): who trained on which items
//   ids.json           the users' and items' ids as they stand in the data, in the order of their numbers
// In: a finished run; out: a folder. And back: a folder; out: a program that scores as it did when it was saved.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../data/split.ts';
import { chooseLoops } from '../fast/choose-loops.ts';
import { Memory, NOTE, type StateArrays } from '../federated/memory.ts';
import type { Program, Recipe, Setup } from '../federated/recipe.ts';
import { completeSettings, type Settings } from '../federated/settings.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { decodeSafetensors, encodeSafetensors, SafetensorsError } from '../numeric/safetensors.ts';
import { allParts } from '../training/parts.ts';
import { modelTensors, splitOf, splitTensors } from './model-tensors.ts';

/** A folder that holds no usable run; `message` says why. */
export class SavedRunError extends Error {
  override readonly name = 'SavedRunError';
}

/** What must be known of a run to use its model again. */
export interface RunFacts {
  /** Version of the package that trained it. */
  readonly fedtlrec: string;
  readonly recipe: string;
  /** The file that exports the recipe, if it is not one of the library's. */
  readonly recipeModule: string | null;
  readonly settings: Settings;
  /** β of the personal part that did best on validation. */
  readonly mix: number;
  /** How much what tends to come next counted; null or absent without windows. */
  readonly order?: Order | null;
  /** SHA-256 of the parameters. */
  readonly digest: string;
}

/** What a reader relies on in `run.json`; the run's figures stand there too, for people and plots. */
export interface RunDocument extends RunFacts {
  /** Version of this folder's layout. */
  readonly format: 1;
  readonly dataset: { readonly name: string; readonly ordered: boolean; readonly skippedUsers: number };
  /** SHA-256 of the files beside this one. */
  readonly files: Readonly<Record<string, string>>;
}

/** The ids behind the numbers. */
export interface Ids {
  readonly users: readonly string[];
  readonly items: readonly string[];
}

/** A run to be saved. */
export interface RunToSave {
  readonly facts: RunFacts;
  /** Whatever else `run.json` is to say. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly memory: Memory;
  readonly split: Split;
  readonly ids: Ids;
}

/** A run read from a folder. */
export interface SavedRun {
  readonly document: RunDocument;
  readonly arrays: StateArrays;
  readonly split: Split;
  readonly ids: Ids;
}

const MODEL_FILE = 'model.safetensors';
const IDS_FILE = 'ids.json';
const RUN_FILE = 'run.json';

/** Writes a run into an existing folder. */
export async function saveRun(folder: string, run: RunToSave): Promise<void> {
  const { facts, split } = run;
  const contents = {
    [MODEL_FILE]: encodeSafetensors({
      tensors: { ...modelTensors(run.memory, split), ...splitTensors(split) },
      metadata: { recipe: facts.recipe, digest: facts.digest, fedtlrec: facts.fedtlrec },
    }),
    [IDS_FILE]: new TextEncoder().encode(JSON.stringify(run.ids)),
  };
  const files: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(contents)) {
    files[name] = sha256(bytes);
    await writeFile(join(folder, name), bytes, { flush: true });
  }
  const { name, ordered, skippedUsers } = split;
  const document: RunDocument = { format: 1, ...facts, dataset: { name, ordered, skippedUsers }, files };
  await writeDocument(join(folder, RUN_FILE), { ...document, ...run.figures });
}

/** Writes JSON that people can read: one line a field, and one an entry where a field is a list of objects. */
export async function writeDocument(path: string, document: object): Promise<void> {
  const fields = Object.entries(document).filter(([, value]) => value !== undefined);
  const lines = fields.map(([name, value]) => `  ${JSON.stringify(name)}: ${fieldText(value)}`);
  await writeFile(path, `{\n${lines.join(',\n')}\n}\n`, { flush: true });
}

function fieldText(value: unknown): string {
  if (!Array.isArray(value) || typeof value[0] !== 'object') return JSON.stringify(value);
  return `[\n${value.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}

/**
 * Reads a run and checks everything: the files are there, whole and unaltered, and fit each other.
 *
 * @throws SavedRunError naming the file and the reason
 */
export async function readRun(folder: string): Promise<SavedRun> {
  const document = checkDocument(folder, await readJson(folder, RUN_FILE));
  const modelBytes = await readBytes(folder, MODEL_FILE);
  const { tensors } = rejecting(folder, MODEL_FILE, () => decodeSafetensors(modelBytes));
  expectUnaltered(folder, MODEL_FILE, modelBytes, document);
  expectUnaltered(folder, IDS_FILE, await readBytes(folder, IDS_FILE), document);
  const ids = (await readJson(folder, IDS_FILE)) as Ids;
  const arrays: StateArrays = {};
  for (const [name, { data }] of Object.entries(tensors)) if (!name.startsWith('split.')) arrays[name] = data;
  const split = rejecting(folder, MODEL_FILE, () =>
    splitOf(tensors, document.dataset, ids.users.length, ids.items.length),
  );
  return { document, arrays, split, ids };
}

/**
 * Builds the program again over a saved run's arrays.
 *
 * @throws SavedRunError if the arrays are not those that the recipe needs with these settings
 */
export function restoreProgram(
  folder: string,
  run: SavedRun,
  recipe: Recipe,
): { program: Program; setup: Setup } {
  const saved = new Set(Object.keys(run.arrays));
  return rejecting(folder, MODEL_FILE, () => {
    const memory = new Memory(false, { ...run.arrays });
    const { split } = run;
    const setup = { split, settings: run.document.settings, memory, loops: chooseLoops(), ...allParts };
    const program = recipe.create(setup);
    const missing = Object.keys(memory.arrays).find((name) => !saved.has(name) && !name.startsWith(NOTE));
    if (missing !== undefined) throw new SafetensorsError(`the array ${missing} is missing`);
    return { program, setup };
  });
}

function checkDocument(folder: string, document: unknown): RunDocument {
  const { format, recipe, digest, mix, settings, dataset, files } = (document ?? {}) as Record<
    string,
    unknown
  >;
  const reject = (reason: string) => {
    throw new SavedRunError(`${join(folder, RUN_FILE)}: ${reason}`);
  };
  if (format !== 1) {
    const isComparison = typeof document === 'object' && document !== null && 'recipes' in document;
    const hint = isComparison ? '; this is a comparison, name the folder of one of its recipes' : '';
    reject(`the format must be 1, got ${JSON.stringify(format) ?? 'none'}${hint}`);
  }
  if (typeof recipe !== 'string' || typeof digest !== 'string') reject('recipe and digest must be text');
  if (typeof mix !== 'number') reject('mix must be a number');
  for (const [name, part] of Object.entries({ settings, dataset, files })) {
    if (typeof part !== 'object' || part === null) reject(`${name} must be an object`);
  }
  const complete = rejecting(folder, RUN_FILE, () =>
    completeSettings({ windows: 'off' }, settings as Settings),
  );
  return { ...(document as RunDocument), settings: complete };
}

function expectUnaltered(folder: string, file: string, bytes: Uint8Array, { files }: RunDocument): void {
  if (sha256(bytes) !== files[file]) {
    throw new SavedRunError(
      `${join(folder, file)}: the file was altered, its checksum is not the one in ${RUN_FILE}`,
    );
  }
}

async function readJson(folder: string, file: string): Promise<unknown> {
  const bytes = await readBytes(folder, file);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new SavedRunError(`${join(folder, file)}: this is not JSON`);
  }
}

async function readBytes(folder: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    const reason = isAbsent
      ? 'there is no such file; a model folder is what --out has written'
      : `not readable (${code})`;
    throw new SavedRunError(`${join(folder, file)}: ${reason}`);
  }
}

/** Tells broken rules of the arrays as a fault of the file. */
function rejecting<T>(folder: string, file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SafetensorsError || error instanceof RangeError) {
      throw new SavedRunError(`${join(folder, file)}: ${error.message}`);
    }
    throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
