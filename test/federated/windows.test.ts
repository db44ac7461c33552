import test from 'tape';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { carryWindows } from '../../lib/federated/windows/carry-windows.ts';
import type { CoOccurrenceWindows } from '../../lib/federated/windows/co-occurrence-windows.ts';
import { WindowCounts } from '../../lib/federated/windows/count-windows.ts';
import { drawWindows, windowCount } from '../../lib/federated/windows/draw-windows.ts';
import { NearnessTable, strongest } from '../../lib/federated/windows/nearness-table.ts';
import { decodeTable, encodeTable } from '../../lib/federated/windows/table-message.ts';
import { addWhatComesNext } from '../../lib/federated/windows/what-comes-next.ts';
import { decodeWindows, encodeWindows } from '../../lib/federated/windows/window-message.ts';
import { WindowsAtServer } from '../../lib/federated/windows/windows-at-server.ts';
import { WireError } from '../../lib/federated/wire/bits.ts';
import { checksum } from '../../lib/federated/wire/header.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';

const { ratings } = syntheticRatings({ users: 40, items: 60, meanRatings: 24 });
const small = leaveOneOut(ratings);
const quick: Partial<Settings> = { rounds: 10, evaluateEvery: 10, refreshEvery: 10, factors: 4 };

test('a client draws a window for every four items, each a clipped stretch of its history as a sorted set', (t) => {
  t.deepEqual([0, 1, 2, 4, 5, 16, 17, 104].map(windowCount), [0, 0, 1, 1, 2, 4, 5, 26]);
  const sequence = Uint32Array.from({ length: 40 }, (_, place) => (place * 7) % 41); // distinct, out of order
  const placeOf = new Map(Array.from(sequence, (item, place) => [item, place]));
  const starts = new Map<string, number>();
  for (let draw = 0; draw < 2000; draw++) {
    for (const window of drawWindows(sequence, randomStream(1, 'test', draw))) {
      const places = Array.from(window, (item) => placeOf.get(item)!).sort((a, b) => a - b);
      if (places.at(-1)! - places[0]! !== places.length - 1) t.fail('a window is no stretch');
      if (places.length < 16 && places[0] !== 0 && places.at(-1) !== 39) t.fail('it is short inside');
      if (window.some((item, at) => at > 0 && item <= window[at - 1]!)) t.fail('it is not sorted');
      const stretch = `${places[0]}-${places.at(-1)}`;
      starts.set(stretch, (starts.get(stretch) ?? 0) + 1);
    }
  }
  t.equal(starts.size, 53, 'starts from −14 to 38 give as many stretches');
  const expected = (2000 * 10) / 53;
  const chiSquare = [...starts.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  t.ok(chiSquare < 52 + 4 * Math.sqrt(2 * 52), `all alike: χ² = ${chiSquare.toFixed(0)} with 52 degrees`);
  t.deepEqual(drawWindows(Uint32Array.of(9, 3), randomStream(1, 'a')), [Uint32Array.of(3, 9)], 'two items');
  t.deepEqual(drawWindows(Uint32Array.of(9), randomStream(1, 'a')), [], 'one item is near nothing');
  t.end();
});

const sender = { client: 7, round: 3 };
const windows = [
  Uint32Array.of(1, 4, 9),
  Uint32Array.of(0, 49),
  Uint32Array.from({ length: 16 }, (_, i) => 3 * i),
];

test('windows come back from the wire as they were, and their message is short', (t) => {
  t.deepEqual(decodeWindows(encodeWindows(windows, sender, 50), sender, 50), windows);
  const rng = randomStream(1, 'wire');
  for (let draw = 0; draw < 200; draw++) {
    const items = 20 + rng.integer(3000);
    const sequence = Uint32Array.from(
      new Set(Array.from({ length: 2 + rng.integer(200) }, () => rng.integer(items))),
    );
    const drawn = drawWindows(sequence, rng);
    if (drawn.length === 0) continue;
    const message = encodeWindows(drawn, sender, items);
    t.deepEqual(decodeWindows(message, sender, items), drawn);
    const entropy = Math.log2(items / 16) + 2;
    const most = 8 + (drawn.length * 9 + drawn.flatMap((window) => [...window]).length * entropy) / 8 + 1;
    if (items > 200 && sequence.length > 40 && message.length > most)
      t.fail(`${message.length} bytes are more than ${most}`);
  }
  t.end();
});

test('hostile windows are rejected, with the reason', (t) => {
  // Repeats and disorder cannot be written: what follows an item is how many items are left out after it.
  const holding = (...sets: Uint32Array[]) => encodeWindows(sets, sender, 60);
  const original = encodeWindows(windows, sender, 50);
  const broken = /not below 50|ones in a row|too few|too early|shorter|left over|fill up/;
  const cases: [message: Uint8Array, reason: RegExp][] = [
    [encodeWindows(windows, { client: 8, round: 3 }, 50), /says client 8, but client 7 sent it/],
    [encodeWindows(windows, { client: 7, round: 4 }, 50), /round 4, not 3/],
    [holding(Uint32Array.of(1, 50)), /item 50 is not below 50/],
    [holding(Uint32Array.of(3)), /longer than 16|too|left over/],
    [holding(), /0 windows are not between 1 and 13/],
    [holding(...Array.from({ length: 14 }, () => Uint32Array.of(1, 2))), /14 windows are not between/],
    [resealed([...original.subarray(0, -2), 0]), /1 bytes are left over/],
    [resealed(original.subarray(0, -4)), broken],
    [original.map((byte, at) => (at === 5 ? byte ^ 1 : byte)), /checksum/],
    [encodeTable([], 3, 50), /of kind nearness, not windows/],
    [new Uint8Array(1), /too few/],
  ];
  for (const [message, reason] of cases) {
    t.throws(() => decodeWindows(message, sender, 50), reason, String(reason));
    t.throws(() => decodeWindows(message, sender, 50), WireError);
  }
  t.end();
});

/** The bytes with a checksum that fits. */
function resealed(bytes: ArrayLike<number>): Uint8Array {
  const sum = checksum(Uint8Array.from(bytes));
  return Uint8Array.from([...Array.from(bytes), sum & 255, sum >> 8]);
}

test('whatever is thrown at the server is refused, or is the one encoding of windows that are in order', (t) => {
  const rng = randomStream(1, 'fuzz');
  const original = encodeWindows(windows, sender, 50).subarray(0, -2);
  let accepted = 0;
  for (let attempt = 0; attempt < 20000; attempt++) {
    const message = original.slice(
      0,
      rng.integer(8) === 0 ? 4 + rng.integer(original.length - 4) : undefined,
    );
    for (let change = rng.integer(3); change >= 0; change--) {
      message[3 + rng.integer(message.length - 3)] = rng.integer(256);
    }
    const whole = resealed(message);
    try {
      const decoded = decodeWindows(whole, sender, 50);
      accepted++;
      const isSound = decoded.every(
        (set) =>
          set.length >= 2 &&
          set.length <= 16 &&
          set.every((item, at) => item < 50 && (at === 0 || item > set[at - 1]!)),
      );
      if (!isSound) t.fail('a broken window came through');
      if (Buffer.compare(encodeWindows(decoded, sender, 50), whole) !== 0) t.fail('there are two encodings');
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  }
  t.ok(accepted > 20, `${accepted} changed messages were windows again`);
  t.end();
});

test('the server counts pairs in windows as by hand', (t) => {
  const list = Uint32Array.of(3, 0, 1, 2, 2, 0, 1, 2, 1, 3);
  const counts = new WindowCounts(list, list.length, 5);
  t.deepEqual([...counts.windowsOf], [2, 3, 1, 1, 0]);
  const row = new Float32Array(5);
  counts.together(1, row);
  t.deepEqual([...row], [2, 0, 1, 1, 0], 'T, with 0 on the diagonal');
  counts.nearness(1, row);
  const near = [2 / Math.sqrt(4 * 3), 0, 1 / Math.sqrt(4 * 2), 1 / Math.sqrt(4 * 2), 0];
  row.forEach((value, item) => {
    if (Math.abs(value - near[item]!) > 1e-7) t.fail(`M[1, ${item}] = ${value}`);
  });
  counts.together(4, row);
  t.deepEqual([...row], [0, 0, 0, 0, 0], 'an item in no window is near nothing');
  counts.together(0, row);
  t.deepEqual([...row], [0, 2, 1, 0, 0], 'of the first item as well');
  t.equal(new WindowCounts(list, 4, 5).windowsOf[3], 0, 'what stands behind the end is not read');
  t.end();
});

test('a row of the table keeps the strongest neighbours within half a level', (t) => {
  const rng = randomStream(5, 'row');
  const nearness = Float32Array.from({ length: 200 }, (_, item) =>
    item % 3 === 0 ? 0 : rng.uniform() * 0.4,
  );
  nearness[9] = 0;
  const row = strongest(9, nearness, 64);
  const kept = [...nearness.keys()].sort((a, b) => nearness[b]! - nearness[a]!).slice(0, 64);
  t.deepEqual(
    [...row.neighbours],
    kept.sort((a, b) => a - b),
  );
  const scale = row.scale / 65535;
  t.ok(scale >= Math.max(...nearness) && scale < Math.max(...nearness) + 2 / 65535);
  row.neighbours.forEach((item, at) => {
    if (Math.abs((row.levels[at]! * scale) / 15 - nearness[item]!) > scale / 30 + 1e-6)
      t.fail(`item ${item}`);
  });
  const empty = strongest(9, new Float32Array(200), 64);
  t.deepEqual([empty.scale, empty.neighbours.length], [0, 0]);
  const rows = [
    strongest(
      2,
      nearness.map((value, item) => (item === 2 ? 0 : value)),
      64,
    ),
    row,
    { ...empty, item: 150 },
  ];
  t.deepEqual(decodeTable(encodeTable(rows, 4, 200), 4, 200, 64), rows);
  t.throws(() => decodeTable(encodeTable(rows, 4, 200), 5, 200, 64), /round 4, not 5/);
  t.throws(() => decodeTable(encodeTable(rows, 4, 200), 4, 100, 64), WireError, 'an item too many');
  t.throws(() => decodeTable(encodeTable(rows, 4, 200), 4, 200, 63), /64 neighbours, more than 63/);
  const broken = encodeTable([{ ...row, levels: row.levels.map(() => 0) }], 4, 200);
  t.throws(() => decodeTable(broken, 4, 200, 64), /level 0/);
  t.throws(() => decodeTable(encodeTable([{ ...row, scale: 0 }], 4, 200), 4, 200, 64), /scale 0 and 64/);
  t.end();
});

test('what comes next is the table at the last items, the newest one counting most', (t) => {
  const table = new NearnessTable(4, 4, new Memory());
  const scores = new Float32Array(4);
  addWhatComesNext(table, Uint32Array.of(0, 1), { weight: 1, span: 2 }, scores);
  t.deepEqual([...scores], [0, 0, 0, 0], 'no table yet');
  const rowOf = (item: number, neighbour: number, level: number) => ({
    ...{ item, scale: 65535, neighbours: Uint32Array.of(neighbour), levels: Uint8Array.of(level) },
  });
  table.replace([rowOf(0, 2, 15), rowOf(1, 3, 5)]); // M[0, 2] = 1, M[1, 3] = 1/3
  const mean = (1 + 1 / 3) / 16;
  const deviation = Math.sqrt((1 + 1 / 9) / 16 - mean * mean);
  t.ok(Math.abs(table.standardDeviation - deviation) < 1e-7);
  addWhatComesNext(table, Uint32Array.of(0, 1), { weight: 0.7, span: 2 }, scores);
  const older = Math.exp(-1 / 2);
  const by = 0.7 / deviation / (1 + older);
  [0, 0, by * older, by / 3].forEach((value, item) => {
    if (Math.abs(scores[item]! - value) > 1e-6) t.fail(`item ${item}: ${scores[item]} is not ${value}`);
  });
  t.end();
});

async function eventsOf(settings: Partial<Settings>) {
  const run = openRun(await recipeNamed('fedtlrec'), small, {
    settings: { ...quick, ...settings },
    parts: allParts,
  });
  const events: RoundEvent[] = [];
  const watch = Array.from({ length: 40 }, (_, client) => client);
  for await (const event of run.rounds({ watch, evaluates: false })) events.push(event);
  return { events, run };
}

const sentIn = (events: readonly RoundEvent[]) => events.filter((event) => event.type === 'windows-sent');

test('every client sends its windows once, in one of the first rounds, and the table comes at the refresh', async (t) => {
  const { events } = await eventsOf({ rounds: 20 });
  const sent = sentIn(events);
  t.deepEqual(
    sent.map(({ client }) => client).sort((a, b) => a - b),
    Array.from({ length: 40 }, (_, u) => u),
  );
  t.deepEqual(new Set(sent.map(({ round }) => round)), new Set([1, 2, 3, 4, 5]));
  for (const { client, windows: sets } of sent) {
    const own = itemsOf(small.train, client);
    if (sets.length !== windowCount(own.length)) t.fail(`client ${client} sent ${sets.length}`);
    if (sets.some((set) => set.some((item) => !own.includes(item)))) t.fail('it knows another item');
  }
  const tables = events.filter((event) => event.type === 'windows-counted');
  t.deepEqual(
    tables.map(({ round, rows }) => [round, rows]),
    [[10, 60]],
    'the whole table, once',
  );
});

test('who is absent in the first rounds sends when it is back, and only rows that changed are sent again', async (t) => {
  const { events } = await eventsOf({ rounds: 40, dropout: 0.8 });
  const sent = sentIn(events);
  t.equal(new Set(sent.map(({ client }) => client)).size, sent.length, 'nobody sends twice');
  t.ok(
    sent.some(({ round }) => round > 10),
    'some come late',
  );
  const tables = events.filter((event) => event.type === 'windows-counted');
  t.deepEqual(
    tables.map(({ round }) => round),
    [10, 20, 30, 40].slice(0, tables.length),
  );
  t.ok(tables.length > 1 && tables.at(-1)!.rows < 60, `${tables.at(-1)!.rows} of 60 rows`);
});

test('windows change neither the updates nor what is trained', async (t) => {
  const without = await eventsOf({ windows: 'off' });
  const withThem = await eventsOf({});
  const own = (events: readonly RoundEvent[]) =>
    events.filter(({ type }) => !type.startsWith('windows-') && type !== 'updates-merged');
  t.deepEqual(own(withThem.events), own(without.events));
  t.deepEqual(withThem.run.memory.arrays.itemTable, without.run.memory.arrays.itemTable);
});

test('there are no windows without times, beside noise with an ε, or beside decoys', async (t) => {
  const { train: interactions, ...rest } = small;
  const timeless = { ...rest, train: interactions, ordered: false };
  const result = await train(await recipeNamed('fedtlrec'), timeless, { settings: quick });
  t.deepEqual([result.bytesOncePerClient, result.best.order], [0, null]);
  for (const hiding of [{ epsilon: 50 }, { padding: 2 }]) {
    t.deepEqual(sentIn((await eventsOf(hiding)).events), [], JSON.stringify(hiding));
  }
});

test('a hostile client neither stops the count nor enters it', (t) => {
  const memory = new Memory();
  const settings = completeSettings(quick);
  const server = new WindowsAtServer(3, 50, 60, settings, memory);
  const told = (message: Uint8Array, client: number) => server.receive(message, client, 3);
  const honest = told(encodeWindows(windows, { client: 0, round: 3 }, 50), 0);
  t.deepEqual('list' in honest && [...honest.list].slice(0, 4), [3, 1, 4, 9]);
  const again = told(encodeWindows(windows, { client: 0, round: 3 }, 50), 0);
  t.match('refusal' in again ? again.refusal : '', /client 0 has sent its windows before/);
  const lie = told(encodeWindows(windows, { client: 0, round: 3 }, 50), 1);
  t.match('refusal' in lie ? lie.refusal : '', /says client 0, but client 1 sent it/);
  t.ok(
    'list' in told(encodeWindows(windows, { client: 1, round: 3 }, 50), 1),
    'a refused message does not keep the client from sending',
  );
  server.keep([Uint32Array.of(2, 7, 8), new Uint32Array(80), Uint32Array.of(2, 7, 9)]);
  t.deepEqual([...memory.arrays.windowListUsed!], [6, 0], 'what finds no room is left out, no others');
  const full = new Memory();
  new WindowsAtServer(3, 50, 6, settings, full).keep([1, 2, 3].map((item) => Uint32Array.of(2, 0, item)));
  t.deepEqual([...full.arrays.windowList!], [2, 0, 1, 2, 0, 2], 'the room is used to its end');
  const [event] = server.refresh(10);
  t.equal(event?.type === 'windows-counted' && event.rows, 50);
  const table = new NearnessTable(50, 128, memory);
  t.deepEqual([[...table.row(7).neighbours], [...table.row(8).neighbours]], [[8, 9], [7]]);
  t.deepEqual([...server.refresh(20)], [], 'nothing new, nothing sent');
  t.end();
});

test('the weight of what comes next is chosen on validation, and is none where it does not help', async (t) => {
  const result = await train(await recipeNamed('fedtlrec'), small, { settings: { ...quick, rounds: 20 } });
  t.ok(result.bytesOncePerClient > 0);
  const [point] = result.curve.filter(({ round }) => round === result.best.round);
  t.ok(result.best.validation.ndcg10 >= point!.validation.ndcg10, 'the choice at the best round is no worse');
});

test('a hostile table is rejected, with the reason', (t) => {
  const row = { item: 3, scale: 5, neighbours: Uint32Array.of(1, 2), levels: Uint8Array.of(1, 3) };
  const empty = { item: 3, scale: 0, neighbours: new Uint32Array(0), levels: new Uint8Array(0) };
  t.deepEqual(decodeTable(encodeTable([row, { ...empty, item: 4 }], 3, 50), 3, 50, 2), [
    row,
    { ...empty, item: 4 },
  ]);
  const refused = (rows: (typeof row)[], reason: RegExp, items = 50, most = 2) =>
    t.throws(() => decodeTable(encodeTable(rows, 3, 50), 3, items, most), reason, String(reason));
  refused([{ ...row, item: 0 }, { ...row, item: 1 }], /2 rows are more than the 1 items/, 1); // biome-ignore format: one line
  refused([row], /item 3 has 2 neighbours, more than 1/, 50, 1);
  refused([{ ...row, levels: Uint8Array.of(0, 3) }], /a neighbour of item 3 has level 0/);
  refused([{ ...row, scale: 0 }], /item 3 has scale 0 and 2 neighbours/);
  refused([{ ...empty, scale: 1 }], /item 3 has scale 1 and 0 neighbours/);
  refused([{ ...row, item: 20 }], /ones in a row are more than 0/, 10);
  refused([{ ...row, neighbours: Uint32Array.of(1, 12) }], /item 12 is not below 10/, 10);
  t.end();
});

test('windows that the server cannot read are told as rejected, and their bytes count all the same', (t) => {
  const windows = Uint32Array.of(1, 2);
  const carried = {
    client: {
      takeTurn: (client: number) => (client === 2 ? null : { message: new Uint8Array(10 + client), windows }),
    },
    server: {
      receive: (message: Uint8Array, client: number) =>
        client === 3 ? { refusal: 'no' } : { list: Uint32Array.of(message.length) },
    },
  } as unknown as CoOccurrenceWindows;
  const { bytes, events, lists } = carryWindows(carried, [1, 2, 3, 5], 4, new Set([3, 5]));
  t.equal(bytes, 11 + 13 + 15);
  t.deepEqual(lists, [Uint32Array.of(11), Uint32Array.of(15)]);
  t.deepEqual(events, [
    { type: 'windows-sent', round: 4, client: 3, windows, bytes: 13 },
    { type: 'message-rejected', round: 4, client: 3, reason: 'no' },
    { type: 'windows-sent', round: 4, client: 5, windows, bytes: 15 },
  ]);
  t.end();
});
