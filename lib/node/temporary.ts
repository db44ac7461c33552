// What is written under a temporary name until it is complete: gone when the process ends in whatever way it can still
// notice, and swept by the next one where it could not.

import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The temporary name of something that will be called `name`, and the start that all such names share. */
export function partialName(name: string): { start: string; name: string } {
  const start = `.${name.slice(0, 60)}.partial-`;
  return { start, name: `${start}${process.pid}` };
}

/**
 * Removes a file or folder when the process exits.
 *
 * @returns takes that back
 */
export function removeAtExit(path: string): () => void {
  const remove = () => {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // its folder may be gone, or closed: nothing more can be done on the way out
    }
  };
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
  };
}

/** Removes what processes that are gone (killed, say) have left in a folder under names with this start. */
export async function removeAbandoned(folder: string, start: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(start) || isAlive(Number(name.slice(start.length)))) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {}); // may be another user's
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
