import fc from 'fast-check';
import test from 'tape';
import { clusterColours, matchLabels } from '../../viewer/cluster-colours.ts';
import { colouringText, coloursOf } from '../../viewer/view.ts';

test('a cluster that only got another number keeps its colour; one that splits gives it to its larger part', (t) => {
  t.deepEqual(clusterColours([[0, 0, 1, 1, 2]], 3), [0, 1, 2], 'the first refresh: colours are numbers');
  t.deepEqual(
    clusterColours(
      [
        [0, 0, 1, 1, 2],
        [2, 2, 0, 0, 1],
      ],
      3,
    ),
    [1, 2, 0],
    'renumbered',
  );
  t.deepEqual(matchLabels([0, 0, 0, 1, -1], [1, 1, 0, 0, 0], 2), [1, 0], 'two of three stay together');
  const back = clusterColours(
    [
      [0, 0, 1, 1],
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ],
    2,
  );
  t.deepEqual(back, [0, 1], 'back again after two renumberings');
  t.end();
});

test('whatever the renumbering, every client keeps its colour, and colours are never shared', (t) => {
  const clients = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 });
  const orders = fc.array(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(clients, orders, (labels, renumberings) => {
      const refreshes = [labels, ...renumberings.map((order) => labels.map((label) => order[label]!))];
      const colours = clusterColours(refreshes, 5);
      const last = refreshes.at(-1)!;
      return new Set(colours).size === 5 && labels.every((label, client) => colours[last[client]!] === label);
    }),
  );
  t.pass('100 histories');
  t.end();
});

test('the legend of colours says what they stand for: clusters, true groups, or nothing', (t) => {
  const view = (clusters: number | null, groups: number[] | null) => {
    const refresh = { clusters, labels: Int32Array.of(1, 0), steps: [] };
    const round = { round: 1, refresh: clusters === null ? null : refresh };
    const known = { refresh: clusters === null ? null : { round, refresh, step: 0 } };
    return { trace: { about: { clients: [4, 9], groups }, rounds: [round] }, known } as unknown as Parameters<
      typeof coloursOf
    >[0];
  };
  t.match(colouringText(view(6, [0, 1])), /one of the 6 clusters that K-means found/);
  t.match(
    colouringText(view(1, [0, 1])),
    /the true taste group, which no server knows; there is only one cluster/,
  );
  t.match(colouringText(view(null, [0, 1])), /the true taste group.*no clusters yet/);
  t.match(colouringText(view(1, null)), /^One colour: there is only one cluster/);
  t.deepEqual(coloursOf(view(2, [3, 3])), [1, 0], 'clusters');
  t.deepEqual(coloursOf(view(1, [3, 2])), [3, 2], 'groups');
  t.deepEqual(coloursOf(view(1, null)), [0, 0], 'nothing');
  t.end();
});
