// The announcement, which everybody hears: what is asked for, how much time there is, and the change of the last round. A wire message:
// header, the fields below, checksum. In: a plain object; out: bytes, and back, checked.
import type { Order } from '../federated/windows/what-comes-next.ts';
import { reject } from '../federated/wire/bits.ts';
import { beginMessage, openMessage, readHeader, sealMessage } from '../federated/wire/header.ts';
import { readBytes, readFloats, writeFloats } from './fields.ts';

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
  const mixes = Array.from(readFloats(reader));
  const mix = mixes.shift() ?? 0;
  const orders = fromFloats(readFloats(reader));
  const order = orders.shift() ?? null;
  const step = readBytes(reader, reader.readVarint('the length of the step'));
  reader.finish();
  return {
    round,
    purpose,
    deadline,
    attempt,
    partRound,
    tableRound,
    modelRound,
    previousModelRound,
    step,
    mix,
    mixes,
    order,
    orders,
  };
}

/** Weight and span; zeros where it is not weighed. */
function toFloats(order: Order | null): number[] {
  return order === null ? [0, 0] : [order.weight, order.span];
}

function fromFloats(values: Float64Array): (Order | null)[] {
  const orders: (Order | null)[] = [];
  for (let at = 0; at + 1 < values.length; at += 2) {
    const [weight, span] = [values[at]!, values[at + 1]!];
    orders.push(weight === 0 ? null : { weight, span });
  }
  return orders;
}
