// Whether messages are what the format says, byte by byte, whether they come back, and whether everything broken is rejected.
// The judge has the format once more, in format.ts.
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import type { Answer, Call, Case, Check, Dials } from '../../kit/task.ts';
import {
  expectHidden,
  expectShown,
  fieldsOf,
  hold,
  numberOf,
  numbersOf,
  returned,
  verdict,
} from '../verdicts.ts';
import { type CodecName, fletcher, type Kind, type PlainUpdate, sealed, written } from './format.ts';

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const bytesOf = (bytes: readonly number[]) => Uint8Array.from(bytes);

const toUpdate = (update: PlainUpdate) => ({
  ...update,
  rows: Uint32Array.from(update.rows),
  left: Float32Array.from(update.left),
  right: Float32Array.from(update.right),
  extra: Float32Array.from(update.extra),
});

/** A view that begins inside its buffer. */
function shifted<T extends Float32Array | Uint32Array | Uint8Array>(values: T): T {
  const type = values.constructor as { new (length: number): T };
  const room = new type(values.length + 5);
  room.set(values, 3);
  return room.subarray(3, 3 + values.length) as T;
}

interface Way {
  readonly update: PlainUpdate;
  readonly items: number;
  readonly codec: CodecName;
  readonly kind: Kind;
}

const inWords = ({ update, items, codec, kind }: Way) =>
  `${kind} in ${codec}, rank ${update.rank}, ${update.dims} dims, ${update.rows.length} of ${items} items, ${update.extra.length} extra`;

const encodeCall = ({ update, items, codec, kind }: Way, isShifted = false): Call => {
  const given = toUpdate(update);
  const views = {
    rows: shifted(given.rows),
    left: shifted(given.left),
    right: shifted(given.right),
    extra: shifted(given.extra),
  };
  return call('encode', isShifted ? { ...given, ...views } : given, items, codec, kind);
};

const decodeCall = (
  message: Uint8Array,
  { update, items, kind }: Way,
  other: Partial<Record<string, unknown>> = {},
): Call => {
  const { client, round, dims, extra } = update;
  return call('decode', message, { client, round, items, dims, extra: extra.length, kind, ...other });
};

function encodeCase(way: Way, dials: Dials, says: string, isShifted = false): Case {
  return {
    calls: [encodeCall(way, isShifted)],
    sameShapes: false,
    verdict: verdict((answers) => {
      const { bytes } = written(way.update, way.items, way.codec, way.kind, dials);
      const got = Array.from(returned(answers) as Uint8Array);
      hold(got.length === bytes.length, `${says}: the message has another length`);
      expectHidden(got, bytes, `${says}: a byte of the message is wrong`, 0);
    }),
  };
}

/** What came back, number by number. */
function expectUpdate(answers: readonly Answer[], at: number, wanted: PlainUpdate, says: string): void {
  const got = fieldsOf(returned(answers, at), 'decode', 'rows', 'left', 'right', 'extra');
  for (const name of ['client', 'round', 'rank', 'dims'] as const) {
    hold(numberOf(got[name], name) === wanted[name], `${says}: ${name} came back as another number`);
  }
  for (const name of ['rows', 'left', 'right', 'extra'] as const) {
    const values = numbersOf(got[name], name, wanted[name].length);
    const same = wanted[name].map((value) => (name === 'rows' ? value : Math.fround(value)));
    expectHidden(values, same, `${says}: ${name} came back as other numbers`, 1e-7);
  }
}

function decodeCase(way: Way, dials: Dials, says: string, isShifted = false): Case {
  const { bytes, update } = written(way.update, way.items, way.codec, way.kind, dials);
  const message = bytesOf(bytes);
  return {
    calls: [decodeCall(isShifted ? shifted(message) : message, way)],
    verdict: verdict((answers) => expectUpdate(answers, 0, update, says)),
  };
}

