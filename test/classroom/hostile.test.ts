// Participants that lie, break rules or are damaged: each ends with a reason, and the others' round is what it would have been.
import test from 'tape';
import { JoinDesk } from '../../lib/classroom/join-desk.ts';
import { topicsOf } from '../../lib/classroom/topics.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { encode } from '../../lib/federated/wire.ts';
import { openTestClass, people, run, settingsOf, simulated } from './class-in-process.ts';

test('NaN, a wrong round, another client’s number and damage are refused by name, and a stale message takes no place', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec);
  const expected = await simulated(fedtlrec, split, settings);
  const reasons: string[] = [];
  const classroom = await openTestClass({
    ...{ split, settings },
    onEvent: (event) => event.type === 'refused' && reasons.push(event.reason),
  });
  await classroom.join(0);
  await classroom.join(1);
  const hostile = classroom.link(2);
  const finishing = classroom.open.finish(); // waits for the third
  const { up } = topicsOf(run);
  const update = (client: number, round: number) => {
    const [right, extra] = [new Float32Array(5), new Float32Array(0)];
    return encode(
      { client, round, rows: Uint32Array.of(1), rank: 1, dims: 5, left: Float32Array.of(1), right, extra },
      60,
      'float32',
    );
  };
  const damaged = update(2, 1);
  damaged[damaged.length - 1]! ^= 1;
  for (const message of [update(2, 9), update(1, 1), damaged, new Uint8Array(0), update(2, 0)])
    await hostile.publish(up(2), message);
  await hostile.close(true);
  await classroom.join(2);
  await finishing;
  t.equal(await classroom.digest(), expected, 'the run is that of the simulator');
  for (const rule of [/round 9 has not begun/, /says client 1/, /checksum/, /too few/, /round 0/]) {
    t.ok(
      reasons.some((reason) => rule.test(reason)),
      String(rule),
    );
  }
  await classroom.close();
});

test('a message with NaN is rejected when it is merged, and the round goes on without it', async (t) => {
  const split = people(3);
  const settings = settingsOf(fedtlrec, { rounds: 1, codec: 'float32' });
  const rejected: string[] = [];
  let merged = 0;
  const classroom = await openTestClass({
    ...{ split, settings },
    onEvent(event) {
      if (event.type === 'message-rejected') rejected.push(event.reason);
      if (event.type === 'updates-merged') merged = event.clients;
      if (event.type !== 'asking' || event.purpose !== 'train') return;
      const poisoned = { rank: 1, dims: 5, left: Float32Array.of(Number.NaN), extra: new Float32Array(0) };
      const update = {
        client: 2,
        round: 1,
        rows: Uint32Array.of(1),
        right: Float32Array.of(1, 1, 1, 1, 1),
        ...poisoned,
      };
      void hostile.publish(topicsOf(run).up(2), encode(update, 60, 'float32'));
    },
  });
  const hostile = classroom.link(2);
  await classroom.join(0);
  await classroom.join(1);
  classroom.open.executor.hurry(); // begin with two
  await classroom.open.finish();
  t.equal(merged, 2);
  t.match(rejected.join(), /finite|NaN/);
  await classroom.close();
});

test('a token is good for one client of one run, and wrong codes are soon not listened to', async (t) => {
  let now = 0;
  const options = { code: 'apple', secret: new Uint8Array(32).fill(7), seats: 2, now: () => now };
  const desk = new JoinDesk({ ...options, run: 'a' });
  const first = await desk.join('apple', '10.0.0.1');
  const second = await desk.join('apple', '10.0.0.1');
  if (!('token' in first && 'token' in second)) throw new Error('no seats');
  t.deepEqual([first.client, second.client], [0, 1]);
  t.equal(desk.check('0', first.token), 0);
  t.equal(desk.check('1', first.token), null, 'another client’s token');
  t.equal(new JoinDesk({ ...options, run: 'b', taken: 2 }).check('0', first.token), null, 'of another run');
  t.equal(new JoinDesk({ ...options, run: 'a', taken: 2 }).check('0', first.token), 0, 'after a restart');
  t.equal(desk.check('01e0', first.token), null);
  const full = await desk.join('apple', '10.0.0.3');
  t.match('reason' in full ? full.reason : '', /all 2 seats are taken/);
  const guess = async () => {
    const answer = await desk.join('pear', '10.0.0.9');
    return 'status' in answer ? answer.status : 200;
  };
  const answers = await Promise.all(Array.from({ length: 12 }, guess));
  t.deepEqual(answers, [...Array.from({ length: 10 }, () => 403), 429, 429]);
  now += 6000;
  t.equal(await guess(), 403, 'one more is forgiven');
  const other = await desk.join('apple', '10.0.0.2');
  t.equal('status' in other && other.status, 409, 'another address is heard all along');
});
