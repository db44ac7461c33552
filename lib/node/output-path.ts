// Where a path really leads, before anything is written there: links are followed to what they name, and a place that
// does not exist yet is known by the nearest folder that does. In: paths; out: places that can be compared.

import type { Stats } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** A path that cannot become an output; `message` says why. */
export class OutputPathError extends Error {
  override readonly name = 'OutputPathError';
}

/** Where something lies or will lie. */
export interface Place {
  /** The full path, with links followed. */
  readonly path: string;
  /** What is there now. */
  readonly found: Stats | null;
  /** The same for all names of one place: device and number of the file or of its nearest folder, then the rest. */
  readonly key: string;
}

const MOST_LINKS = 40;

/**
 * Follows a path to its place.
 *
 * @throws the system's error where a folder on the way is a file, may not be entered, or links lead in a circle
 */
export async function placeOf(path: string): Promise<Place> {
  let target = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const link = await readlink(target).catch(() => null);
    if (link === null) break;
    target = resolve(dirname(target), link);
  }
  const found = await statOrNull(target);
  if (found) return { path: target, found, key: `${found.dev}:${found.ino}` };
  let [folder, rest] = [dirname(target), basename(target)];
  for (;;) {
    const parent = await statOrNull(folder);
    if (parent) {
      return { path: target, found: null, key: `${parent.dev}:${parent.ino}/${rest}` };
    }
    [folder, rest] = [dirname(folder), join(basename(folder), rest)];
  }
}

/** The nearest folder of a place that exists. */
export async function existingFolder(path: string): Promise<string> {
  let folder = dirname(path);
  while (!(await statOrNull(folder))) folder = dirname(folder);
  return folder;
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
