// What a class's server makes of a round's messages, with a server's side whose messages are one byte long and longer.
import test from 'tape';
import { serverDigest } from '../../lib/classroom/class-run.ts';
import { HomeScores } from '../../lib/classroom/home-scores.ts';
import { mergeMessages } from '../../lib/classroom/merge.ts';
import { sidesOf } from '../../lib/classroom/sides-apart.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { Memory } from '../../lib/federated/memory.ts';
import type { Program } from '../../lib/federated/recipe.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { ReceivingSide } from '../../lib/federated/sides.ts';
import { pfedrec } from '../../lib/peers/pfedrec.ts';
import { chunksOf } from '../../lib/training/executor.ts';
import { openRun } from '../../lib/training/open-run.ts';

/** Sums of a message's first byte; refuses client 4; windows of one byte are refused, longer ones are a list. */
function smallServer() {
  const heard: string[] = [];
  let sum = 0;
  const server = {
    beginChunk(round: number, members: readonly number[]) {
      heard.push(`${round}: ${members.join()}`);
      sum = 0;
    },
    receive(message: Uint8Array, client: number) {
      if (client === 4) return 'no';
      sum += message[0]!;
      return null;
    },
    finishChunk: () => ({ sum, bytes: 1000 }),
    receiveWindows: (message: Uint8Array) =>
      message.length === 1 ? { refusal: 'short' } : { list: Uint32Array.from(message) },
  };
  return { server: server as unknown as ReceivingSide, heard };
}

test('messages are merged chunk by chunk in the order of clients; bytes are theirs and those of their windows', (t) => {
  const { server, heard } = smallServer();
  const clients = 3000;
  const chunks = chunksOf(clients);
  t.ok(chunks.length > 1);
  const [from] = chunks[1]!;
  const messages = new Map([
    [from + 1, Uint8Array.of(5, 0)],
    [4, Uint8Array.of(9)],
    [0, Uint8Array.of(2, 0, 0)],
    [3, Uint8Array.of(1)],
  ]);
  const losses = new Map([[0, 0.5], [3, 1.5], [77, 100]]); // biome-ignore format: pairs
  const windows = new Map([
    [0, Uint8Array.of(7, 8)],
    [3, Uint8Array.of(7)],
    [from + 1, Uint8Array.of(1, 2, 3)],
  ]);
  const results = mergeMessages(server, clients, 6, messages, losses, windows);
  t.deepEqual(heard.slice(0, 2), ['6: 0,3,4', `6: ${from + 1}`]);
  t.equal(results.length, chunks.length);
  const [first, second, third] = results;
  t.deepEqual(first, {
    sum: 3,
    trained: 3,
    loss: 0.5 + 1.5 + 1, // client 4 counts with the mean of those who are here and tell theirs
    bytesUp: 3 + 1 + 1 + (2 + 1) + 1000,
    events: [
      { type: 'message-rejected', round: 6, client: 4, reason: 'no' },
      { type: 'message-rejected', round: 6, client: 3, reason: 'short' },
    ],
    windows: [Uint32Array.of(7, 8)],
  });
  t.deepEqual([second!.sum, second!.trained, second!.loss, second!.bytesUp], [5, 1, 1, 2 + 3 + 1000]);
  t.deepEqual(second!.windows, [Uint32Array.of(1, 2, 3)]);
  t.deepEqual([third!.trained, third!.bytesUp], [0, 1000], 'nobody of this chunk has answered');
  t.end();
});

test('the fingerprint of a server is that of its arrays, of windows as many as are used, and of nothing at home', async (t) => {
  const digest = async (change: (arrays: Record<string, number[]>) => void) => {
    const memory = new Memory();
    const arrays: Record<string, number[]> = { shared: [1, 2], windowList: [3, 4, 5, 6], windowListUsed: [2], row: [7, 8] }; // biome-ignore format: one line
    change(arrays);
    memory.float32('shared', 2).set(arrays.shared!);
    memory.uint32AtServer('windowList', 4).set(arrays.windowList!);
    memory.uint32AtServer('windowListUsed', 1).set(arrays.windowListUsed!);
    memory.rows('float32', 'row', 1, 2).set(arrays.row!);
    return await serverDigest(memory);
  };
  const first = await digest(() => {});
  const changes: [string, (arrays: Record<string, number[]>) => void][] = [
    ['shared 1', ({ shared }) => (shared![1] = 3)],
    ['window 0', ({ windowList }) => (windowList![0] = 9)],
    ['window 1', ({ windowList }) => (windowList![1] = 9)],
    ['used', ({ windowListUsed }) => (windowListUsed![0] = 3)],
  ];
  for (const [name, change] of changes) t.notEqual(await digest(change), first, name);
  t.equal(await digest(({ windowList }) => windowList!.fill(9, 2)), first, 'room that is not used');
});

test('a recipe whose sides cannot be told apart is refused by its name', (t) => {
  const split = leaveOneOut(syntheticRatings({ users: 10, items: 20, groups: 1, scenesPerGroup: 1, meanRatings: 6 }).ratings); // biome-ignore format: one line
  const programOf = (recipe: typeof fedtlrec) => openRun(recipe, split, { settings: { factors: 2 } }).program;
  const program = programOf(fedtlrec);
  t.equal(sidesOf(fedtlrec, program), program.sides);
  t.throws(
    () => sidesOf(pfedrec, { ...programOf(pfedrec), sides: undefined } as Program),
    /^RangeError: recipe: pfedrec runs in the simulator only, its server and its clients cannot be told apart/,
  );
  const ratings = { train: Uint32Array.of(1), validation: -1, test: -1 };
  const scores = new HomeScores(program, { client: 0, items: 20, ratings, loops: null, recency: null } as never); // biome-ignore format: one line
  t.deepEqual([scores.mix, scores.order, scores.partRound], [0, null, 0], 'at first it has no personal part');
  t.deepEqual(scores.strongestOfPart(3), []);
  t.end();
});
