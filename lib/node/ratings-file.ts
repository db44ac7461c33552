// Reads a ratings file from disk. In: a path; out: what `data/read-ratings.ts` makes of its bytes.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ByteFile, bytesFile } from '../data/byte-file.ts';
import { ParseError } from '../data/parse-error.ts';
import type { Ratings } from '../data/ratings.ts';
import { type ReadOptions, type ReadReport, readByteFile } from '../data/read-ratings.ts';

/**
 * Reads and parses a ratings file; `.gz` and `.zip` are unpacked.
 *
 * @throws ParseError naming the path (and the line): no such file, a folder, no permission, a cut or damaged `.gz` or `.zip`,
 * bytes that are no text, and all that `parseRatings` rejects
 * @throws RangeError if an option is unknown
 */
export async function readRatingsFile(
  path: string,
  options: ReadOptions = {},
): Promise<{ ratings: Ratings; report: ReadReport }> {
  const file = await openByteFile(path);
  return readByteFile(file, basename(path), { source: path, ...options });
}

async function openByteFile(path: string): Promise<ByteFile> {
  try {
    const facts = await stat(path);
    // A pipe has no size and can be read once only.
    if (!facts.isFile()) return bytesFile(await readFile(path));
    return { size: facts.size, read: (start, end) => readPart(path, start, end) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* readPart(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  try {
    yield* createReadStream(path, { start, end: end - 1, highWaterMark: 1 << 18 });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ParseError {
  const { code } = error as NodeJS.ErrnoException;
  return new ParseError(path, null, whyUnreadable(code));
}

function whyUnreadable(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, a file is needed';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read this file';
  return `this file cannot be read (${code ?? 'unknown reason'})`;
}
