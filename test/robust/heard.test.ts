// What clients hear from each other is made of what the strategy lets count: tokens are read from the memory, and what should stand
// in them is worked out from the messages on the wire.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { decode, expandUpdate } from '../../lib/federated/wire.ts';
import { isLiar } from '../../lib/robust/attacks.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 40, items: 36, meanRatings: 8, seed: 4 }).ratings);
const { users, items } = split.train;
const base: Partial<Settings> = {
  ...{ rounds: 1, evaluateEvery: 1, factors: 3, codec: 'float32', windows: 'off', seed: 5 },
  ...{ attack: 'sign-flip', liars: 0.2, attackStrength: 10 },
};
const dims = 4;

/** One round: each client's message as a table of rows, and what the server remembers of the client. */
async function hear(settings: Partial<Settings>) {
  const sent = new Map<number, { norm: number; wants: Float64Array }>();
  const run = openRun(fedtlrec, split, {
    settings: { ...base, ...settings },
    parts: allParts,
    channel(message, client, round) {
      const { rows, left } = expandUpdate(decode(message, { client, items, dims, extra: 0, round }));
      const wants = new Float64Array(items); // the last column, of which a token is made
      rows.forEach((item, row) => {
        wants[item] = left[(row + 1) * dims - 1]!;
      });
      sent.set(client, { norm: Math.hypot(...left), wants });
      return message;
    },
  });
  for await (const _ of run.rounds({ evaluates: false })) {
    // the memory is looked at in the end
  }
  const values = run.memory.float32('tokenValues', users * items);
  const tokenOf = (client: number) => values.subarray(client * items, (client + 1) * items);
  return { sent, known: run.memory.uint8('tokenKnown', users), tokenOf };
}

/** Whether every token is its client's message times a factor. */
function areTimes({ sent, tokenOf }: Awaited<ReturnType<typeof hear>>, factorOf: (norm: number) => number) {
  return [...sent].every(([client, { norm, wants }]) =>
    tokenOf(client).every((value, item) => Math.abs(value - factorOf(norm) * wants[item]!) < 1e-5),
  );
}

test('with a sum and with a median, tokens are made of the messages as they came', async (t) => {
  t.ok(areTimes(await hear({}), () => 1));
  t.ok(
    areTimes(await hear({ combine: 'median' }), () => 1),
    'a median judges numbers, not clients',
  );
});

test('a bound on norms holds for tokens, too: given beforehand, or the median of the round', async (t) => {
  t.ok(areTimes(await hear({ combine: 'norm-bound', normBound: 0.5 }), (norm) => Math.min(1, 0.5 / norm)));
  const heard = await hear({ combine: 'norm-bound' });
  const norms = [...heard.sent.values()].map(({ norm }) => norm).sort((a, b) => a - b);
  const middle = (norms[users / 2 - 1]! + norms[users / 2]!) / 2;
  t.ok(areTimes(heard, (norm) => Math.min(1, middle / norm)));
  t.notOk(
    areTimes(heard, () => 1),
    'liars are loud',
  );
});

test('whoever multi-Krum or Krum leaves out is not heard by others', async (t) => {
  const { known, sent, tokenOf } = await hear({ combine: 'multi-krum', assumedLiars: 0.25 });
  const heard = [...known.keys()].filter((client) => known[client] === 1);
  t.equal(heard.length, users - users / 4);
  const liars = [...known.keys()].filter((client) => isLiar(client, 5, 0.2));
  t.ok(liars.length > 0 && liars.length <= users / 4, `${liars.length} liars`);
  t.ok(
    liars.every((client) => known[client] === 0),
    'no liar is',
  );
  t.ok(
    heard.every((client) =>
      tokenOf(client).every((value, item) => Math.abs(value - sent.get(client)!.wants[item]!) < 1e-5),
    ),
  );
  const one = await hear({ combine: 'krum' });
  t.equal(
    one.known.reduce((sum, isKnown) => sum + isKnown, 0),
    1,
  );
});

test('threads hear the same', async (t) => {
  const options = { settings: { ...base, rounds: 3, combine: 'multi-krum' }, parts: allParts } as const;
  const { digest } = await train(fedtlrec, split, options);
  const threaded = await train(fedtlrec, split, { ...options, executor: threadsExecutor(2) });
  t.equal(threaded.digest, digest);
});
