// A seed of one's own: what the server could derive from the run's seed, it no longer can; what everybody must agree on stays the same.
import test from 'tape';
import { Home } from '../../lib/classroom/home.ts';
import { newPrivateSeed } from '../../lib/classroom/home-record.ts';
import { drawSample } from '../../lib/data/negatives.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { decode } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { allParts } from '../../lib/training/parts.ts';
import { runHere } from '../cli/command-line.ts';
import { homeRatings, openTestClass, people, settingsOf } from './class-in-process.ts';

const split = people(4);
const items = split.train.items;

function homeOf(privateSeed?: string, changed: Partial<Settings> = {}, record?: Home['record']): Home {
  const settings = settingsOf(fedtlrec, { codec: 'float32', ...changed });
  const ratings = homeRatings(split, 1);
  const made = { recipe: fedtlrec, settings, client: 1, items, ratings, loops: plainLoops, parts: allParts };
  return new Home({ ...made, privateSeed, record });
}

const rowsOf = (home: Home, round: number) => {
  const { message } = home.takeTurn(round)!;
  return [...decode(message, { client: 1, round, items, dims: home.dims, extra: 0 }).rows];
};

test('the server derives the negatives of a home from the run’s seed, and cannot where it has a seed of its own', (t) => {
  const { seed, negatives } = settingsOf(fedtlrec);
  const { train } = homeRatings(split, 1);
  const { rows } = drawSample(items, train, negatives * train.length, randomStream(seed, 'negatives', 1, 1));
  const derived = [...rows].sort((a, b) => a - b);
  t.deepEqual(rowsOf(homeOf(), 1), derived, 'with the run’s');
  t.notDeepEqual(rowsOf(homeOf('my own words'), 1), derived, 'with its own');
  t.deepEqual(
    rowsOf(homeOf('my own words'), 1),
    rowsOf(homeOf('my own words'), 1),
    'the same words, the same draws',
  );
  t.notDeepEqual(rowsOf(homeOf('my own words'), 1), rowsOf(homeOf('other words'), 1));
  t.end();
});

test('decoys and noise, too, come from the own seed', (t) => {
  const hiding = [{ padding: 1 }, { clip: 1, epsilon: 50 }] as const;
  for (const settings of hiding) {
    const messages = [undefined, 'a', 'a', 'b'].map((words) =>
      String(homeOf(words, settings).takeTurn(1)!.message),
    );
    t.equal(messages[1], messages[2]);
    t.equal(new Set(messages).size, 3, JSON.stringify(settings));
  }
  t.end();
});

test('a reload goes on with the own seed, whatever the page says then', (t) => {
  const before = homeOf('a');
  before.takeTurn(1);
  const record = JSON.parse(JSON.stringify({ privateSeed: before.record.privateSeed })) as object;
  const again = homeOf(undefined, {}, { ...before.record, ...record });
  t.deepEqual(rowsOf(again, 2), rowsOf(before, 2));
  t.match(newPrivateSeed(), /^[0-9a-f]{32}$/);
  t.notEqual(newPrivateSeed(), newPrivateSeed());
  t.end();
});

test('a class goes on with homes that have seeds of their own', async (t) => {
  const settings = settingsOf(fedtlrec, { rounds: 2, dropout: 0.3 });
  const merged: number[] = [];
  const classroom = await openTestClass({
    ...{ split, settings },
    onEvent: (event) => event.type === 'updates-merged' && merged.push(event.clients + event.rejected),
  });
  for (let client = 0; client < 4; client++) await classroom.join(client, { privateSeed: `own ${client}` });
  await classroom.open.finish();
  t.equal(merged.length, 2, 'who is asked in which round is no secret, and agreed on');
  t.equal(new Set([0, 1, 2, 3].map((client) => classroom.homes.get(client)!.modelRound)).size, 1);
  await classroom.close();
});

test('an own seed without words is asked for', async (t) => {
  const { code, stderr } = await runHere([
    'join',
    'http://127.0.0.1:9',
    '--code',
    'a',
    '--ratings',
    'x',
    '--private-seed',
    '',
  ]);
  t.equal(code, 2);
  t.match(stderr, /--private-seed must be words of your own, or stand alone/);
});
