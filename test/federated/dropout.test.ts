import test from 'tape';
import { defaultSettings, isPresent, type Settings } from '../../lib/index.ts';

/** How many of 2000 clients are there in a round. */
function presentIn(round: number, wanted: Partial<Settings>): number {
  const settings = { ...defaultSettings, ...wanted };
  return Array.from({ length: 2000 }, (_, client) => client).filter((client) =>
    isPresent(client, round, settings),
  ).length;
}

test('everybody is there where nothing else is asked for', (t) => {
  t.equal(presentIn(1, {}), 2000);
  t.equal(presentIn(100, { silentAfter: 0 }), 2000);
  t.end();
});

test('with dropout p, a share of p is absent, others in each round and with each seed', (t) => {
  for (const dropout of [0.1, 0.5, 0.9]) {
    const present = presentIn(7, { dropout });
    t.ok(Math.abs(present / 2000 - (1 - dropout)) < 0.03, `${dropout}: ${present} of 2000 are there`);
  }
  const fate = (client: number, round: number, seed: number) =>
    isPresent(client, round, { ...defaultSettings, dropout: 0.5, seed });
  const of = (read: (client: number) => boolean) => Array.from({ length: 200 }, (_, client) => read(client));
  t.deepEqual(
    of((client) => fate(client, 3, 1)),
    of((client) => fate(client, 3, 1)),
  );
  t.notDeepEqual(
    of((client) => fate(client, 3, 1)),
    of((client) => fate(client, 4, 1)),
  );
  t.notDeepEqual(
    of((client) => fate(client, 3, 1)),
    of((client) => fate(client, 3, 2)),
  );
  t.end();
});

test('a silent share falls silent after a round, for good, and is there until then', (t) => {
  const wanted = { silentShare: 0.3, silentAfter: 5 };
  t.equal(presentIn(5, wanted), 2000, 'in round 5 all are there');
  const settings = { ...defaultSettings, ...wanted };
  const silent = Array.from({ length: 2000 }, (_, client) => !isPresent(client, 6, settings));
  const share = silent.filter(Boolean).length / 2000;
  t.ok(Math.abs(share - 0.3) < 0.03, `from round 6 on, ${share} are silent`);
  for (const round of [7, 50, 1000]) {
    t.ok(
      silent.every((isSilent, client) => isPresent(client, round, settings) === !isSilent),
      `the same ones in round ${round}`,
    );
  }
  t.equal(
    presentIn(1, { silentShare: 0.3, silentAfter: 0 }),
    presentIn(2, { silentShare: 0.3, silentAfter: 0 }),
  );
  t.ok(presentIn(1, { silentShare: 0.3, silentAfter: 0 }) < 1500, 'after round 0: from the first on');
  t.end();
});

test('with a fraction C, a share of C is asked, others in each round; dropout takes its part of those', (t) => {
  for (const fraction of [0.1, 0.5]) {
    const present = presentIn(7, { fraction });
    t.ok(Math.abs(present / 2000 - fraction) < 0.03, `${fraction}: ${present} of 2000 are there`);
  }
  const both = presentIn(7, { fraction: 0.5, dropout: 0.5 });
  t.ok(Math.abs(both / 2000 - 0.25) < 0.03, `half of a half: ${both} of 2000`);
  const settings = { ...defaultSettings, fraction: 0.5 };
  const asked = (round: number) =>
    Array.from({ length: 2000 }, (_, client) => isPresent(client, round, settings));
  const [first, second] = [asked(1), asked(2)];
  const twice = first.filter((isThere, client) => isThere && second[client]).length;
  t.ok(Math.abs(twice / 2000 - 0.25) < 0.03, `rounds are independent: ${twice} of 2000 in both`);
  t.end();
});