/** A message that must be let in, and what is broken about it, which must not. */
function brokenCase(
  way: Way,
  dials: Dials,
  broken: (bytes: number[]) => number[],
  says: string,
  other = {},
): Case {
  const { bytes, update } = written(way.update, way.items, way.codec, way.kind, dials);
  return {
    calls: [decodeCall(bytesOf(bytes), way), decodeCall(bytesOf(broken([...bytes])), way, other)],
    mayThrow: true,
    sameShapes: false,
    verdict: verdict((answers) => {
      expectUpdate(answers, 0, update, 'a message without a fault');
      const { thrown } = answers[1]!;
      hold(thrown !== null, `${says}: the message was let in`);
      hold(
        thrown!.startsWith('wire: message rejected'),
        `${says}: it must be rejected by \`reject\`, but something else was thrown`,
      );
    }),
  };
}

const small: Way = {
  update: {
    client: 7,
    round: 3,
    rows: [2, 5],
    rank: 1,
    dims: 2,
    left: [0.5, -2],
    right: [1.5, 1],
    extra: [],
  },
  items: 12,
  codec: 'float32',
  kind: 'update',
};
const smallInWords = 'client 7, round 3, rows 2 and 5 of 12, B = [[0.5], [-2]], A = [[1.5, 1]], float32';

function drawWay(
  stream: RandomStream,
  codec: CodecName,
  kind: Kind,
  rank: number,
  sizes: { items: number; rows: number; dims: number; extra: number; endsWithOne: boolean },
): Way {
  const { items, rows, dims, extra, endsWithOne } = sizes;
  const chosen = new Set<number>();
  while (chosen.size < rows) chosen.add(stream.integer(items));
  const number = () => Math.fround(stream.normal());
  const right = Array.from({ length: rank * dims }, (_, at) =>
    endsWithOne && at % dims === dims - 1 ? 1 : number(),
  );
  return {
    update: {
      client: stream.integer(1000),
      round: 1 + stream.integer(300),
      rows: [...chosen].sort((a, b) => a - b),
      rank,
      dims,
      left: Array.from({ length: rows * (rank || dims) }, number),
      right,
      extra: Array.from({ length: extra }, number),
    },
    items,
    codec,
    kind,
  };
}

function exactWays(stream: RandomStream): Way[] {
  return [
    drawWay(stream, 'float32', 'update', 1, { items: 20, rows: 6, dims: 4, extra: 0, endsWithOne: true }),
    drawWay(stream, 'float32', 'update', 1, { items: 300, rows: 3, dims: 3, extra: 2, endsWithOne: false }),
    drawWay(stream, 'float32', 'update', 0, { items: 9, rows: 4, dims: 3, extra: 1, endsWithOne: false }),
    drawWay(stream, 'float32', 'step', 2, { items: 5, rows: 5, dims: 3, extra: 0, endsWithOne: true }),
    drawWay(stream, 'float32', 'part', 0, { items: 6, rows: 6, dims: 1, extra: 0, endsWithOne: false }),
    drawWay(stream, 'float32', 'update', 1, { items: 70_000, rows: 3, dims: 2, extra: 0, endsWithOne: true }),
    drawWay(stream, 'float32', 'update', 2, { items: 8, rows: 0, dims: 2, extra: 3, endsWithOne: false }),
  ];
}

function roundedWays(stream: RandomStream): Way[] {
  return [
    drawWay(stream, 'int8', 'update', 1, { items: 40, rows: 8, dims: 4, extra: 0, endsWithOne: true }),
    drawWay(stream, 'int8', 'update', 2, { items: 300, rows: 5, dims: 3, extra: 2, endsWithOne: false }),
    drawWay(stream, 'int4', 'update', 1, { items: 60, rows: 9, dims: 3, extra: 0, endsWithOne: true }),
    drawWay(stream, 'int3', 'step', 2, { items: 7, rows: 7, dims: 3, extra: 0, endsWithOne: false }),
    drawWay(stream, 'int2', 'update', 1, { items: 90, rows: 11, dims: 2, extra: 1, endsWithOne: true }),
    drawWay(stream, 'int8', 'part', 0, { items: 6, rows: 6, dims: 1, extra: 0, endsWithOne: false }),
    drawWay(stream, 'int4', 'update', 0, { items: 30, rows: 6, dims: 3, extra: 0, endsWithOne: false }),
    drawWay(stream, 'int4', 'part', 0, { items: 6, rows: 6, dims: 1, extra: 0, endsWithOne: false }),
    drawWay(stream, 'int8', 'update', 2, { items: 40, rows: 7, dims: 4, extra: 0, endsWithOne: true }),
  ];
}

