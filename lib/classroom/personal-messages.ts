// Every client's personal part δ as the message that brings it home. In: a program whose attention was refreshed; out: a message a
// client, made for a block of clients at a time.
import type { Program } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { codecOfServer, encode } from '../federated/wire.ts';

/** Clients whose parts are worked out together: one matrix product for all of them. */
const BLOCK = 256;

/** @param round of the refresh */
export function personalMessages(
  program: Program,
  items: number,
  settings: Settings,
  round: number,
): Map<number, Uint8Array> {
  const rows = Uint32Array.from({ length: items }, (_, item) => item);
  const nothing = new Float32Array(0);
  const messages = new Map<number, Uint8Array>();
  for (const block of program.blocks(BLOCK)) {
    const parts = new Float32Array(block.length * items);
    program.aggregator!.personalParts(block, parts);
    block.forEach((client, row) => {
      const left = parts.subarray(row * items, (row + 1) * items);
      const part = { client, round, rows, rank: 0, dims: 1, left, right: nothing, extra: nothing };
      messages.set(client, encode(part, items, codecOfServer(settings), 'part'));
    });
  }
  return messages;
}
