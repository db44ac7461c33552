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
