// A folder that appears complete or not at all: everything is written under a temporary name beside it, and one
// rename publishes it. In: the wanted path; out: a place to write to until `publish`.
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** A path that cannot become the output folder; `message` says why. */
export class OutputFolderError extends Error {
  override readonly name = 'OutputFolderError';
}

export interface OutputFolder {
  /** The path asked for. */
  readonly path: string;
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
 * @throws OutputFolderError if something other than an empty folder has this name, or if it cannot be made here
 */
export async function openOutputFolder(path: string): Promise<OutputFolder> {
  const target = resolve(path);
  await expectAbsentOrEmpty(path, target);
  const temporary = join(dirname(target), `.${basename(target)}.partial-${process.pid}`);
  const parent = dirname(target);
  // The topmost parent that had to be made, if any.
  const topmostMade = await orExplain(path, () => mkdir(parent, { recursive: true }));
  try {
    await removeAbandoned(target);
    await orExplain(path, () => mkdir(temporary));
  } catch (error) {
    if (topmostMade) await removeEmptyFolders(parent, topmostMade);
    throw error;
  }
  let isPublished = false;
  return {
    path,
    temporary,
    async publish() {
      await expectAbsentOrEmpty(path, target);
      await orExplain(path, async () => {
        await rmdir(target).catch(() => {}); // an empty folder of that name, which not every system renames over
        await rename(temporary, target);
      });
      isPublished = true;
    },
    async discard() {
      if (isPublished) return;
      await rm(temporary, { recursive: true, force: true });
      if (topmostMade) await removeEmptyFolders(parent, topmostMade);
    },
  };
}

/** Removes what processes that are gone (killed, say) have left of the same folder. */
async function removeAbandoned(target: string): Promise<void> {
  const parent = dirname(target);
  const start = `.${basename(target)}.partial-`;
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(start) || isAlive(Number(name.slice(start.length)))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Whether a process has this number; a number that is none counts as alive, so that nobody's folder is removed. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function expectAbsentOrEmpty(path: string, target: string): Promise<void> {
  const found = await stat(target).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory()) throw new OutputFolderError(`the output folder ${path} is a file`);
  const entries = await orExplain(path, () => readdir(target));
  if (entries.length > 0) {
    const example = entries.sort()[0];
    throw new OutputFolderError(`the output folder ${path} must be empty, it holds "${example}"`);
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
    const { code } = error as NodeJS.ErrnoException;
    throw new OutputFolderError(`the output folder ${path} cannot be written: ${whyUnwritable(code)}`);
  }
}

function whyUnwritable(code: string | undefined): string {
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'no permission to write here';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a part of its path is a file';
  if (code === 'ENOSPC') return 'the disk is full';
  return code ?? 'unknown reason';
}
