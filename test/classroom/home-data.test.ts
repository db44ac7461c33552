// What a participant brings along: the items of one user of a file, as numbers of the class's list, and what is held out of them.
import test from 'tape';
import { heldOut, knownItems } from '../../lib/classroom/home-data.ts';
import { parseRatings } from '../../lib/data/parse.ts';

const list = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, title: `Film ${id}` }));
const lines = [
  ...['ann,a,5,10', 'ann,Film c,5,30', 'ann,b,5,20', 'ann,unheard,5,40'],
  ...['bob,e,5,3', 'bob,d,5,2', 'bob,Film e,5,1', 'bob,a,5,4'],
  'cid,c,5,1',
];
const { ratings } = parseRatings(`${lines.join('\n')}\n`, { name: 'file' });
const userNamed = (name: string) => ratings.users.indexOf(name);

test('each user of a file brings their own items, oldest first, by number or title, each once', (t) => {
  const known = (name: string) => knownItems(ratings, userNamed(name), list);
  t.deepEqual(known('ann'), { items: Uint32Array.of(0, 1, 2), unknown: 1, ordered: true });
  t.deepEqual([...known('bob').items], [4, 3, 0], 'bob’s second e is a title of the first');
  t.deepEqual(known('cid'), { items: Uint32Array.of(2), unknown: 0, ordered: true });
  t.end();
});

test('the latest item is held out for the test, the one before it for the validation, where three are left', (t) => {
  const { unknown: _, ...bob } = knownItems(ratings, userNamed('bob'), list);
  t.deepEqual(heldOut(bob, true), { train: Uint32Array.of(4), validation: 3, test: 0, ordered: true });
  const whole = { validation: -1, test: -1, ordered: true };
  t.deepEqual(heldOut(bob, false), { train: Uint32Array.of(4, 3, 0), ...whole }, 'nobody wants figures');
  const two = { items: Uint32Array.of(4, 3), ordered: true };
  t.deepEqual(heldOut(two, true), { train: two.items, ...whole }, 'too few');
  t.end();
});
