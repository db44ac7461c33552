// 3. What travels. The only way from a client to the server is through bytes, so they can be counted, looked at, and
// distrusted. Byte counts in this library are lengths of such messages, never formulas.
//
// Run: npx tsx examples/03-what-travels.ts
// Installed: import { decode, encode, … } from 'fedtlrec'
import {
  codecNames,
  decode,
  encode,
  expandUpdate,
  randomStream,
  sampleWithoutReplacement,
  type Update,
} from '../lib/index.ts';
import { fixed, printTable, say } from './print.ts';

// #region message
const catalogue = 1682; // items, as in MovieLens-100K
const rng = randomStream(1, 'example');
const rows = sampleWithoutReplacement(400, catalogue, rng); // the items this client touched this round
const update: Update = {
  client: 7,
  round: 3,
  rows,
  rank: 1,
  dims: 17, // 16 factors and the bias
  left: Float32Array.from(rows, () => rng.normal()), // B [400, 1]
  right: Float32Array.from({ length: 17 }, (_, k) => (k === 16 ? 1 : rng.normal())), // A = [p, 1] [1, 17]
  extra: new Float32Array(0),
};
const message = encode(update, catalogue); // four bytes a number, exactly
const whole = encode(expandUpdate(update), catalogue); // the rows of B A themselves
const ladder = codecNames.map((codec) => ({ codec, bytes: encode(update, catalogue, codec) }));
// #endregion message

const expected = { client: 7, round: 3, items: catalogue, dims: 17, extra: 0 };
/** How far the B that arrives is from the one that was sent: the root of the mean square, as a share of B's own. */
function errorOf(received: Update): number {
  const values = new Map(Array.from(received.rows, (item, row) => [item, received.left[row]!]));
  let [errors, squares] = [0, 0];
  rows.forEach((item, row) => {
    errors += (update.left[row]! - (values.get(item) ?? 0)) ** 2; // a row that is not sent is 0
    squares += update.left[row]! ** 2;
  });
  return Math.sqrt(errors / squares);
}

say('One update of 400 items with 17 columns. B and A say as much as the rows, and B need not be exact:');
printTable(
  ['how', 'bytes', 'bytes an item', 'rows sent', 'error of B'],
  [
    ['rows of ΔQ, float32', whole.length, fixed(whole.length / 400, 1), 400, fixed(0, 3)],
    ...ladder.map(({ codec, bytes }) => {
      const received = decode(bytes, expected);
      const error = fixed(errorOf(received), 3);
      return [`B and A, ${codec}`, bytes.length, fixed(bytes.length / 400, 1), received.rows.length, error];
    }),
  ],
);
say(
  'A level is one of 255, 15, 7 or 3 whole numbers around 0; rows that become 0 are not sent, and item numbers travel as',
  'gaps. (B is drawn from a bell curve here. Two bits keep only what is larger than half of the largest entry.)',
);

say('What each byte of the float32 message is for:');
const sizes = { A: 4 * 16, items: 2 * 400, B: 4 * 400 }; // A without its last number, which is 1
printTable(
  ['bytes', 'meaning', 'here'],
  [
    [1, 'version of the format, and kind of message', `${message[0]! & 15}, ${message[0]! >> 4}`],
    [1, 'client', message[1]!],
    [1, 'round', message[2]!],
    [1, 'codec, and whether A ends with 1', `${message[3]! & 127}, ${message[3]! >> 7}`],
    [1, 'rank', message[4]!],
    [1, 'dims', message[5]!],
    [1, 'extra weights', message[6]!],
    [2, 'rows: seven bits, and 128 if more follow', `${message[7]! & 127} + 128 · ${message[8]!}`],
    ...Object.entries(sizes).map(([part, bytes]): [number, string, string] => [bytes, part, '…']),
    [2, 'checksum', `${message.at(-2)}, ${message.at(-1)}`],
  ],
);

// #region rejected
/** What the server says to a message. */
function answer(bytes: Uint8Array, holdAgainst = expected): string {
  try {
    return `accepted, ${decode(bytes, holdAgainst).rows.length} rows`;
  } catch (error) {
    return (error as Error).message;
  }
}

const flipped = message.slice();
flipped[200]! ^= 0b0000_0100; // one bit on its way
const broken = { ...update, left: update.left.slice() };
broken.left[5] = Number.NaN; // a client whose training went wrong
// #endregion rejected

say('The server trusts nothing:');
console.log(`  as it was sent       ${answer(message)}`);
console.log(`  one bit flipped      ${answer(flipped)}`);
console.log(`  cut short            ${answer(message.subarray(0, 1000))}`);
console.log(`  of another client    ${answer(message, { ...expected, client: 8 })}`);
console.log(`  of an earlier round  ${answer(message, { ...expected, round: 4 })}`);
console.log(`  with a NaN           ${answer(encode(broken, catalogue))}`);
console.log(`  for fewer items      ${answer(message, { ...expected, items: 1000 })}`);
console.log();
say('A rejected message is reported as an event; the round goes on without that client.');
