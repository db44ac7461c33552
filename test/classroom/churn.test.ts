// A small soak: in every round one participant goes and the one that went before comes back, and one is hostile all along. The large one is
// `npm run bench -- classroom-soak`.
import test from 'tape';
import type { RoundRecord } from '../../lib/classroom/class-options.ts';
import type { HomeRecord } from '../../lib/classroom/home-record.ts';
import type { Participant } from '../../lib/classroom/participant.ts';
import { topicsOf } from '../../lib/classroom/topics.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { openTestClass, people, run, settingsOf } from './class-in-process.ts';

const [CLIENTS, ROUNDS] = [8, 10];
const hostile = CLIENTS - 1;

test('with people coming and going in every round, and a hostile one, no round is lost and none counts twice', async (t) => {
  const settings = settingsOf(fedtlrec, { rounds: ROUNDS, refreshEvery: 3, evaluateEvery: ROUNDS });
  const [kept, records]: [Map<number, HomeRecord>, RoundRecord[]] = [new Map(), []];
  const members = new Map<number, Participant>();
  let refused = 0;
  let gone = -1;
  const join = async (client: number) => {
    const keep = async (record: HomeRecord) => void kept.set(client, record);
    members.set(client, await classroom.join(client, { record: kept.get(client), keep }));
  };
  const swap = async (round: number) => {
    const back = gone;
    gone = round % hostile;
    await members.get(gone)!.leave();
    if (back >= 0) await join(back);
  };
  const classroom = await openTestClass({
    ...{ split: people(CLIENTS), settings, startWith: CLIENTS - 1, quorum: 0.5, deadline: 2000 },
    keep: async (record) => {
      records.push(record);
      void line.publish(topicsOf(run).up(hostile), Uint8Array.of(2, record.round, 7, 7, 7, 7));
      await swap(record.round); // between two rounds
    },
    onEvent(event) {
      if (event.type === 'refused' && event.client === hostile) refused++;
    },
  });
  const line = classroom.link(hostile);
  for (let client = 0; client < hostile; client++) await join(client);
  await classroom.open.finish();
  t.deepEqual(
    records.map(({ round }) => round),
    Array.from({ length: ROUNDS }, (_, at) => at + 1),
    'no round is lost',
  );
  for (const { round, messages } of records) {
    const clients = messages.map(([client]) => client);
    t.equal(new Set(clients).size, clients.length, `round ${round}: ${clients.join()}`);
    t.ok(clients.length >= hostile - 2, 'nearly all of them');
    t.notOk(clients.includes(hostile), 'not the hostile one');
  }
  t.ok(refused >= ROUNDS - 2, `${refused} messages were refused by name`);
  for (const [client, { round }] of kept)
    t.ok(round >= ROUNDS - 2, `client ${client} has trained until round ${round}`);
  await classroom.close();
});
