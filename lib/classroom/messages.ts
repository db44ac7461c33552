// What a class says beside updates, announcements and personal parts: who is here, figures, whole models, refusals. Each is a wire
// message: header, the fields below, checksum. In: plain objects; out: bytes, and back, checked.
import { reject } from '../federated/wire/bits.ts';
import { beginMessage, openMessage, readHeader, type Sender, sealMessage } from '../federated/wire/header.ts';
import { bytesOf, readBytes, readFloats, writeFloats } from './fields.ts';

/** What a participant says of itself. */
export interface Presence {
  readonly client: number;
  readonly isHere: boolean;
  /** Any number, another one after each start: a farewell of an earlier page or process must not count. */
  readonly session: number;
  /** The round whose change it has received last. */
  readonly modelRound: number;
  /** The round of the table of what is near what that it has; 0: none. */
  readonly tableRound: number;
  /** Whether it sends figures: its loss, and how its held-out items are ranked. */
  readonly givesFigures: boolean;
}

/** What a participant measured at home. */
export interface Figures {
  readonly client: number;
  readonly round: number;
  readonly of: 'loss' | 'validation' | 'test';
  readonly values: Float64Array;
}

/** Everybody's model after a round, for who comes late. */
export interface WholeModel {
  readonly round: number;
  /** Q [items, D], row-major. */
  readonly itemTable: Float32Array;
  readonly extra: Float32Array;
}

const figureKinds = ['loss', 'validation', 'test'] as const;
const MOST_TEXT = 500;

export function encodePresence(presence: Presence): Uint8Array {
  const { client, isHere, session, modelRound, tableRound, givesFigures } = presence;
  const writer = beginMessage('presence', { client, round: modelRound }, 8);
  writer.write((isHere ? 1 : 0) | (givesFigures ? 2 : 0), 8);
  writer.writeVarint(session);
  writer.writeVarint(tableRound);
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodePresence(message: Uint8Array, client: number): Presence {
  const { round } = readHeader(message);
  const reader = openMessage(message, 'presence', { client, round });
  const flags = reader.read(8);
  const session = reader.readVarint('the session');
  const tableRound = reader.readVarint('the round of the table');
  reader.finish();
  if (flags > 3) reject(`presence ${flags} is unknown`);
  const [isHere, givesFigures] = [(flags & 1) === 1, (flags & 2) === 2];
  return { client, isHere, session, modelRound: round, tableRound, givesFigures };
}

export function encodeFigures({ client, round, of, values }: Figures): Uint8Array {
  const writer = beginMessage('figures', { client, round }, 16 + 8 * values.length);
  writer.write(figureKinds.indexOf(of), 8);
  writeFloats(writer, values);
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeFigures(message: Uint8Array, sender: Sender): Figures {
  const reader = openMessage(message, 'figures', sender);
  const of = figureKinds[reader.read(8)] ?? reject('what the figures are of is unknown');
  const values = readFloats(reader);
  reader.finish();
  return { client: sender.client, round: sender.round, of, values };
}

export function encodeModel({ round, itemTable, extra }: WholeModel): Uint8Array {
  const writer = beginMessage('model', { client: 0, round }, 4 * (itemTable.length + extra.length) + 16);
  writer.writeVarint(itemTable.length);
  writer.writeVarint(extra.length);
  for (const values of [itemTable, extra]) writer.writeBytes(bytesOf(values));
  return sealMessage(writer);
}

/**
 * Fills the arrays that are given.
 *
 * @returns the round after which the model was like this
 * @throws WireError saying which rule the message breaks
 */
export function decodeModel(message: Uint8Array, into: Pick<WholeModel, 'itemTable' | 'extra'>): number {
  const { round } = readHeader(message);
  const reader = openMessage(message, 'model', { client: 0, round });
  const { itemTable, extra } = into;
  const lengths = [reader.readVarint('the item table'), reader.readVarint('the other weights')];
  if (lengths[0] !== itemTable.length || lengths[1] !== extra.length) {
    const expected = `${itemTable.length} and ${extra.length}`;
    reject(`it has ${lengths.join(' and ')} numbers, not ${expected}`);
  }
  reader.readBytes(itemTable, 'the item table');
  reader.readBytes(extra, 'the other weights');
  reader.finish();
  return round;
}

export function encodeRefusal(sender: Sender, reason: string): Uint8Array {
  const text = new TextEncoder().encode(reason.slice(0, MOST_TEXT));
  const writer = beginMessage('refusal', sender, text.length + 8);
  writer.writeVarint(text.length);
  writer.writeBytes(text);
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeRefusal(message: Uint8Array, client: number): { round: number; reason: string } {
  const { round } = readHeader(message);
  const reader = openMessage(message, 'refusal', { client, round });
  const text = readBytes(reader, reader.readVarint('the length of the reason'));
  reader.finish();
  return { round, reason: new TextDecoder().decode(text) };
}
