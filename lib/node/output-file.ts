// A file that is complete or untouched: checked before any work begins, written under a temporary name beside it, synced,
// and renamed. A link is followed, so that what it names is replaced, never the link.
import { access, chmod, constants, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { existingFolder, OutputPathError, type Place, placeOf } from './output-path.ts';
import { isSystemError, whyRefused } from './system-error.ts';
import { partialName, removeAbandoned, removeAtExit } from './temporary.ts';

export interface OutputFile {
  /** The path asked for. */
  readonly path: string;
  readonly place: Place;
  /** Puts the contents there; on failure the system's error, and what was there stays. */
  write(contents: string | Uint8Array): Promise<void>;
}

/**
 * Checks that a file can be written; missing folders are made when it is.
 *
 * @param what how errors call it, for example `--report`
 * @throws OutputPathError if the path is empty or a folder, device, pipe or socket, or cannot be written
 */
export async function openOutputFile(what: string, path: string): Promise<OutputFile> {
  if (path === '') throw new OutputPathError(`${what} must name a file, got an empty text`);
  if (path.includes('\0')) throw new OutputPathError(`${what} must name a file, got a name with a NUL`);
  try {
    const place = await placeOf(path);
    expectFile(what, path, place);
    if (place.found) await access(place.path, constants.W_OK);
    await expectFolderTakes(place.path);
    return { path, place, write: (contents) => writeWhole(place.path, contents) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new OutputPathError(`${what} cannot write ${path}: ${whyRefused(error)}`);
  }
}

/** Writes a file under a temporary name and renames it; missing folders are made, permissions stay. */
export async function writeWhole(path: string, contents: string | Uint8Array): Promise<void> {
  const { path: target, found } = await placeOf(path);
  await mkdir(dirname(target), { recursive: true });
  const temporary = join(dirname(target), partialName(basename(target)).name);
  const keep = removeAtExit(temporary);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    if (found) await chmod(temporary, found.mode & 0o777);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  } finally {
    keep();
  }
}

function expectFile(what: string, path: string, { found }: Place): void {
  const rule = `${what} must name a file`;
  if (found?.isDirectory()) throw new OutputPathError(`${rule}, ${path} is a folder`);
  if (/[/\\]$/.test(path)) throw new OutputPathError(`${rule}, got ${path}, which ends like a folder`);
  if (found && !found.isFile()) {
    const kind = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
    throw new OutputPathError(`${rule}, ${path} is ${kind}`);
  }
}

/** Makes and removes an empty file where the new one, or its folders, will be. */
async function expectFolderTakes(target: string): Promise<void> {
  const folder = await existingFolder(target);
  const { start, name } = partialName(basename(target));
  await removeAbandoned(folder, start);
  const probe = join(folder, name);
  await writeFile(probe, '');
  await rm(probe, { force: true });
}
