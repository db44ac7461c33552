// Messages of a class: each comes back as it was, in the bytes that its fields make by hand, and no cut or forged one is taken.
import test from 'tape';
import {
  type Announcement,
  decodeAnnouncement,
  encodeAnnouncement,
  purposes,
} from '../../lib/classroom/announcement.ts';
import {
  decodeMaskedWords,
  decodeRevealed,
  decodeRoster,
  decodeShares,
  decodeSurvivors,
  encodeMaskedWords,
  encodeRevealed,
  encodeRoster,
  encodeShares,
  encodeSurvivors,
  LETTER_BYTES,
} from '../../lib/classroom/mask-messages.ts';
import { agreedTo, beginAttempt, newMaskingRecord } from '../../lib/classroom/masking-record.ts';
import {
  decodeFigures,
  decodeModel,
  decodePresence,
  decodeRefusal,
  encodeFigures,
  encodeModel,
  encodePresence,
  encodeRefusal,
} from '../../lib/classroom/messages.ts';
import { messageKinds } from '../../lib/federated/wire/header.ts';

/** Version 2, the kind, client and round below 128, the bytes given, and Fletcher's two sums modulo 251. */
function frame(
  kind: (typeof messageKinds)[number],
  client: number,
  round: number,
  ...fields: number[]
): Uint8Array {
  const bytes = [2 | (messageKinds.indexOf(kind) << 4), client, round, ...fields];
  let [sum, sums] = [1, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 251;
    sums = (sums + sum) % 251;
  }
  return Uint8Array.from([...bytes, sum, sums]);
}

