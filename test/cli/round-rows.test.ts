import test from 'tape';
import { type RoundRow, RoundRows } from '../../lib/cli/round-rows.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';

const merged = (round: number, loss: number, bytesUp = 0, clients = 0, rejected = 0): RoundEvent => ({
  ...{ type: 'updates-merged', round, clients, trained: clients, rejected, bytesUp, loss },
});

function rowsOf(events: readonly RoundEvent[]): { rows: readonly RoundRow[]; seen: readonly RoundRow[] } {
  const seen: RoundRow[] = [];
  const folded = new RoundRows((row) => seen.push(row));
  for (const event of events) folded.add(event);
  folded.end();
  return { rows: folded.rows, seen };
}

test('a round has the loss of its clients, and none where nobody trained', (t) => {
  const { rows, seen } = rowsOf([
    { type: 'round-started', round: 1 },
    merged(1, 0.5),
    { type: 'round-started', round: 2 },
    merged(2, Number.NaN),
    { type: 'round-started', round: 3 },
  ]);
  t.deepEqual(
    rows.map(({ round, loss }) => [round, loss]),
    [
      [1, 0.5],
      [2, null],
      [3, null],
    ],
  );
  t.deepEqual(seen, rows, 'each row is told once, when it is complete');
  t.end();
});

test('bytes up are those of a message, rejected ones counted; bytes down are what one client receives', (t) => {
  const { rows } = rowsOf([
    { type: 'round-started', round: 1 },
    merged(1, 1, 1200, 3, 1),
    { type: 'broadcast-sent', round: 1, bytesDown: 50, cutOff: 0.25 },
    { type: 'attention-computed', round: 1, peers: 2, probes: 1, bytesDown: 7 },
    { type: 'windows-counted', round: 1, rows: 4, bytesDown: 1000 },
    { type: 'round-started', round: 2 },
    merged(2, 1),
    { type: 'broadcast-sent', round: 2, bytesDown: 60, cutOff: 0 },
  ]);
  const [first, second] = rows as [RoundRow, RoundRow];
  t.deepEqual([first.clients, first.rejected, first.cutOff], [3, 1, 0.25]);
  t.deepEqual(
    [first.bytesUpPerClient, first.bytesDownPerClient],
    [300, 57],
    'windows come once, not by round',
  );
  t.deepEqual([second.bytesUpPerClient, second.bytesDownPerClient], [0, 60], 'no message, no bytes');
  t.ok(Math.abs(first.megabytesPerClient - 1357e-6) < 1e-12, 'since the start, windows included');
  t.ok(Math.abs(second.megabytesPerClient - 1417e-6) < 1e-12);
  t.end();
});

test('events without a round that started begin one, as those of a recipe without rounds do', (t) => {
  const { rows } = rowsOf([merged(0, Number.NaN)]);
  t.deepEqual(
    rows.map(({ event, round, loss }) => [event, round, loss]),
    [['round', 0, null]],
  );
  t.end();
});

test('an evaluation, the memory kept and the share that trained stand in the row of their round, and every row is whole', (t) => {
  const figures = { hr10: 0.5, ndcg10: 0.25, fullHr10: 0.1, fullNdcg10: 0.05, mrr10: 0.2 };
  const evaluated = {
    type: 'evaluated',
    round: 1,
    mix: 0.5,
    order: null,
    validation: { ...figures, standardErrors: figures },
  };
  const { rows } = rowsOf([
    { type: 'round-started', round: 1 },
    { ...merged(1, 0.5, 10, 2), trained: 3, bytesKept: 77 } as RoundEvent,
    evaluated as unknown as RoundEvent,
    { type: 'round-started', round: 2 },
  ]);
  const [{ seconds, validation, ...first }, { seconds: later, ...second }] = rows as [RoundRow, RoundRow];
  t.deepEqual(validation, figures, 'without its errors');
  t.deepEqual(first, {
    ...{ event: 'round', round: 1, trained: 3, clients: 2, rejected: 0, loss: 0.5 },
    ...{ bytesUpPerClient: 5, bytesDownPerClient: 0, megabytesPerClient: 5e-6, cutOff: 0 },
    ...{ bytesKept: 77, mix: 0.5 },
  });
  t.deepEqual(second, {
    ...{ event: 'round', round: 2, trained: null, clients: 0, rejected: 0, loss: null },
    ...{ bytesUpPerClient: 0, bytesDownPerClient: 0, megabytesPerClient: 5e-6, cutOff: 0 },
  });
  t.ok(seconds >= 0 && later >= seconds && later < 60, 'seconds since the start');
  t.end();
});

test('what is left out does not count as time of the run', (t) => {
  const begin = performance.now();
  const folded = new RoundRows(() => {});
  let inside = 0;
  folded.leaveOut(() => {
    const entered = performance.now();
    while (performance.now() - entered < 5);
    inside = performance.now() - entered;
  });
  const { seconds } = folded;
  t.ok(seconds >= 0 && 1000 * seconds <= performance.now() - begin - inside);
  t.end();
});

test('a row tells the seconds since the start, when it ends', (t) => {
  const { now } = performance;
  t.teardown(() => {
    performance.now = now;
  });
  let clock = 1000;
  performance.now = () => clock;
  const folded = new RoundRows(() => {});
  folded.add({ type: 'round-started', round: 1 });
  clock += 2500;
  folded.add({ type: 'round-started', round: 2 });
  clock += 500;
  folded.leaveOut(() => {
    clock += 4000;
  });
  folded.end();
  t.deepEqual(folded.rows.map(({ seconds }) => seconds), [2.5, 3]); // biome-ignore format: one line
  t.end();
});
