// Everything that a command writes to disk: checked together before any work begins, and written so that a failure at the
// end costs that output alone. What failed is told after the results are printed.
import { fstatSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type OutputFile, openOutputFile } from '../node/output-file.ts';
import { type OutputFolder, openOutputFolder } from '../node/output-folder.ts';
import { OutputPathError, type Place, placeOf } from '../node/output-path.ts';
import { isSystemError, whyRefused } from '../node/system-error.ts';
import { watchInterrupt } from './interrupt.ts';
import { OutputFailure } from './usage-error.ts';

/** What is asked for; `inputs` are files that the command reads. */
export interface WantedOutputs {
  readonly out?: string;
  readonly report?: string;
  readonly trace?: string;
  readonly inputs: readonly string[];
}

export interface Outputs {
  readonly folder: OutputFolder | null;
  readonly report: OutputFile | null;
  readonly trace: OutputFile | null;
  /** Whether anything is written at all. */
  readonly isAny: boolean;
  /** Writes one thing; false, and remembered, where the system refuses. After that the folder is not written to again. */
  attempt(what: string, write: () => Promise<void>): Promise<boolean>;
  /** Whether something has failed. */
  hasFailed(what: string): boolean;
  /** @throws OutputFailure naming everything that could not be written */
  expectAllWritten(): void;
  /** Removes what is not complete. */
  discard(): Promise<void>;
}

/**
 * Checks the outputs of a command before it reads its data, and leaves nothing behind.
 *
 * @throws OutputPathError as `openOutputs` does
 */
export async function expectOutputs(wanted: WantedOutputs): Promise<void> {
  const interrupt = watchInterrupt(); // no signal may come between making and removing
  try {
    const outputs = await openOutputs(wanted);
    await outputs.discard();
    await interrupt.check();
  } finally {
    interrupt.stop();
  }
}

/**
 * Opens the outputs of a command.
 *
 * @throws OutputPathError if one cannot be written, is also read, or is named twice, under whatever names
 */
export async function openOutputs(wanted: WantedOutputs): Promise<Outputs> {
  const report = wanted.report === undefined ? null : await openOutputFile('--report', wanted.report);
  const trace = wanted.trace === undefined ? null : await openOutputFile('--trace', wanted.trace);
  const files = [report && named('--report', report), trace && named('--trace', trace)].filter(
    (file) => file !== null,
  );
  await expectNoInput(files, wanted.inputs);
  const out = wanted.out === undefined || wanted.out === '' ? null : await outPlace(wanted.out);
  expectDifferent(files, out);
  const folder = wanted.out === undefined ? null : await openOutputFolder(wanted.out);
  const failures = new Map<string, string>();
  return {
    ...{ folder, report, trace },
    isAny: folder !== null || files.length > 0,
    async attempt(what, write) {
      if (failures.has(what)) return false;
      try {
        await write();
        return true;
      } catch (error) {
        if (error instanceof OutputPathError) failures.set(what, error.message);
        else if (isSystemError(error)) failures.set(what, `${what} cannot be written: ${whyRefused(error)}`);
        else throw error;
        return false;
      }
    },
    hasFailed: (what) => failures.has(what),
    expectAllWritten() {
      if (failures.size > 0) throw new OutputFailure([...failures.values()].join('; '));
    },
    discard: async () => folder?.discard(),
  };
}

/** The path of the folder that was written; null if none was, or it failed. */
export function writtenFolder({ folder, hasFailed }: Outputs): string | null {
  return folder && !hasFailed(`the output folder ${folder.path}`) ? folder.path : null;
}

/** The path of the report that a person would open: the one asked for, else that in the folder. */
export function writtenReport(outputs: Outputs): string | null {
  const { report, hasFailed } = outputs;
  if (report) return hasFailed(`--report ${report.path}`) ? null : report.path;
  const folder = writtenFolder(outputs);
  return folder === null ? null : join(folder, 'report.html');
}

interface NamedPlace {
  readonly flag: string;
  readonly path: string;
  readonly place: Place;
}

function named(flag: string, { path, place }: { path: string; place: Place }): NamedPlace {
  return { flag, path, place };
}

async function outPlace(path: string): Promise<NamedPlace | null> {
  const place = await placeOf(path).catch(() => null); // why not is for `openOutputFolder` to say
  return place && { flag: '--out', path, place };
}

async function expectNoInput(files: readonly NamedPlace[], inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    const place = await placeOf(input).catch(() => null);
    const over = place && files.find((file) => file.place.key === place.key);
    if (over)
      throw new OutputPathError(`${over.flag} ${over.path} would overwrite ${input}, which this run reads`);
  }
}

function expectDifferent(files: readonly NamedPlace[], out: NamedPlace | null): void {
  const printed = standardOutput();
  const all = [...files, ...(out ? [out] : []), ...(printed ? [printed] : [])];
  all.forEach((one, index) => {
    const other = all.slice(0, index).find(({ place }) => place.key === one.place.key);
    if (other) throw twice(other, one);
  });
  for (const file of files) {
    if (!out) return;
    const isInside = [out.place.path, `${out.place.path}.checkpoints`].some((folder) =>
      file.place.path.startsWith(folder.endsWith(sep) ? folder : folder + sep),
    );
    const isAround = out.place.path.startsWith(file.place.path + sep);
    if (isInside || isAround) throw twice(out, file);
  }
}

/** Where standard output goes, if it is a file. */
function standardOutput(): NamedPlace | null {
  try {
    const found = fstatSync(1);
    if (!found.isFile()) return null;
    const place = { path: '', found, key: `${found.dev}:${found.ino}` };
    return { flag: 'standard output', path: 'to a file', place };
  } catch {
    return null;
  }
}

function twice(one: NamedPlace, other: NamedPlace): OutputPathError {
  return new OutputPathError(
    `${one.flag} ${one.path} and ${other.flag} ${other.path} must be different places, one would replace the other`,
  );
}
