// What secure sums in a class say beside masked words: who takes part with which public keys, shares under seal, who came through, and
// shares opened. Each is a wire message that names the attempt it belongs to. In: plain objects; out: bytes, and back, checked.
import { type BitReader, type BitWriter, reject } from '../federated/wire/bits.ts';
import {
  beginMessage,
  type MessageKind,
  openMessage,
  type Sender,
  sealMessage,
} from '../federated/wire/header.ts';
import { KEY_BYTES } from '../privacy/key-agreement.ts';
import { SEAL_BYTES } from '../privacy/sealed-box.ts';
import { SHARE_BYTES } from '../privacy/shamir.ts';

/** What a participant tells the others of itself in a round. */
export interface PublicKeys {
  readonly client: number;
  /** Of the key from which the masks of pairs follow; its private half is told if the participant vanishes. */
  readonly maskKey: Uint8Array;
  /** Of the key under which shares travel; its private half is never told. */
  readonly letterKey: Uint8Array;
  /** SHA-256 of the seed of its own mask, so that false shares of it are noticed. */
  readonly seedDigest: Uint8Array;
}

/** Everybody's keys, from the server to each; from a participant, its own alone. */
export interface Roster {
  readonly attempt: number;
  /** Shares that give a secret back; 0 where a participant speaks of itself. */
  readonly threshold: number;
  readonly members: readonly PublicKeys[];
}

/** Letters with two shares each: from a participant to the others, or to it from the others. */
export interface SealedShares {
  readonly attempt: number;
  /** The other end of each, and the letter. */
  readonly letters: readonly (readonly [other: number, letter: Uint8Array])[];
}

/** Whose messages came through, and whose did not: what the shares are asked for. */
export interface Survivors {
  readonly attempt: number;
  readonly came: readonly number[];
  readonly missing: readonly number[];
}

/** Shares opened: of the own seed of those that came through, of the mask key of the others. */
export interface RevealedShares {
  readonly attempt: number;
  readonly shares: readonly (readonly [of: number, share: Uint8Array])[];
}

/** Bytes of a letter: two shares and the seal. */
export const LETTER_BYTES = 2 * SHARE_BYTES + SEAL_BYTES;
/** More members than a cohort can have. */
const MOST_MEMBERS = 10_000;

export function encodeRoster(sender: Sender, { attempt, threshold, members }: Roster): Uint8Array {
  const writer = begin('keys', sender, attempt, members.length * (3 * KEY_BYTES + 5));
  writer.writeVarint(threshold);
  writeList(writer, members, ({ client, maskKey, letterKey, seedDigest }) => {
    writer.writeVarint(client);
    for (const bytes of [maskKey, letterKey, seedDigest]) writer.writeBytes(bytes);
  });
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeRoster(message: Uint8Array, sender: Sender): Roster {
  const { reader, attempt } = open('keys', message, sender);
  const threshold = reader.readVarint('the threshold');
  const members = readList(reader, () => ({
    client: reader.readVarint('a member'),
    maskKey: readBytes(reader, KEY_BYTES),
    letterKey: readBytes(reader, KEY_BYTES),
    seedDigest: readBytes(reader, KEY_BYTES),
  }));
  reader.finish();
  expectEachOnce(members.map(({ client }) => client));
  return { attempt, threshold, members };
}

export function encodeShares(sender: Sender, { attempt, letters }: SealedShares): Uint8Array {
  const writer = begin('shares', sender, attempt, letters.length * (LETTER_BYTES + 5));
  writePairs(writer, letters);
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeShares(message: Uint8Array, sender: Sender): SealedShares {
  const { reader, attempt } = open('shares', message, sender);
  return { attempt, letters: readPairs(reader, LETTER_BYTES) };
}

export function encodeSurvivors(sender: Sender, { attempt, came, missing }: Survivors): Uint8Array {
  const writer = begin('survivors', sender, attempt, 5 * (came.length + missing.length) + 10);
  for (const clients of [came, missing]) writeList(writer, clients, (client) => writer.writeVarint(client));
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeSurvivors(message: Uint8Array, sender: Sender): Survivors {
  const { reader, attempt } = open('survivors', message, sender);
  const came = readList(reader, () => reader.readVarint('who came through'));
  const missing = readList(reader, () => reader.readVarint('who is missing'));
  reader.finish();
  for (const clients of [came, missing]) expectEachOnce(clients);
  return { attempt, came, missing };
}

export function encodeRevealed(sender: Sender, { attempt, shares }: RevealedShares): Uint8Array {
  const writer = begin('revealed', sender, attempt, shares.length * (SHARE_BYTES + 5));
  writePairs(writer, shares);
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeRevealed(message: Uint8Array, sender: Sender): RevealedShares {
  const { reader, attempt } = open('revealed', message, sender);
  return { attempt, shares: readPairs(reader, SHARE_BYTES) };
}

/** Masked words of an attempt: those of another one have other masks. */
export function encodeMaskedWords(sender: Sender, attempt: number, words: Uint32Array): Uint8Array {
  const writer = begin('masked', sender, attempt, 4 * words.length);
  writer.writeVarint(words.length);
  writer.writeBytes(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeMaskedWords(
  message: Uint8Array,
  sender: Sender,
  length: number,
): { attempt: number; words: Uint32Array } {
  const { reader, attempt } = open('masked', message, sender);
  const told = reader.readVarint('the number of words');
  if (told !== length) reject(`it has ${told} words, not ${length}`);
  const words = new Uint32Array(length);
  reader.readBytes(words, `${length} words`);
  reader.finish();
  return { attempt, words };
}

function begin(kind: MessageKind, sender: Sender, attempt: number, capacity: number): BitWriter {
  const writer = beginMessage(kind, sender, capacity + 16);
  writer.writeVarint(attempt);
  return writer;
}

function open(kind: MessageKind, message: Uint8Array, sender: Sender) {
  const reader = openMessage(message, kind, sender);
  return { reader, attempt: reader.readVarint('the attempt') };
}

function writePairs(writer: BitWriter, pairs: readonly (readonly [number, Uint8Array])[]): void {
  writeList(writer, pairs, ([client, bytes]) => {
    writer.writeVarint(client);
    writer.writeBytes(bytes);
  });
}

function readPairs(reader: BitReader, length: number): [number, Uint8Array][] {
  const pairs = readList(reader, (): [number, Uint8Array] => [
    reader.readVarint('a member'),
    readBytes(reader, length),
  ]);
  reader.finish();
  expectEachOnce(pairs.map(([client]) => client));
  return pairs;
}

function writeList<T>(writer: BitWriter, list: readonly T[], write: (entry: T) => void): void {
  writer.writeVarint(list.length);
  list.forEach(write);
}

function readList<T>(reader: BitReader, read: () => T): T[] {
  const count = reader.readVarint('the number of members');
  if (count > MOST_MEMBERS) reject(`${count} members are more than ${MOST_MEMBERS}`);
  return Array.from({ length: count }, read);
}

function readBytes(reader: BitReader, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  reader.readBytes(bytes, `${length} bytes`);
  return bytes;
}

function expectEachOnce(clients: readonly number[]): void {
  const seen = new Set<number>();
  for (const client of clients) {
    if (seen.has(client)) reject(`client ${client} stands in it twice`);
    seen.add(client);
  }
}
