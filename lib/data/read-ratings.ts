// Reads a ratings file: unpacked, decoded and parsed in pieces, so that its size does not matter. In: a file; out: ratings.
import { expectKind, inWords } from '../numeric/arguments.ts';
import { type ByteFile, blobFile, type Chunks } from './byte-file.ts';
import { type LayoutOptions, type ParseReport, RatingsParser } from './parse.ts';
import { ParseError } from './parse-error.ts';
import type { Ratings } from './ratings.ts';
import { decodeText } from './text-encoding.ts';
import { unpack } from './unpack.ts';

export interface ReadOptions extends LayoutOptions {
  /** What the data set is called. Default: the file's name without `.gz` or `.zip`. */
  name?: string;
  /** How errors call the file. Default: its name. */
  source?: string;
  /** A name that `TextDecoder` knows. Default: UTF-8 or UTF-16, as the bytes say. */
  encoding?: string;
  /** Which file of a zip archive to read. Default: the one that holds the ratings. */
  member?: string;
  /** Hears how many bytes of the file have been read. */
  onProgress?: (bytes: number) => void;
}

/** What happened while a file was read. */
export interface ReadReport extends ParseReport {
  /** The encoding, as asked for or as detected. */
  readonly encoding: string;
  /** The file of the zip archive that was read; null if it was none. */
  readonly member: string | null;
}

/**
 * Reads a `File` or `Blob`, packed or not.
 *
 * @throws ParseError naming the file and the line: a damaged packing, bytes that are no text, and all that `parseRatings` rejects
 * @throws RangeError if an option is unknown
 */
export function readRatings(
  file: Blob & { readonly name?: string },
  options: ReadOptions = {},
): Promise<{ ratings: Ratings; report: ReadReport }> {
  if (!(file instanceof Blob))
    throw new TypeError(
      `readRatings: file must be a File or Blob, got ${inWords(file)}; readRatingsFile(path) of fedtlrec/node reads paths`,
    );
  expectKind('readRatings', 'options', options, 'object', '{ minRating: 4 }');
  return readByteFile(blobFile(file), file.name ?? 'ratings', options);
}

/** Reads whatever can be read in pieces; for a path, see `readRatingsFile` in fedtlrec/node. */
export async function readByteFile(
  file: ByteFile,
  fileName: string,
  options: ReadOptions = {},
): Promise<{ ratings: Ratings; report: ReadReport }> {
  const { source = fileName, encoding, member: wanted, onProgress, ...layout } = options;
  const name = options.name ?? fileName.replace(/\.(gz|zip)$/i, '');
  const watched = onProgress ? watch(file, onProgress) : file;
  const { chunks, member } = await unpack(watched, source, wanted);
  const inside = member === null ? source : `${source}(${member})`;
  const parser = new RatingsParser({ ...layout, name, source: inside });
  let found = '';
  const decoding = { encoding, source: inside, onEncoding: (known: string) => (found = known) };
  await parseAll(parser, decodeText(chunks, decoding));
  const { ratings, report } = parser.end();
  return { ratings, report: { ...report, encoding: found, member } };
}

/** Where a byte is wrong in a list of titles, that it is such a list matters more. */
async function parseAll(parser: RatingsParser, texts: AsyncIterable<string>): Promise<void> {
  try {
    for await (const text of texts) parser.push(text);
  } catch (error) {
    if (error instanceof ParseError) parser.expectRatings();
    throw error;
  }
}

function watch(file: ByteFile, onProgress: (bytes: number) => void): ByteFile {
  let bytes = 0;
  const counted = async function* (chunks: Chunks) {
    for await (const piece of chunks) {
      yield piece;
      bytes += piece.length;
      onProgress(Math.min(bytes, file.size));
    }
  };
  return { size: file.size, read: (start, end) => counted(file.read(start, end)) };
}
