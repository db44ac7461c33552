// The gate in front of the broker: what a participant may send passes in the same bytes, whatever else ends the line with its reason.
import test from 'tape';
import { Gate } from '../../lib/classroom/gate.ts';

const run = 'abc';
/** A packet: type and flags, length as a varint, body. */
function packet(head: number, ...body: readonly (Buffer | number[])[]): Buffer {
  const whole = Buffer.concat(body.map((part) => Buffer.from(part)));
  const length: number[] = [];
  let rest = whole.length;
  do {
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([head, ...length]), whole]);
}
const text = (words: string) =>
  Buffer.concat([Buffer.from([words.length >> 8, words.length & 255]), Buffer.from(words)]);
const connect = (name: string, will = '') =>
  packet(
    0x10,
    text('MQTT'),
    [4, will ? 4 + 32 + 2 : 2, 0, 20],
    text(name),
    will ? Buffer.concat([text(will), text('x')]) : [],
  );
const publish = (topic: string, head = 0x32) => packet(head, text(topic), [0, 1], Buffer.from('hello'));
const subscribe = (topic: string) => packet(0x82, [0, 2], text(topic), [1]);

/** What comes through, and why the line ended, or null. */
async function through(
  pieces: readonly Buffer[],
  options = {},
): Promise<{ passed: Buffer; reason: string | null }> {
  let slow: (error: Error) => void = () => {};
  const gate = new Gate({ run, client: 7, longest: 1000, ...options }, (error) => slow(error));
  const passed: Buffer[] = [];
  try {
    for (const piece of pieces) passed.push(...gate.packetsWith(piece));
    if ('patience' in options) await new Promise((_resolve, reject) => (slow = reject));
  } catch (error) {
    return { passed: Buffer.concat(passed), reason: (error as Error).message };
  } finally {
    gate.stopTimer();
  }
  return { passed: Buffer.concat(passed), reason: null };
}

const hello = connect('client-7', `fed/${run}/here/client-7`);

test('what a participant may say passes unchanged, however it is cut', async (t) => {
  const all = Buffer.concat([
    hello,
    subscribe(`fed/${run}/round`),
    subscribe(`fed/${run}/mine/client-7`),
    publish(`fed/${run}/up/client-7`),
    publish(`fed/${run}/here/client-7`, 0x33),
    packet(0x40, [0, 1]),
    packet(0xc0),
    packet(0xe0),
  ]);
  for (const size of [1, 3, 50, all.length]) {
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
      all.subarray(at * size, (at + 1) * size),
    );
    const { passed, reason } = await through(pieces);
    t.deepEqual([passed.equals(all), reason], [true, null], `${size} bytes at a time`);
  }
});

test('a line that breaks a rule ends before the broker sees the packet, with the reason', async (t) => {
  const cases: readonly [string, readonly Buffer[], RegExp][] = [
    [
      'foreign topic',
      [hello, publish(`fed/${run}/up/client-8`)],
      /may not publish to fed\/abc\/up\/client-8/,
    ],
    ['the round itself', [hello, publish(`fed/${run}/round`)], /may not publish/],
    ['a retained update', [hello, publish(`fed/${run}/up/client-7`, 0x33)], /may not leave a message/],
    ['wildcard', [hello, subscribe('fed/#')], /may not listen to fed\/#/],
    ['one level', [hello, subscribe(`fed/${run}/mine/+`)], /may not listen/],
    ['foreign id', [connect('client-8')], /client-7 says that it is client-8/],
    ['the server', [connect('server')], /client-7 says that it is server/],
    ['foreign will', [connect('client-7', `fed/${run}/up/client-8`)], /a last will may not go/],
    ['before login', [publish(`fed/${run}/up/client-7`)], /says once, and first/],
    ['login twice', [hello, hello], /says once, and first/],
    ['oversize before login', [Buffer.from([0x10, 0xff, 0xff, 0xff, 0x1f])], /longer than 1000/],
    ['five bytes of length', [Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01])], /more than four bytes/],
    [
      'no MQTT',
      [Buffer.from(`GET / HTTP/1.1\r\nx: ${'x'.repeat(80)}\r\n\r\n`)],
      /packets of type 4|ends too early|says once|longer/,
    ],
    ['quality 2', [hello, publish(`fed/${run}/up/client-7`, 0x34)], /quality of service/],
    ['cut fields', [packet(0x10, [0, 200, 1])], /ends too early/],
    ['flood', [hello, ...Array.from({ length: 300 }, () => packet(0xc0))], /packets a second/],
  ];
  for (const [name, pieces, expected] of cases) {
    const { passed, reason } = await through(pieces);
    t.match(reason ?? 'it passed', expected, name);
    t.notOk(
      passed.includes(pieces.at(-1)!) && name !== 'login twice' && name !== 'flood',
      'and did not pass',
    );
  }
});

test('a slow drip is cut off', async (t) => {
  const { reason, passed } = await through([hello.subarray(0, 5)], { patience: 20 });
  t.match(reason ?? '', /longer than 20 ms/);
  t.equal(passed.length, 0);
});

test('two hundred packets may come at once, and fifty more for each second that has passed', (t) => {
  const real = performance.now;
  let now = 0;
  performance.now = () => now;
  try {
    const gate = new Gate({ run, client: 7, longest: 1000 }, () => t.fail('slow'));
    const passing = (most: number) => {
      for (let count = 0; count < most; count++) {
        try {
          gate.packetsWith(packet(0xc0));
        } catch (error) {
          t.equal((error as Error).message, 'more than 50 packets a second');
          return count;
        }
      }
      return most;
    };
    gate.packetsWith(hello);
    t.equal(passing(199), 199, 'as many as are allowed at once, the first one included');
    now += 500;
    t.equal(passing(25), 25, 'half a second later');
    now += 1000;
    t.equal(passing(49), 49);
    now += 60_000;
    t.equal(passing(300), 200, 'who was silent for long may send as many as at the start');
  } finally {
    performance.now = real;
  }
  t.end();
});
