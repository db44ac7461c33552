// Bytes become text. In: bytes in pieces; out: text in pieces of whole lines. UTF-8 and UTF-16 are told apart by their marks, or
// by the zero bytes that UTF-16 has; a byte that fits neither is named by line and column, never read as something else.
import type { Chunks } from './byte-file.ts';
import { ParseError } from './parse-error.ts';

/** Bytes that decide which encoding it is. */
const PROBE = 4096;

export interface DecodingOptions {
  /** A name that `TextDecoder` knows, such as `latin1`. Default: UTF-8 or UTF-16, as the bytes say. */
  readonly encoding?: string | undefined;
  /** How errors call the file. */
  readonly source: string;
  /** Hears the encoding once it is known. */
  readonly onEncoding?: (encoding: string) => void;
}

/**
 * Decodes bytes.
 *
 * @throws ParseError naming line and column of the first byte that is none of the encoding
 * @throws RangeError if the encoding is unknown
 */
export async function* decodeText(chunks: Chunks, options: DecodingOptions): AsyncGenerator<string> {
  let decoder: LineDecoder | null = null;
  let waiting = new Uint8Array(0);
  for await (const piece of chunks) {
    waiting = joined(waiting, piece);
    if (!decoder && waiting.length < PROBE) continue;
    decoder ??= decoderFor(waiting, options);
    yield* decoder.decode(waiting);
    waiting = new Uint8Array(0);
  }
  decoder ??= decoderFor(waiting, options);
  yield* decoder.decode(waiting);
  yield* decoder.end();
}

function decoderFor(bytes: Uint8Array, { encoding, source, onEncoding }: DecodingOptions): LineDecoder {
  const mark = markOf(bytes);
  let name = mark ?? guessed(bytes);
  if (encoding !== undefined) {
    name = nameOf(encoding);
    const isOther = mark !== null && mark !== name && !(mark === 'utf-16le' && name === 'utf-16be');
    if (isOther)
      throw new ParseError(
        source,
        null,
        `the file begins with the mark of ${mark}, so --encoding ${encoding} cannot be right`,
      );
  }
  onEncoding?.(name);
  return new LineDecoder(name, source);
}

/** The standard name of an encoding; `latin1` is read as windows-1252, as in browsers. */
function nameOf(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new RangeError(
      `encoding: it must be a name like utf-8, utf-16le, latin1 or shift_jis, got ${label}`,
    );
  }
}

/** The byte-order mark at the beginning. */
function markOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : null;
}

/** Digits and separators in UTF-16 have a zero byte each, always on the same side. */
function guessed(bytes: Uint8Array): string {
  const probe = bytes.subarray(0, PROBE);
  for (const [name, zeroSide] of [
    ['utf-16le', 1],
    ['utf-16be', 0],
  ] as const) {
    const zeros = probe.filter((byte, place) => byte === 0 && place % 2 === zeroSide).length;
    const letters = probe.filter((byte, place) => place % 2 !== zeroSide && isText(byte)).length;
    if (zeros > probe.length / 10 && letters >= Math.floor(probe.length / 2)) return name;
  }
  return 'utf-8';
}

/** Whether a byte may stand in a text: tab, line ends, and all that is no control character. */
function isText(byte: number): boolean {
  return byte === 9 || byte === 10 || byte === 13 || byte >= 32;
}

/** Decodes whole lines at a time, so that a wrong byte is found in its line. */
class LineDecoder {
  private readonly encoding: string;
  private readonly source: string;
  private readonly strict: TextDecoder;
  private rest = new Uint8Array(0);
  private lines = 0;

  constructor(encoding: string, source: string) {
    this.encoding = encoding;
    this.source = source;
    this.strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  *decode(piece: Uint8Array): Generator<string> {
    const bytes = joined(this.rest, piece);
    const end = endOfLastLine(bytes, this.encoding);
    this.rest = bytes.slice(end);
    yield* this.text(bytes.subarray(0, end));
  }

  *end(): Generator<string> {
    const bytes = this.rest;
    this.rest = new Uint8Array(0);
    yield* this.text(bytes);
  }

  private *text(bytes: Uint8Array): Generator<string> {
    let text: string;
    try {
      text = this.strict.decode(bytes);
    } catch {
      yield* this.untilWrongByte(bytes);
      return;
    }
    yield this.lines === 0 && text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.lines += countLines(text);
  }

  private isValid(bytes: Uint8Array, isCut: boolean): boolean {
    try {
      new TextDecoder(this.encoding, { fatal: true }).decode(bytes, { stream: isCut });
      return true;
    } catch {
      return false;
    }
  }

  /** Gives the lines before the wrong byte, then names it: it follows the longest beginning that is valid. */
  private *untilWrongByte(bytes: Uint8Array): Generator<string> {
    let [good, bad] = [0, bytes.length + 1];
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (this.isValid(bytes.subarray(0, middle), true)) good = middle;
      else bad = middle;
    }
    // What was still open at that place began with the wrong byte.
    while (!this.isValid(bytes.subarray(0, good), false)) good--;
    const before = this.strict.decode(bytes.subarray(0, good));
    const line = this.lines + countLines(before) + 1;
    if (bytes.includes(0) && !this.encoding.startsWith('utf-16'))
      throw new ParseError(this.source, null, 'this is a binary file, not text');
    const start = before.lastIndexOf('\n') + 1;
    if (start > 0) yield before.slice(0, start);
    const byte = `0x${(bytes[good] ?? 0).toString(16).padStart(2, '0')}`;
    const name = this.encoding.toUpperCase();
    const column = before.length - start + 1;
    throw new ParseError(
      this.source,
      line,
      `the byte ${byte} in column ${column} is not ${name}; --encoding latin1, or another name, says what it is`,
    );
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Behind the last line feed; 0 if there is none. */
function endOfLastLine(bytes: Uint8Array, encoding: string): number {
  if (!encoding.startsWith('utf-16')) return bytes.lastIndexOf(10) + 1;
  const low = encoding === 'utf-16le' ? 0 : 1;
  for (let at = (bytes.length & ~1) - 2; at >= 0; at -= 2) {
    if (bytes[at + low] === 10 && bytes[at + 1 - low] === 0) return at + 2;
  }
  return 0;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
