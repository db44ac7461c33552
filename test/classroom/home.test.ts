// A home by itself: which model it has, what it sends, what its last message says, and files of homes and classes.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { ClassFolder } from '../../lib/classroom/class-folder.ts';
import { externalBroker } from '../../lib/classroom/external-broker.ts';
import { Home } from '../../lib/classroom/home.ts';
import { readHome, writeHome } from '../../lib/classroom/home-file.ts';
import { encodeModel } from '../../lib/classroom/messages.ts';
import { replayClass } from '../../lib/classroom/replay.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { decode } from '../../lib/federated/wire.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { homeRatings, people, settingsOf } from './class-in-process.ts';
import { dims as maskedDims, items as maskedItems, openMasked, runPhase } from './masked-in-process.ts';

const split = people(6, 40);
const settings = settingsOf(fedtlrec);
const homeOf = (client: number) =>
  new Home({
    ...{ recipe: fedtlrec, settings, client, items: 40, loops: plainLoops, parts: allParts, run: 'r' },
    ratings: homeRatings(split, client),
  });
const nothing = { mix: 0.5, order: { weight: 2, span: 3 }, step: new Uint8Array(0) };

test('a home follows one change after the other, and asks for the whole model where one is missing', async (t) => {
  const server = openRun(fedtlrec, split, { settings, loops: plainLoops });
  const home = homeOf(2);
  const steps: Uint8Array[] = [];
  for await (const event of server.rounds({ evaluates: false }))
    if (event.type === 'broadcast-sent') steps.push(event.message!);
  const follow = (modelRound: number, previousModelRound: number, step: Uint8Array = nothing.step) =>
    home.follow({ ...nothing, modelRound, previousModelRound, step } as never);
  t.ok(follow(0, 0), 'it has the first model');
  t.deepEqual([home.scores.mix, home.scores.order], [0.5, { weight: 2, span: 3 }]);
  t.notOk(follow(1, 0), 'a change that did not come');
  t.ok(follow(1, 0, steps[0]));
  t.equal(home.modelRound, 1);
  t.ok(follow(1, 0, steps[0]), 'once more, it changes nothing');
  t.notOk(follow(3, 2, steps[2]), 'one is missing');
  t.equal(home.modelRound, 1);
  const [itemTable, extra] = [new Float32Array(40 * 5).fill(0.25), new Float32Array(0)];
  const scores = () => home.scores.top(3, 0).map(({ score }) => score);
  const before = scores();
  home.receiveModel(encodeModel({ round: 0, itemTable, extra }));
  t.deepEqual([home.modelRound, scores()], [1, before], 'an earlier model is not taken');
  home.receiveModel(encodeModel({ round: 3, itemTable, extra }));
  t.equal(home.modelRound, 3);
  const [first, second] = scores();
  t.ok(first === second && first !== before[0], 'all items are alike by now');
});

test('a home trains once a round, says the same when it is asked again, and knows what it has said', async (t) => {
  const home = homeOf(1);
  t.equal(home.lastUpdate(), null, 'nothing yet');
  const turn = home.takeTurn(1)!;
  t.notOk(turn.isRepeated);
  const record = JSON.stringify(home.record.arrays);
  const again = home.takeTurn(1)!;
  t.deepEqual(again, { ...turn, isRepeated: true });
  t.equal(JSON.stringify(home.record.arrays), record, 'without training anew');
  t.deepEqual(home.lastUpdate(), decode(turn.message, { client: 1, round: 1, items: 40, dims: 5, extra: 0 }));
  home.takeTurn(2);
  t.equal(home.takeTurn(1), null, 'that round is over');
  const kept = new Home({
    ...{ recipe: fedtlrec, settings, client: 1, items: 40, loops: plainLoops, parts: allParts, run: 'r' },
    ...{ ratings: homeRatings(split, 1), record: home.record },
  });
  t.deepEqual(kept.takeTurn(2), home.takeTurn(2), 'after a reload');
});

test('a masked message, read as if it were one, is words that say nothing', async (t) => {
  const masked = openMasked([1, 2, 3]);
  const home = masked.homes.get(2)!;
  const sizes = { round: 3, items: maskedItems, dims: maskedDims };
  t.equal(home.lastAsUpdate(sizes), null, 'before the first');
  for (const _ of ['keys', 'shares', 'train']) await runPhase(masked);
  const { left, right, extra, ...facts } = home.lastAsUpdate(sizes)!;
  t.deepEqual(facts, { client: 2, round: 3, rows: Uint32Array.of(0, 1, 2, 3, 4, 5), rank: 0, dims: 2 });
  const signed = new Int32Array(masked.words.get(2)!.slice(0, 12).buffer); // two's complement
  t.deepEqual(left, Float32Array.from(signed));
  t.deepEqual([right.length, extra.length], [0, 0]);
});

test('what stands in the folder of a class or the file of a home is told where it is not what it should be', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'fedtlrec-class-folder-'));
  const said = (work: Promise<unknown>) => work.then(() => 'done', String);
  try {
    const path = join(place, 'class');
    const facts = { recipe: 'fedtlrec', settings, seats: 3, items: ['a', 'b'], run: 'r' } as never;
    const folder = await ClassFolder.create(path, facts);
    t.deepEqual([folder.taken, folder.secret.length], [0, 32]);
    t.equal(
      await said(ClassFolder.create(path, facts)),
      `ClassError: ${path} holds a class already; go on with --resume, or name another folder`,
    );
    await appendFile(join(path, 'seats.jsonl'), '{"client":0}\n{"client":2}\n{"client":0}\n{"client":1');
    const again = await ClassFolder.open(path);
    t.equal(again.taken, 2, 'of different clients; a line that was cut off does not count');
    t.deepEqual([...again.secret], [...folder.secret]);
    t.equal(await said(replayClass(again, fedtlrec)), `ClassError: ${path}: no round was finished`);
    const text = await readFile(join(path, 'class.json'), 'utf8');
    await writeFile(join(path, 'class.json'), text.replace('"version":1', '"version":2'));
    t.equal(await said(ClassFolder.open(path)), `ClassError: ${path}: version 2 is not 1`);
    const none = join(place, 'none');
    t.equal(
      await said(ClassFolder.open(none)),
      `ClassError: ${none} holds no class; leave --resume out to begin one`,
    );

    const file = join(place, 'home.json');
    t.equal(await readHome(file), null);
    const home = homeOf(3);
    home.takeTurn(1);
    const kept = { run: 'r', seat: { client: 3, token: 'x' } as never, record: home.record };
    await writeHome(file, kept);
    const read = (await readHome(file))!;
    const { round, message, windows, loss, arrays } = home.record;
    t.deepEqual([read.run, read.seat], [kept.run, kept.seat]);
    const { masking: _, privateSeed: __, members: ___, ...record } = read.record!;
    t.deepEqual(record, { round, message, windows, loss, arrays }, 'in the same types of arrays');
    await writeFile(file, '{"run":"r","record":7}');
    t.match(await said(readHome(file)), /^ClassError: .*home\.json is not what join --keep has written: /);
  } finally {
    await rm(place, { recursive: true });
  }
});

test('the address of a broker says how and where it is reached', async (t) => {
  const said = (address: string) => externalBroker(address).then(() => 'done', String);
  t.equal(
    await said('localhost'),
    'ClassError: --broker must be an address such as mqtt://localhost:1883, got localhost',
  );
  t.equal(
    await said('http://localhost'),
    'ClassError: --broker must begin with mqtt:// or mqtts://, got http://localhost',
  );
});