/** Bytes with something changed, and the checksum mended. */
const changed = (change: (body: number[]) => number[] | undefined) => (bytes: number[]) => {
  const body = bytes.slice(0, -2);
  return sealed(change(body) ?? body);
};
const set = (at: number, value: number) => changed((body) => body.with(at, value));

export const visible: readonly Check[] = [
  {
    name: 'checksum-by-hand',
    title: 'The two sums of the bytes 1, 2, 3 are 7 and 13.',
    cases: () =>
      [[1, 2, 3], [250, 250], []].map((bytes) => ({
        calls: [call('checksum', bytesOf(bytes))],
        verdict: verdict((answers) => {
          const [low, high] = fletcher(bytes);
          const got = numberOf(returned(answers), 'checksum');
          expectShown(
            [got % 256, Math.floor(got / 256)],
            [low, high],
            `bytes [${bytes.join(', ')}]: the sum from 1 on and the sum of sums, modulo 251, are wrong`,
          );
        }),
      })),
  },
  {
    name: 'levels-by-hand',
    title: 'Numbers go to the nearest level, half-way ones up, none beyond the top.',
    cases: () =>
      (
        [
          [2.4, 3, 2],
          [2.5, 3, 3],
          [-2.5, 3, -2],
          [-2.6, 3, -3],
          [9, 3, 3],
          [-9, 3, -3],
          [0.49, 127, 0],
        ] as const
      ).map(([size, top, wanted]) => ({
        calls: [call('nearestLevel', size, top)],
        verdict: verdict((answers) =>
          expectShown(
            [numberOf(returned(answers), 'nearestLevel')],
            [wanted],
            `nearestLevel(${size}, ${top}) is wrong`,
          ),
        ),
      })),
  },
  {
    name: 'bytes-by-hand',
    title: 'A small message, byte by byte.',
    cases: (_stream, dials) => [
      {
        calls: [encodeCall(small)],
        sameShapes: false,
        verdict: verdict((answers) => {
          const { bytes } = written(small.update, small.items, small.codec, small.kind, dials);
          const got = Array.from(returned(answers) as Uint8Array);
          const says = `${smallInWords}: version and kind, client, round, codec and A’s last 1, rank, dims, extra, rows, A, rows, B, checksum: a byte is wrong`;
          expectShown(got, bytes, says, 0);
        }),
      },
    ],
  },
  {
    name: 'comes-back',
    title: 'The small message comes back as it was.',
    cases: (_stream, dials) => [
      decodeCase(small, dials, smallInWords),
      {
        calls: [encodeCall(small)],
        sameShapes: false,
        verdict: verdict((answers) =>
          hold(returned(answers) instanceof Uint8Array, 'encode must return a Uint8Array'),
        ),
      },
    ],
  },
  {
    name: 'damage',
    title: 'A message with one wrong bit is rejected.',
    cases: (_stream, dials) => [
      brokenCase(
        small,
        dials,
        (bytes) => bytes.with(9, bytes[9]! ^ 4),
        `${smallInWords}, one bit of byte 9 is wrong`,
      ),
    ],
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'checksum',
    title: 'The checksum holds for messages of any length.',
    cases: (stream) =>
      [1, 7, 8, 9, 100, 9000].map((length) => {
        const bytes = Array.from({ length }, () => (length === 9000 ? 255 : stream.integer(256)));
        return {
          calls: [call('checksum', shifted(bytesOf(bytes)))],
          verdict: verdict((answers) => {
            const [low, high] = fletcher(bytes);
            hold(
              numberOf(returned(answers), 'checksum') === low + 256 * high,
              `${length} bytes: the checksum is wrong`,
            );
          }),
        };
      }),
  },
  {
    name: 'levels',
    title: 'Levels hold for every top.',
    cases: (stream) =>
      [1, 3, 7, 127].flatMap((top) =>
        Array.from({ length: 4 }, () => {
          const size = 1.5 * top * (2 * stream.uniform() - 1);
          const levels = Array.from({ length: 2 * top + 1 }, (_, at) => at - top);
          const wanted = levels.reduce((best, level) =>
            Math.abs(level - size) < Math.abs(best - size) ? level : best,
          );
          return {
            calls: [call('nearestLevel', size, top)],
            verdict: verdict((answers) =>
              hold(
                numberOf(returned(answers), 'nearestLevel') === wanted,
                `top ${top}: a nearer level exists, or it is beyond the top`,
              ),
            ),
          };
        }),
      ),
  },
  {
    name: 'golden-bytes',
    title: 'Messages of exact numbers are right, byte by byte, for every kind, rank and size.',
    weight: 2,
    cases: (stream, dials) => exactWays(stream).map((way) => encodeCase(way, dials, inWords(way))),
  },
  {
    name: 'golden-rounded',
    title: 'Messages of rounded numbers are right, byte by byte; rows that became 0 are not sent.',
    cases: (stream, dials) => roundedWays(stream).map((way) => encodeCase(way, dials, inWords(way))),
  },
  {
    name: 'read',
    title: 'What is written by the format is read again.',
    weight: 2,
    cases: (stream, dials) =>
      [...exactWays(stream), ...roundedWays(stream)].map((way) => decodeCase(way, dials, inWords(way))),
  },
  {
    name: 'offset-views',
    title: 'Arrays that begin inside a buffer are written and read alike.',
    cases: (stream, dials) =>
      [...exactWays(stream).slice(0, 3), ...roundedWays(stream).slice(0, 2)].flatMap((way) => [
        encodeCase(way, dials, `${inWords(way)}, arrays that begin inside a buffer`, true),
        decodeCase(way, dials, `${inWords(way)}, a message that begins inside a buffer`, true),
      ]),
  },
  {
    name: 'broken-header',
    title:
      'A message of another version, kind, client or round is rejected, and so is a short or damaged one.',
    weight: 2,
    cases: (stream, dials) => {
      const [way] = exactWays(stream) as [Way];
      const { client, round } = way.update;
      return [
        brokenCase(
          way,
          dials,
          changed((body) => body.with(0, (body[0]! & 240) | 3)),
          'another version',
        ),
        brokenCase(
          way,
          dials,
          changed((body) => body.with(0, body[0]! ^ 8)),
          'a version that differs in its highest bit',
        ),
        brokenCase(way, dials, (bytes) => bytes, 'a step where an update is expected', { kind: 'step' }),
        brokenCase(
          way,
          dials,
          changed((body) => body.with(0, (body[0]! & 15) | 0xf0)),
          'a kind that is unknown',
        ),
        brokenCase(way, dials, (bytes) => bytes, 'another client', { client: client + 1 }),
        brokenCase(way, dials, (bytes) => bytes, 'another round', { round: round + 1 }),
        brokenCase(way, dials, () => [], 'no bytes'),
        brokenCase(way, dials, () => [2, 1], 'two bytes'),
        brokenCase(
          way,
          dials,
          (bytes) => bytes.with(bytes.length - 2, (bytes.at(-2)! + 1) % 251),
          'another sum at the end',
        ),
        brokenCase(
          way,
          dials,
          (bytes) => bytes.with(bytes.length - 1, (bytes.at(-1)! + 1) % 251),
          'another sum of sums at the end',
        ),
        brokenCase(
          way,
          dials,
          (bytes) => {
            const [a, b] = [bytes[12]!, bytes[13]!];
            return a === b ? bytes.with(12, 255 - a) : bytes.with(12, b).with(13, a);
          },
          'two bytes exchanged',
        ),
        brokenCase(
          way,
          dials,
          changed((body) => body.slice(0, 2)),
          'a message that ends in its header',
        ),
      ];
    },
  },
  {
    name: 'broken-sizes',
    title: 'Sizes that do not fit are rejected before room is made for them.',
    weight: 2,
    cases: (stream, dials) => {
      const ways = exactWays(stream);
      const way = ways[1]!;
      const { places } = written(way.update, way.items, way.codec, way.kind, dials);
      const insert = (at: number, ...bytes: number[]) =>
        changed((body) => [...body.slice(0, at), ...bytes, ...body.slice(at + 1)]);
      return [
        brokenCase(way, dials, set(places.codec, 100), 'a codec that is unknown'),
        brokenCase(way, dials, (bytes) => bytes, 'rows of other dims', { dims: way.update.dims + 1 }),
        brokenCase(way, dials, (bytes) => bytes, 'another number of extra weights', { extra: 1 }),
        brokenCase(ways[3]!, dials, (bytes) => bytes, 'more rows than items', { items: 4 }),
        rankCase(dials),
        brokenCase(
          way,
          dials,
          changed((body) => [...body, 0]),
          'a byte too many at the end',
        ),
        brokenCase(
          way,
          dials,
          changed((body) => body.slice(0, -1)),
          'a byte too few at the end',
        ),
        brokenCase(
          way,
          dials,
          changed((body) => body.slice(0, places.numbers)),
          'a message that ends before its numbers',
        ),
        brokenCase(
          way,
          dials,
          insert(places.rank + 3, 0xff, 0xff, 0xff, 0xff, 0x0f),
          '4 billion rows in a short message',
          { items: 2 ** 32 },
        ),
      ];
    },
  },
  {
    name: 'broken-numbers',
    title: 'NaN, infinities, items that do not exist and zeros that need not be sent are rejected.',
    weight: 2,
    cases: (stream, dials) => {
      const [way, other] = exactWays(stream) as [Way, Way];
      const [int8] = roundedWays(stream) as [Way];
      const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
      const end = (value: number) => changed((body) => [...body.slice(0, -4), ...float(value)]);
      const { places } = written(way.update, way.items, way.codec, way.kind, dials);
      const at = places.numbers;
      const first = changed((body) => [...body.slice(0, at), ...float(Number.NaN), ...body.slice(at + 4)]);
      const afterA = at + 4 * (way.update.dims - 1);
      return [
        brokenCase(way, dials, end(Number.NaN), 'NaN at the end of B'),
        brokenCase(way, dials, end(Infinity), '∞ at the end of B'),
        brokenCase(way, dials, end(-Infinity), '−∞ at the end of B'),
        brokenCase(way, dials, first, 'NaN at the beginning of A'),
        brokenCase(
          way,
          dials,
          changed((body) => body.with(afterA + 10, 20).with(afterA + 11, 0)),
          'an item that does not exist',
        ),
        brokenCase(
          way,
          dials,
          changed((body) => body.with(afterA + 2, body[afterA]!).with(afterA + 3, body[afterA + 1]!)),
          'the same item twice',
        ),
        brokenCase(
          other,
          dials,
          changed((body) => {
            const place =
              written(other.update, other.items, other.codec, other.kind, dials).places.numbers +
              4 * (other.update.dims - 1);
            return [...body.slice(0, place), ...float(1), ...body.slice(place + 4)];
          }),
          'A ends with 1, which need not be sent',
        ),
        zeroRowCase(int8, dials),
      ];
    },
  },
];

