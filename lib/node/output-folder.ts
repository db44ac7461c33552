// A folder that appears complete or not at all: everything is written under a temporary name beside it, and one
// rename publishes it. In: the wanted path; out: a place to write to until `publish`.
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OutputPathError, type Place, placeOf } from './output-path.ts';
import { isSystemError, whyRefused } from './system-error.ts';
import { partialName, removeAbandoned, removeAtExit } from './temporary.ts';

export interface OutputFolder {
  /** The path asked for. */
  readonly path: string;
  readonly place: Place;
  /** Where to write until the folder is published. */
  readonly temporary: string;
  /** Gives the folder its name. */
  publish(): Promise<void>;
  /** Removes everything that was made; does nothing once the folder is published. */
  discard(): Promise<void>;
}

/**
 * Prepares a new folder; missing parents are made.
 *
 * @throws OutputPathError if something other than an empty folder has this name, or if it cannot be made here
 */
export async function openOutputFolder(path: string): Promise<OutputFolder> {
  if (path === '') throw new OutputPathError('the output folder must have a name, got an empty text');
  const place = await orExplain(path, () => placeOf(path));
  const target = place.path;
  await expectAbsentOrEmpty(path, target);
  const parent = dirname(target);
  const partial = partialName(basename(target));
  const temporary = join(parent, partial.name);
  // The topmost parent that had to be made, if any.
  const topmostMade = await orExplain(path, () => mkdir(parent, { recursive: true }));
  try {
    await removeAbandoned(parent, partial.start);
    await orExplain(path, () => mkdir(temporary));
  } catch (error) {
    if (topmostMade) await removeEmptyFolders(parent, topmostMade);
    throw error;
  }
  const keep = removeAtExit(temporary);
  let isPublished = false;
  return {
    path,
    place,
    temporary,
    async publish() {
      await expectAbsentOrEmpty(path, target);
      await orExplain(path, async () => {
        await rmdir(target).catch(() => {}); // an empty folder of that name, which not every system renames over
        await rename(temporary, target);
      });
      keep();
      isPublished = true;
    },
    async discard() {
      if (isPublished) return;
      await rm(temporary, { recursive: true, force: true }).catch(() => {}); // its folder may be gone as well
      keep();
      if (topmostMade) await removeEmptyFolders(parent, topmostMade);
    },
  };
}

async function expectAbsentOrEmpty(path: string, target: string): Promise<void> {
  const found = await stat(target).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory()) {
    throw new OutputPathError(`the output folder ${path} is ${found.isFile() ? 'a file' : 'no folder'}`);
  }
  const entries = await orExplain(path, () => readdir(target));
  if (entries.length > 0) {
    const example = entries.sort()[0];
    throw new OutputPathError(`the output folder ${path} must be empty, it holds "${example}"`);
  }
}

/** Removes `lowest` and its parents up to `topmost`, until one holds something (another run's folder, say). */
async function removeEmptyFolders(lowest: string, topmost: string): Promise<void> {
  for (let folder = lowest; folder.length >= topmost.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function orExplain<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new OutputPathError(
      `the output folder ${path} cannot be written: ${whyRefused(error as NodeJS.ErrnoException)}`,
    );
  }
}
