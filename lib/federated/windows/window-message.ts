// A client's windows on the wire, all in one message, once in a run.
// In: sets of 2 to 16 item numbers; out: bytes, and back. The server checks everything that a broken or hostile client could
// get wrong, and rejects the message with a reason. There is one encoding for each list of windows.
//
//   header · windows varint · for each window: its length less 2 in 4 bits, its items as gaps in a Rice code · checksum
import { reject } from '../wire/bits.ts';
import { beginMessage, openMessage, type Sender, sealMessage } from '../wire/header.ts';
import { riceGaps } from '../wire/rows.ts';
import { WINDOW_LENGTH, windowCount } from './draw-windows.ts';

const SHORTEST = 2;
/** A window's length takes this many bits. */
const LENGTH_BITS = 4;

/** Encodes a client's windows, whose items are below `items`. */
export function encodeWindows(windows: readonly Uint32Array[], sender: Sender, items: number): Uint8Array {
  const writer = beginMessage('windows', sender);
  writer.writeVarint(windows.length);
  for (const window of windows) {
    writer.write(window.length - SHORTEST, LENGTH_BITS);
    riceGaps.write(writer, window, items);
  }
  return sealMessage(writer);
}

/**
 * Decodes a client's windows, or rejects them.
 *
 * @param sender whose connection the message came over, and in which round
 * @throws WireError saying which rule the message breaks
 */
export function decodeWindows(message: Uint8Array, sender: Sender, items: number): Uint32Array[] {
  const reader = openMessage(message, 'windows', sender);
  const count = reader.readVarint('the number of windows');
  const most = windowCount(items);
  if (count < 1 || count > most) reject(`${count} windows are not between 1 and ${most}`);
  const windows = Array.from({ length: count }, () => {
    const length = reader.read(LENGTH_BITS) + SHORTEST;
    if (length > WINDOW_LENGTH) reject(`a window of ${length} items is longer than ${WINDOW_LENGTH}`);
    const window = new Uint32Array(length);
    riceGaps.read(reader, window, items);
    return window;
  });
  reader.finish();
  return windows;
}
