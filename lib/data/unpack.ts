// What a file is packed in, found from its first bytes whatever it is called. In: a file; out: the bytes of the table inside.
// gzip (RFC 1952) and zip are unpacked; other packings and kinds of files are refused by their name.
import { allBytes, type ByteFile, type Chunks, through } from './byte-file.ts';
import { ParseError } from './parse-error.ts';
import { readMember, ZipError, type ZipMember, zipMembers } from './zip.ts';

export interface Unpacked {
  readonly chunks: Chunks;
  /** The archive's member that is read; null where there is no archive. */
  readonly member: string | null;
}

/** First bytes in hexadecimal, and what they mean. */
const refused: readonly [start: string, what: string, way: string][] = [
  ['425a68', 'packed with bzip2', 'unpack it first, or pack it with gzip'],
  ['fd377a585a00', 'packed with xz', 'unpack it first, or pack it with gzip'],
  ['28b52ffd', 'packed with zstd', 'unpack it first, or pack it with gzip'],
  ['377abcaf271c', 'a 7z archive', 'unpack it first'],
  ['526172211a07', 'a rar archive', 'unpack it first'],
  ['50415231', 'a Parquet file', 'save it as CSV'],
  ['53514c69746520666f726d6174', 'an SQLite database', 'save the table as CSV'],
  ['894844460d0a1a0a', 'an HDF5 file', 'save the table as CSV'],
  ['934e554d5059', 'a NumPy array', 'save it as CSV'],
  ['25504446', 'a PDF', 'save the table as CSV'],
  ['d0cf11e0a1b11ae1', 'an old Excel workbook', 'save the sheet as CSV'],
  ['fffe0000', 'text in UTF-32', 'save it as UTF-8'],
  ['0000feff', 'text in UTF-32', 'save it as UTF-8'],
];

/**
 * Unpacks a file.
 *
 * @param name the file's name, to tell whether it promises a packing
 * @param wanted the member of a zip archive. Default: the one that holds the ratings
 * @throws ParseError if the packing is cut off, damaged or of another kind, if the archive's ratings cannot be told, or if a
 *   member is wanted of what is no archive
 */
export async function unpack(file: ByteFile, name: string, wanted: string | undefined): Promise<Unpacked> {
  const head = await allBytes(file.read(0, Math.min(16, file.size)));
  const hex = Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const promise = /\.(gz|zip)$/i.exec(name)?.[1]?.toLowerCase();
  if (/^504b(0304|0506)/.test(hex)) return unzip(file, name, wanted);
  const isGzip = hex.startsWith('1f8b');
  if (promise && !isGzip && file.size > 0)
    throw new ParseError(
      name,
      null,
      `this is not a ${promise === 'gz' ? 'gzip' : 'zip'} file, despite its name`,
    );
  const known = refused.find(([start]) => hex.startsWith(start));
  if (known) throw new ParseError(name, null, `this is ${known[1]}, not a table of text; ${known[2]}`);
  if (wanted !== undefined)
    throw new ParseError(name, null, `this is no zip archive, so it has no member "${wanted}"`);
  const chunks = isGzip ? gunzipped(file, name) : file.read(0, file.size);
  return { chunks: notTar(chunks, name), member: null };
}

async function* gunzipped(file: ByteFile, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* through(file.read(0, file.size), new DecompressionStream('gzip'));
  } catch (error) {
    if (error instanceof ParseError) throw error;
    const { code, message } = error as Error & { code?: string };
    const isCut = code === 'Z_BUF_ERROR' || /unexpected end|not reach|incomplete/i.test(message);
    const reason = isCut
      ? 'this gzip file is cut off'
      : `this gzip file is damaged${code ? ` (${code})` : ''}`;
    throw new ParseError(name, null, reason);
  }
}

/** An archive of tar says so in its 257th byte. */
async function* notTar(chunks: Chunks, name: string): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of chunks) {
    const mark = isFirst ? new TextDecoder('latin1').decode(piece.subarray(257, 262)) : '';
    if (mark === 'ustar')
      throw new ParseError(name, null, 'this is a tar archive, not a table of text; unpack it first');
    isFirst = false;
    yield piece;
  }
}

async function unzip(file: ByteFile, name: string, wanted: string | undefined): Promise<Unpacked> {
  const explain = (error: unknown): never => {
    throw error instanceof ZipError ? new ParseError(name, null, error.message) : error;
  };
  const members = await zipMembers(file).catch(explain);
  const member = chooseMember(members, name, wanted);
  async function* chunks() {
    try {
      const bytes = readMember(file, member);
      // MovieLens once packed a gzip file into a zip archive; so may others.
      yield* /\.gz$/i.test(member.name) ? through(bytes, new DecompressionStream('gzip')) : bytes;
    } catch (error) {
      explain(error);
    }
  }
  return { chunks: chunks(), member: member.name };
}

/** The member called ratings, or the only table; otherwise the reader must choose. */
function chooseMember(members: readonly ZipMember[], name: string, wanted: string | undefined): ZipMember {
  const files = members.filter((member) => !/\/$|^__MACOSX\/|(^|\/)\./.test(member.name) && member.size > 0);
  const listed = files
    .slice(0, 12)
    .map((member) => member.name)
    .join(', ');
  if (files.some((member) => member.name === 'xl/workbook.xml'))
    throw new ParseError(name, null, 'this is an Excel workbook; save the sheet as CSV');
  if (wanted !== undefined) {
    const named = files.filter((member) => member.name === wanted || member.name.endsWith(`/${wanted}`));
    if (named.length === 1) return named[0]!;
    throw new ParseError(
      name,
      null,
      `there is no single member "${wanted}" in this zip file: it has ${listed}`,
    );
  }
  const base = (member: ZipMember) => member.name.split('/').at(-1)!.toLowerCase();
  const isRatings = (member: ZipMember) =>
    /^ratings?\.(csv|dat|tsv|txt)(\.gz)?$|^u\.data$/.test(base(member));
  const isTable = (member: ZipMember) => /\.(csv|dat|tsv|txt|data|inter|ratings?)(\.gz)?$/.test(base(member));
  const isText = (member: ZipMember) => isTable(member) && !/readme|license|licence/.test(base(member));
  for (const choice of [
    files.filter(isRatings),
    files.filter((member) => isText(member) && /rating/.test(base(member))),
    files.filter(isText),
    files,
  ]) {
    if (choice.length === 1) return choice[0]!;
    if (choice.length > 1) break;
  }
  if (files.length === 0) throw new ParseError(name, null, 'this zip file holds no file');
  throw new ParseError(
    name,
    null,
    `this zip file holds ${files.length} files (${listed}); --member NAME says which holds the ratings`,
  );
}
