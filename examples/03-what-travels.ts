// 3. What travels. The only way from a client to the server is through bytes, so they can be counted, looked at, and
// distrusted. Byte counts in this library are lengths of such messages, never formulas.
//
// Run: npx tsx examples/03-what-travels.ts
// Installed: import { decode, encode, … } from 'fedtlrec'
import {
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
  right: Float32Array.from({ length: 17 }, () => rng.normal()), // A [1, 17]
  extra: new Float32Array(0),
};
const message = encode(update, catalogue);
const short = encode(update, catalogue, 'int8'); // B as whole numbers from −127 to 127 and one scale
const whole = encode(expandUpdate(update), catalogue); // the rows of B A themselves
// #endregion message

say('One update of 400 items with 17 columns:');
printTable(
  ['how', 'bytes', 'bytes an item'],
  [
    ['rows of ΔQ, float32', whole.length, fixed(whole.length / 400, 1)],
    ['B and A, float32', message.length, fixed(message.length / 400, 1)],
    ['B and A, B as int8', short.length, fixed(short.length / 400, 1)],
  ],
);

const expected = { client: 7, round: 3, items: catalogue, dims: 17, extra: 0 };
const exact = decode(message, expected);
const rounded = decode(short, expected);
const largest = Math.max(...update.left.map(Math.abs));
const worst = (got: Update) => Math.max(...got.left.map((value, row) => Math.abs(value - update.left[row]!)));
say(
  `float32 comes back exactly (largest error ${worst(exact)}); int8 is off by at most half a step:`,
  `${fixed(worst(rounded) / largest, 4)} of the largest entry (a step is 1/127 = ${fixed(1 / 127, 4)} of it).`,
);

say('The message begins with 32 bytes that say what follows (little-endian):');
const view = new DataView(message.buffer);
printTable(
  ['bytes', 'meaning', 'here'],
  [
    ['0-3', 'magic', String.fromCharCode(...message.subarray(0, 4))],
    ['4', 'version', view.getUint8(4)],
    ['5', 'codec (0 float32, 1 int8)', view.getUint8(5)],
    ['6-7', 'rank', view.getUint16(6, true)],
    ['8-11', 'client', view.getUint32(8, true)],
    ['12-15', 'round', view.getUint32(12, true)],
    ['16-19', 'rows', view.getUint32(16, true)],
    ['20-23', 'dims', view.getUint32(20, true)],
    ['24-27', 'extra weights', view.getUint32(24, true)],
    ['28-31', 'checksum', `0x${view.getUint32(28, true).toString(16)}`],
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