/** A rounded message one of whose rows was made 0 on its way: there is a shorter message for the same update. */
function zeroRowCase(way: Way, dials: Dials): Case {
  const update = {
    ...way.update,
    left: way.update.left.map((value, at) => (at === 1 ? 127 : at === 0 ? 1 : 5 + Math.round(value))),
  };
  const { bytes } = written(update, way.items, way.codec, way.kind, dials);
  const levels = update.rows.length; // the last bytes before the checksum are the levels of B
  return {
    calls: [
      decodeCall(bytesOf(bytes), { ...way, update }),
      decodeCall(bytesOf(changed((body) => body.with(body.length - levels, 127))(bytes)), { ...way, update }),
    ],
    mayThrow: true,
    sameShapes: false,
    verdict: verdict((answers) => {
      returned(answers, 0);
      hold(
        answers[1]!.thrown !== null,
        'a row of rounded numbers that is 0 was let in, though it need not be sent',
      );
    }),
  };
}

/** A is a column of ones, which need not be sent, so the message is short whatever its rank. */
function rankCase(dials: Dials): Case {
  const of = (rank: number): Way => ({
    update: {
      client: 1,
      round: 2,
      rows: [],
      rank,
      dims: 1,
      left: [],
      right: Array<number>(rank).fill(1),
      extra: [],
    },
    items: 4,
    codec: 'float32',
    kind: 'update',
  });
  const [allowed, above] = [of(1024), of(1025)];
  const { bytes } = written(above.update, 4, 'float32', 'update', dials);
  return brokenCase(allowed, dials, () => bytes, 'rank 1025');
}
