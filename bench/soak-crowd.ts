// The participants of a soak, light ones, in one process: each round, a share leaves and those that left before come back with what they
// had kept; a few are hostile and send damage, wrong rounds and noise. `bench/classroom-soak.ts` starts it.
import * as mqtt from 'mqtt';
import { heldOut } from '../lib/classroom/home-data.ts';
import type { HomeRecord } from '../lib/classroom/home-record.ts';
import {
  classAt,
  type Entered,
  enterClass,
  lineOf,
  type Seat,
  takeSeat,
} from '../lib/classroom/join-class.ts';
import { mqttLink } from '../lib/classroom/mqtt-link.ts';
import { farewell } from '../lib/classroom/participant.ts';
import { clientName, topicsOf } from '../lib/classroom/topics.ts';
import { itemsOf, leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { readHeader } from '../lib/federated/wire/header.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../lib/numeric/sampling.ts';

const [address, code, clientsText, churnText, hostileText] = process.argv.slice(2) as string[] as [
  ...[string, string, string, string, string],
];
const clients = Number(clientsText);
const leaving = Math.ceil(Number(churnText) * clients);
const hostile = Math.ceil(Number(hostileText) * clients);
const facts = await classAt(address);
const { ratings } = syntheticRatings({ users: clients, items: facts.items.length, meanRatings: 6 });
const { train } = leaveOneOut(ratings);
const rng = randomStream(1, 'soak');

/** Those that take part; who is away has a record and no line. */
interface Member {
  readonly seat: Seat;
  record: HomeRecord | undefined;
  entered: Entered | null;
}
const members: Member[] = [];
let [ended, isOver] = [0, false];

async function enter(member: Member): Promise<void> {
  const items = itemsOf(train, member.seat.client).slice();
  member.entered = await enterClass({
    ...{ address, facts, seat: member.seat, mqtt, givesFigures: false, record: member.record },
    ratings: heldOut({ items, ordered: false }, false),
    async keep(record) {
      member.record = record;
    },
    onEvent(event) {
      if (event.type === 'ended' && ++ended >= 1 && !isOver) {
        isOver = true;
        setTimeout(() => process.exit(0), 2000);
      }
    },
  });
}

function attack(seat: Seat): void {
  const { client } = seat;
  const topics = topicsOf(facts.run);
  const lastWill = { topic: topics.here(client), message: farewell(client, 1) };
  const link = mqttLink(mqtt, lineOf(address, seat), { name: clientName(client), lastWill });
  void link.subscribe([topics.round], (_topic, announcement) => {
    const { round } = readHeader(announcement);
    const noise = Uint8Array.from({ length: 40 }, () => rng.integer(256));
    const copied = announcement.slice();
    copied[copied.length - 1]! ^= 1;
    const messages = [noise, copied, announcement, new Uint8Array(0)];
    void link.publish(topics.up(client), messages[round % messages.length]!).catch(() => {});
  });
}

for (let at = 0; at < clients; at++) {
  const seat = await takeSeat(address, code);
  if (at >= clients - hostile) attack(seat);
  else {
    members.push({ seat, record: undefined, entered: null });
    await enter(members.at(-1)!);
  }
}
console.log('ready');

/** A line a round from the server's process: some leave, and who was away is back. */
process.stdin.on('data', () => {
  if (isOver) return;
  const away = members.filter(({ entered }) => entered === null);
  const here = members.filter(({ entered }) => entered !== null);
  for (const at of sampleWithoutReplacement(Math.min(leaving, here.length - 1), here.length, rng)) {
    const member = here[at]!;
    const { participant } = member.entered!;
    member.entered = null;
    void participant.leave();
  }
  for (const member of away) void enter(member);
});