const float64 = (...values: number[]) => [...new Uint8Array(Float64Array.from(values).buffer)];
const float32 = (...values: number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
const sender = { client: 3, round: 5 };

const announcement: Announcement = {
  ...{ round: 5, purpose: 'test', deadline: 300, attempt: 6 },
  ...{ partRound: 1, tableRound: 2, modelRound: 4, previousModelRound: 3 },
  ...{ mix: 0.5, mixes: [0, 0.25] },
  ...{ order: { weight: 2, span: 7 }, orders: [null, { weight: 1, span: 3 }] },
  step: Uint8Array.of(9, 8),
};
const presence = { client: 3, isHere: true, session: 300, modelRound: 5, tableRound: 2, givesFigures: false };
const figures = { ...sender, of: 'validation', values: Float64Array.of(0.5, -1) } as const;
const member = { client: 7, maskKey: filled(32, 1), letterKey: filled(32, 2), seedDigest: filled(32, 3) };
const roster = { attempt: 1, threshold: 2, members: [member, { ...member, client: 8 }] };
const letters = { attempt: 1, letters: [[7, filled(LETTER_BYTES, 5)]] as const };
const revealed = { attempt: 1, shares: [[7, filled(33, 5)]] as const };
const survivors = { attempt: 1, came: [7, 9], missing: [8] };

/** Each kind: its message, the same by hand, and what is read of it. */
const kinds: Record<string, [message: Uint8Array, byHand: Uint8Array, read: (bytes: Uint8Array) => unknown, want: unknown]> = {
  announcement: [
    encodeAnnouncement(announcement),
    frame('round', 0, 5, 3, 0xac, 2, 1, 2, 4, 3, 6, 3, ...float64(0.5, 0, 0.25), 6, ...float64(2, 7, 0, 0, 1, 3), 2, 9, 8),
    decodeAnnouncement,
    announcement,
  ],
  presence: [
    encodePresence(presence),
    frame('presence', 3, 5, 1, 0xac, 2, 2),
    (bytes) => decodePresence(bytes, 3),
    presence,
  ],
  figures: [
    encodeFigures(figures),
    frame('figures', 3, 5, 1, 2, ...float64(0.5, -1)),
    (bytes) => decodeFigures(bytes, sender),
    figures,
  ],
  model: [
    encodeModel({ round: 5, itemTable: Float32Array.of(1, 2), extra: Float32Array.of(3) }),
    frame('model', 0, 5, 2, 1, ...float32(1, 2, 3)),
    (bytes) => {
      const into = { itemTable: new Float32Array(2), extra: new Float32Array(1) };
      return [decodeModel(bytes, into), ...into.itemTable, ...into.extra];
    },
    [5, 1, 2, 3],
  ],
  refusal: [
    encodeRefusal(sender, 'no'),
    frame('refusal', 3, 5, 2, 110, 111),
    (bytes) => decodeRefusal(bytes, 3),
    { round: 5, reason: 'no' },
  ],
  keys: [
    encodeRoster(sender, roster),
    frame('keys', 3, 5, 1, 2, 2, ...[7, 8].flatMap((client) => [client, ...filled(32, 1), ...filled(32, 2), ...filled(32, 3)])),
    (bytes) => decodeRoster(bytes, sender),
    roster,
  ],
  shares: [
    encodeShares(sender, letters),
    frame('shares', 3, 5, 1, 1, 7, ...filled(82, 5)),
    (bytes) => decodeShares(bytes, sender),
    letters,
  ],
  survivors: [
    encodeSurvivors(sender, survivors),
    frame('survivors', 3, 5, 1, 2, 7, 9, 1, 8),
    (bytes) => decodeSurvivors(bytes, sender),
    survivors,
  ],
  revealed: [
    encodeRevealed(sender, revealed),
    frame('revealed', 3, 5, 1, 1, 7, ...filled(33, 5)),
    (bytes) => decodeRevealed(bytes, sender),
    revealed,
  ],
  masked: [
    encodeMaskedWords(sender, 1, Uint32Array.of(1, 2 ** 32 - 1)),
    frame('masked', 3, 5, 1, 2, 1, 0, 0, 0, 255, 255, 255, 255),
    (bytes) => decodeMaskedWords(bytes, sender, 2),
    { attempt: 1, words: Uint32Array.of(1, 2 ** 32 - 1) },
  ],
}; // biome-ignore format: a table

const refusal = (read: () => unknown) => {
  try {
    read();
    return 'taken';
  } catch (error) {
    const { name, message } = error as Error;
    return name === 'WireError' ? message.replace('wire: message rejected: ', '') : String(error);
  }
};

test('every kind of message is the bytes of its fields, and is read back', (t) => {
  for (const [kind, [message, byHand, read, want]] of Object.entries(kinds)) {
    t.deepEqual([...message], [...byHand], kind);
    t.deepEqual(read(message), want, `${kind}, read`);
  }
  const about = (isHere: boolean, givesFigures: boolean) => {
    const said = { ...presence, isHere, givesFigures };
    t.deepEqual(decodePresence(encodePresence(said), 3), said);
    return encodePresence(said)[3];
  };
  t.deepEqual([about(false, false), about(true, false), about(false, true), about(true, true)], [0, 1, 2, 3]);
  for (const purpose of purposes)
    t.equal(decodeAnnouncement(encodeAnnouncement({ ...announcement, purpose })).purpose, purpose);
  const none = { ...announcement, mixes: [], order: null, orders: [], step: new Uint8Array(0) };
  t.deepEqual(decodeAnnouncement(encodeAnnouncement(none)), none);
  t.equal(
    decodeRefusal(encodeRefusal(sender, 'x'.repeat(600)), 3).reason,
    'x'.repeat(500),
    'a long reason is cut',
  );
  t.end();
});

test('no message is taken that is cut, goes on, is of another kind, or comes from somebody else', (t) => {
  for (const [kind, [message, , read]] of Object.entries(kinds)) {
    const body = [...message.slice(3, -2)];
    const other = kind === 'presence' ? 'figures' : 'presence';
    const known = kind === 'announcement' ? 'round' : (kind as (typeof messageKinds)[number]);
    const [client, round] = [message[1]!, message[2]!];
    for (let length = 0; length < body.length; length++)
      if (refusal(() => read(frame(known, client, round, ...body.slice(0, length)))) === 'taken')
        t.fail(`${kind} with ${length} of ${body.length} bytes was taken`);
    t.equal(
      refusal(() => read(frame(known, client, round, ...body, 0))),
      '1 bytes are left over',
      kind,
    );
    t.equal(
      refusal(() => read(frame(other, client, round, ...body))),
      `it is of kind ${other}, not ${known}`,
    );
    t.equal(
      refusal(() => read(frame(known, 9, round, ...body))),
      `it says client 9, but client ${client} sent it`,
    );
  }
  t.end();
});

test('fields beyond their bounds are refused before there is room for them', (t) => {
  const said = (kind: string, bytes: Uint8Array) => refusal(() => kinds[kind]![2](bytes));
  t.equal(said('presence', frame('presence', 3, 5, 4, 1, 1)), 'presence 4 is unknown');
  t.equal(said('figures', frame('figures', 3, 5, 3, 0)), 'what the figures are of is unknown');
  t.equal(
    said('announcement', frame('round', 0, 5, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
    'what it asks for is unknown',
  );
  t.equal(said('figures', frame('figures', 3, 5, 0, 0x81, 0x20)), '4097 figures are more than 4096');
  t.match(
    said('figures', frame('figures', 3, 5, 0, 0x80, 0x20)),
    /^\d+ bits are left, too few for 4096 figures$/,
  );
  t.equal(said('keys', frame('keys', 3, 5, 1, 2, 0x91, 0x4e)), '10001 members are more than 10000');
  t.notEqual(said('survivors', frame('survivors', 3, 5, 1, 0x90, 0x4e)), '10000 members are more than 10000');
  for (const [kind, ...fields] of [
    ['keys', 1, 2, 2, ...[7, 7].flatMap((client) => [client, ...filled(96, 1)])],
    ['shares', 1, 2, ...[7, 7].flatMap((client) => [client, ...filled(82, 1)])],
    ['survivors', 1, 2, 7, 7, 0],
    ['survivors', 1, 0, 2, 7, 7],
    ['revealed', 1, 2, ...[7, 7].flatMap((client) => [client, ...filled(33, 1)])],
  ] as [(typeof messageKinds)[number], ...number[]][])
    t.equal(said(kind, frame(kind, 3, 5, ...fields)), 'client 7 stands in it twice', kind);
  t.equal(said('masked', frame('masked', 3, 5, 1, 1, 0, 0, 0, 0)), 'it has 1 words, not 2');
  t.equal(said('model', frame('model', 0, 5, 1, 1, ...float32(1, 2))), 'it has 1 and 1 numbers, not 2 and 1');
  t.equal(
    said('model', frame('model', 0, 5, 2, 2, ...float32(1, 2, 3, 4))),
    'it has 2 and 2 numbers, not 2 and 1',
  );
  t.end();
});

test('a frame of another version, a kind without a name, or a few bytes are no message', (t) => {
  const read = (...bytes: number[]) => refusal(() => decodePresence(Uint8Array.from(bytes), 3));
  t.equal(read(), '0 bytes are too few for a message');
  t.equal(read(0x82, 1), '2 bytes are too few for a message');
  t.equal(read(0x83, 1, 1), 'version 3 is not 2');
  t.equal(
    read(0x46, 0x54, 0x4c, 0x52, 1, 1, 1),
    'it is of version 1, which nobody reads any more; its sender must be updated to 2',
  );
  const unknown = frame('revealed', 3, 5);
  const bytes = [unknown[0]! + 16, 3, 5];
  let [sum, sums] = [1, 0];
  for (const byte of bytes) [sum, sums] = [sum + byte, sums + sum + byte];
  t.equal(read(...bytes, sum % 251, sums % 251), 'kind 15 is unknown');
  t.equal(read(...frame('presence', 3, 5, 1, 0x80, 0, 2)), 'the session takes more bytes than it needs');
  t.equal(
    read(...frame('presence', 3, 5, 1, 0xff, 0xff, 0xff, 0xff, 0x1f, 2)),
    'the session is not below 2³²',
  );
  const largest = frame('presence', 3, 5, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 2);
  t.equal(decodePresence(largest, 3).session, 2 ** 32 - 1);
  t.end();
});

test('an attempt is begun once, goes on after a reload, and shares of it are opened once', async (t) => {
  const fresh = newMaskingRecord();
  t.match(fresh.secret, /^[0-9a-f]{64}$/);
  const first = beginAttempt(fresh, 2, 1);
  t.deepEqual(first, { secret: fresh.secret, round: 2, attempt: 1, roster: '', letters: '', survivors: '' });
  const message = Uint8Array.of(1, 2, 3);
  const agreed = await agreedTo(first, 'roster', message, 'no');
  t.match(agreed.roster, /^039058c6f2c0cb492c533b0a4d14ef77/, 'SHA-256 of the bytes');
  t.equal(beginAttempt(agreed, 2, 1), agreed, 'the same attempt goes on');
  t.deepEqual(beginAttempt(agreed, 2, 2), { ...first, attempt: 2 }, 'another one begins anew');
  t.deepEqual(await agreedTo(agreed, 'roster', message, 'no'), agreed, 'the same once more');
  await agreedTo(agreed, 'roster', Uint8Array.of(4), 'another roster').then(
    () => t.fail('taken'),
    (error: Error) => t.match(error.message, /another roster$/),
  );
  t.equal(
    refusal(() => beginAttempt(first, 1, 1)),
    'round 1 is over, round 2 has begun',
  );
  const opened = await agreedTo(first, 'survivors', message, 'no');
  t.equal(beginAttempt(opened, 2, 1), opened);
  t.equal(
    refusal(() => beginAttempt(opened, 2, 2)),
    'shares were opened in round 2; another attempt at it could take two sums apart',
  );
  t.deepEqual(beginAttempt(opened, 3, 2), { ...first, round: 3, attempt: 2 }, 'the next round is free');
});
