// Reads a ratings file from disk: plain or gzip, UTF-8 or Latin-1. In: a path; out: what `data/parse.ts` makes of it.
import { constants } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ParseError, type RatingsFormat } from '../data/formats.ts';
import { type ParseReport, parseRatings } from '../data/parse.ts';
import type { Ratings } from '../data/ratings.ts';

export interface ReadOptions {
  /** The format; found from the first lines unless told. */
  format?: RatingsFormat | 'auto';
  /** What the data set is called; the file's name without `.gz` unless told. */
  name?: string;
}

/**
 * Reads and parses a ratings file; `.gz` is unpacked.
 *
 * @throws ParseError naming the path (and the line): no such file, a folder, no permission, a cut or damaged `.gz`, a
 * file of more than 512 MB of text, and all that `parseRatings` rejects
 */
export async function readRatingsFile(
  path: string,
  options: ReadOptions = {},
): Promise<{ ratings: Ratings; report: ParseReport }> {
  const text = await readTextFile(path);
  const name = options.name ?? basename(path).replace(/\.gz$/i, '');
  return parseRatings(text, { name, source: path, format: options.format });
}

/**
 * Reads a text file; `.gz` is unpacked, bytes that are not valid UTF-8 are read as Latin-1.
 *
 * @throws ParseError as `readRatingsFile`
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await unpack(path, await readBytes(path));
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const limit = Math.floor(constants.MAX_STRING_LENGTH / 2 ** 20);
    throw new ParseError(
      path,
      null,
      `a file must have at most ${limit} MiB of text, got ${Math.ceil(bytes.length / 2 ** 20)}`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ParseError(path, null, whyUnreadable((error as NodeJS.ErrnoException).code));
  }
}

function whyUnreadable(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, a file is needed';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read this file';
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'this file is too large to be read at once';
  return `this file cannot be read (${code ?? 'unknown reason'})`;
}

/** Unpacks what begins with the two magic bytes of gzip, whatever the file is called (RFC 1952). */
async function unpack(path: string, bytes: Buffer): Promise<Buffer> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) {
    if (path.toLowerCase().endsWith('.gz') && bytes.length > 0)
      throw new ParseError(path, null, 'this is not a gzip file, despite its name');
    return bytes;
  }
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new ParseError(
      path,
      null,
      code === 'Z_BUF_ERROR'
        ? 'this gzip file is cut off'
        : `this gzip file is damaged (${code ?? 'unknown reason'})`,
    );
  }
}
