// The user's own copies of published data sets, in the folder where the system keeps such things.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { DataSource } from './data-sources.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** FEDTLREC_CACHE, else `fedtlrec` in the system's cache folder. */
export function cacheFolder(environment: Environment = process.env, platform = process.platform): string {
  if (environment.FEDTLREC_CACHE) return environment.FEDTLREC_CACHE;
  return join(systemCache(environment, platform), 'fedtlrec');
}

function systemCache(environment: Environment, platform: string): string {
  if (platform === 'win32') return environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return environment.XDG_CACHE_HOME || join(homedir(), '.cache');
}

/** Where a data set's archive lies once it was fetched. */
export function cachedArchive({ url }: DataSource, folder = cacheFolder()): string {
  return join(folder, basename(new URL(url).pathname));
}

/** The file beside an archive that records its SHA-256. */
export function checksumFile(archive: string): string {
  return `${archive}.sha256`;
}

/** The checksum that an archive must have: the one of the table, else that of the first download, else none. */
export async function expectedChecksum({ sha256 }: DataSource, archive: string): Promise<string | null> {
  if (sha256) return sha256;
  const recorded = await readFile(checksumFile(archive), 'utf8').catch(() => '');
  return /^[0-9a-f]{64}$/.test(recorded.trim()) ? recorded.trim() : null;
}
