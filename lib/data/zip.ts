// Members of a zip archive. In: a file; out: the list at its end, and the bytes of a member, checked against its checksum.
// Source: PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16, with the 64-bit sizes of 4.5.3. The platform's inflater does the rest.
import { allBytes, type ByteFile, type Chunks, through } from './byte-file.ts';

export interface ZipMember {
  readonly name: string;
  /** Bytes once unpacked. */
  readonly size: number;
  readonly packedSize: number;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly checksum: number;
  /** Where its local header begins. */
  readonly start: number;
}

/** A zip archive that cannot be read. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** A 32-bit size that stands for "see the 64-bit one". */
const SEE_64 = 0xffffffff;

/** @throws ZipError if there is no list: the archive is cut off or damaged */
export async function zipMembers(file: ByteFile): Promise<ZipMember[]> {
  const { at, length, count } = await findDirectory(file);
  const view = await viewOf(file, at, at + length);
  const members: ZipMember[] = [];
  for (let place = 0; members.length < count; ) {
    if (place + 46 > view.byteLength || view.getUint32(place, true) !== ENTRY) throw damaged();
    const next =
      place + 46 + [28, 30, 32].reduce((sum, field) => sum + view.getUint16(place + field, true), 0);
    if (next > view.byteLength) throw damaged();
    members.push(memberAt(view, place));
    place = next;
  }
  return members;
}

/** The member's bytes; the last piece comes only after the checksum was right. */
export async function* readMember(file: ByteFile, member: ZipMember): AsyncGenerator<Uint8Array> {
  if (member.isEncrypted) throw new ZipError('this zip file is encrypted');
  if (member.method !== 0 && member.method !== 8)
    throw new ZipError(
      `this zip file is packed in an unusual way (method ${member.method}); pack it again, or unpack it first`,
    );
  const local = await viewOf(file, member.start, member.start + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw damaged();
  const from = member.start + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const packed = file.read(from, from + member.packedSize);
  yield* checked(member.method === 0 ? packed : inflated(packed), member);
}

async function* inflated(packed: Chunks): AsyncGenerator<Uint8Array> {
  try {
    yield* through(packed, new DecompressionStream('deflate-raw'));
  } catch {
    throw damaged();
  }
}

async function* checked(chunks: Chunks, member: ZipMember): AsyncGenerator<Uint8Array> {
  let sum = 0xffffffff;
  let size = 0;
  for await (const piece of chunks) {
    for (const byte of piece) sum = (sum >>> 8) ^ crcTable[(sum ^ byte) & 255]!;
    size += piece.length;
    yield piece;
  }
  if (size !== member.size || (sum ^ 0xffffffff) >>> 0 !== member.checksum) throw damaged();
}

/** CRC-32 of each byte (ISO 3309). */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

async function findDirectory(file: ByteFile): Promise<{ at: number; length: number; count: number }> {
  const from = Math.max(0, file.size - 65_557); // the end record and the longest comment
  const tail = await viewOf(file, from, file.size);
  for (let place = tail.byteLength - 22; place >= 0; place--) {
    if (tail.getUint32(place, true) !== END) continue;
    if (place >= 20 && tail.getUint32(place - 20, true) === LOCATOR_64)
      return directory64(file, toNumber(tail, place - 12));
    const [count, length] = [tail.getUint16(place + 10, true), tail.getUint32(place + 12, true)];
    return { at: tail.getUint32(place + 16, true), length, count };
  }
  throw new ZipError('this zip file is cut off');
}

async function directory64(
  file: ByteFile,
  at: number,
): Promise<{ at: number; length: number; count: number }> {
  const end = await viewOf(file, at, at + 56);
  if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) throw damaged();
  return { count: toNumber(end, 32), length: toNumber(end, 40), at: toNumber(end, 48) };
}

function memberAt(view: DataView, place: number): ZipMember {
  const [nameLength, extraLength] = [view.getUint16(place + 28, true), view.getUint16(place + 30, true)];
  const nameBytes = new Uint8Array(view.buffer, view.byteOffset + place + 46, nameLength);
  const sizes = {
    size: view.getUint32(place + 24, true),
    packedSize: view.getUint32(place + 20, true),
    start: view.getUint32(place + 42, true),
  };
  return {
    name: new TextDecoder().decode(nameBytes),
    method: view.getUint16(place + 10, true),
    isEncrypted: (view.getUint16(place + 8, true) & 1) === 1,
    checksum: view.getUint32(place + 16, true),
    ...withSizes64(sizes, view, place + 46 + nameLength, extraLength),
  };
}

/** Sizes that need more than 32 bits stand in the extra field with number 1, in this order. */
function withSizes64(
  sizes: { size: number; packedSize: number; start: number },
  view: DataView,
  from: number,
  length: number,
): { size: number; packedSize: number; start: number } {
  const complete = { ...sizes };
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    for (const name of ['size', 'packedSize', 'start'] as const) {
      if (sizes[name] !== SEE_64) continue;
      if (field + 8 > view.byteLength) throw damaged();
      complete[name] = toNumber(view, field);
      field += 8;
    }
  }
  return complete;
}

function toNumber(view: DataView, place: number): number {
  return Number(view.getBigUint64(place, true));
}

async function viewOf(file: ByteFile, start: number, end: number): Promise<DataView> {
  const bytes = await allBytes(file.read(Math.min(start, file.size), Math.min(end, file.size)));
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function damaged(): ZipError {
  return new ZipError('this zip file is damaged');
}
