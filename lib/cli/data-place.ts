// What `--data` names: the embedded set, a file, or a published data set that was fetched into the cache. A file of that
// name wins.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { cachedArchive } from '../node/data-cache.ts';
import { type DataSource, dataSource } from '../node/data-sources.ts';
import { UsageError } from './usage-error.ts';

/** Where data lie, and the source that they were fetched from, if they were. */
export interface DataPlace {
  readonly path: string;
  readonly source: DataSource | null;
}

/**
 * The file that `--data` stands for.
 *
 * @throws UsageError if it is the name of a data set that was not fetched yet
 */
export function placeOfData(data: string): DataPlace {
  const source = dataSource(data);
  if (!source || existsSync(data)) return { path: data, source: null };
  const path = cachedArchive(source);
  if (existsSync(path)) return { path, source };
  throw new UsageError(
    `there is no file ${data} here, and the data set is not in the cache: "fedtlrec data get ${data}" fetches it`,
  );
}

/** `--data` as it can be asked for again from any folder. */
export function resolvedData(data: string): string {
  return data === 'synthetic' || placeOfData(data).source ? data : resolve(data);
}
