// What a class says beside updates, steps and personal parts: when a round begins, who is here, figures, refusals. Each is a
// wire message: header, the fields below, checksum. In: plain objects; out: bytes, and back, checked.

import type { Order } from '../federated/windows/what-comes-next.ts';
import { type BitReader, type BitWriter, reject } from '../federated/wire/bits.ts';
import { beginMessage, openMessage, readHeader, type Sender, sealMessage } from '../federated/wire/header.ts';

/** What an announcement asks for. */
export const purposes = ['wait', 'train', 'validation', 'test', 'end', 'keys', 'shares', 'unmask'] as const;
export type Purpose = (typeof purposes)[number];

/** What the server tells everybody. */
export interface Announcement {
  readonly round: number;
  readonly purpose: Purpose;
  /** Milliseconds left to answer. A duration, because clocks differ. */
  readonly deadline: number;
  /** β of the personal part, as far as it is known. */
  readonly mix: number;
  /** Weights β to measure, where figures are asked for. */
  readonly mixes: readonly number[];
  /** The round after which personal parts were made last; 0 is never. */
  readonly partRound: number;
  /** The last round after which the model changed, and the one before that; 0 is the first model. */
  readonly modelRound: number;
  readonly previousModelRound: number;
  /** The round after which the table of what is near what was made last; 0 is never. */
  readonly tableRound: number;
  /** What tends to come next, as it is weighed in scores so far; null is not at all. */
  readonly order: Order | null;
  /** Ways of weighing it to measure, where figures are asked for. */
  readonly orders: readonly (Order | null)[];
  /** The change at the end of `modelRound`: a message of kind step; empty if there has been none. */
  readonly step: Uint8Array;
  /** With secure sums: the number of this attempt at the round, another one after each start of the server; else 0. */
  readonly attempt: number;
}

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
const MOST_FIGURES = 4096;
const MOST_TEXT = 500;

export function encodeAnnouncement(announcement: Announcement): Uint8Array {
  const { purpose, deadline, mix, mixes, partRound, tableRound, order, orders } = announcement;
  const { modelRound, previousModelRound, step, attempt } = announcement;
  const writer = beginMessage('round', { client: 0, round: announcement.round }, step.length + 64);
  writer.write(purposes.indexOf(purpose), 8);
  for (const value of [deadline, partRound, tableRound, modelRound, previousModelRound, attempt])
    writer.writeVarint(value);
  writeFloats(writer, [mix, ...mixes]);
  writeFloats(writer, [order, ...orders].flatMap(toFloats));
  writer.writeVarint(step.length);
  writer.writeBytes(step);
  return sealMessage(writer);
}

/** @throws WireError saying which rule the message breaks */
export function decodeAnnouncement(message: Uint8Array): Announcement {
  const { round } = readHeader(message);
  const reader = openMessage(message, 'round', { client: 0, round });
  const purpose = purposes[reader.read(8)] ?? reject('what it asks for is unknown');
  const deadline = reader.readVarint('the deadline');
  const partRound = reader.readVarint('the round of the personal parts');
  const tableRound = reader.readVarint('the round of the table');
  const modelRound = reader.readVarint('the round of the model');
  const previousModelRound = reader.readVarint('the round before it');
  const attempt = reader.readVarint('the attempt');
  const [mix = 0, ...mixes] = readFloats(reader);
  const [order = null, ...orders] = fromFloats(readFloats(reader));
  const step = readBytes(reader, reader.readVarint('the length of the step'));
  reader.finish();
  const weights = { mix, mixes, order, orders };
  return {
    ...{ round, purpose, deadline, attempt, partRound, tableRound, modelRound, previousModelRound, step },
    ...weights,
  };
}

/** Weight and span; zeros where it is not weighed. */
function toFloats(order: Order | null): number[] {
  return order === null ? [0, 0] : [order.weight, order.span];
}

function fromFloats(values: Float64Array): (Order | null)[] {
  return Array.from({ length: Math.floor(values.length / 2) }, (_, at) => {
    const [weight, span] = [values[2 * at]!, values[2 * at + 1]!];
    return weight === 0 ? null : { weight, span };
  });
}

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

function writeFloats(writer: BitWriter, values: ArrayLike<number>): void {
  writer.writeVarint(values.length);
  writer.writeBytes(bytesOf(Float64Array.from(values)));
}

function readFloats(reader: BitReader): Float64Array {
  const count = reader.readVarint('the number of figures');
  if (count > MOST_FIGURES) reject(`${count} figures are more than ${MOST_FIGURES}`);
  reader.align();
  reader.expectBits(64 * count, `${count} figures`); // before there is room for them
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = reader.readFloat64('a figure');
  return values;
}

function readBytes(reader: BitReader, length: number): Uint8Array {
  reader.expectBits(8 * length, `${length} bytes`);
  const bytes = new Uint8Array(length);
  reader.readBytes(bytes, `${length} bytes`);
  return bytes;
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
