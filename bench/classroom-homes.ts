// The participants of a measured class, all in one process, over WebSockets. They train; or, to measure what lies between announcement and
// answer alone, they say at once what they said in their first round. `bench/classroom-turns.ts` starts it.
import * as mqtt from 'mqtt';
import type { Announcement } from '../lib/classroom/announcement.ts';
import { Home } from '../lib/classroom/home.ts';
import { heldOut } from '../lib/classroom/home-data.ts';
import { classAt, lineOf, takeSeat } from '../lib/classroom/join-class.ts';
import { mqttLink } from '../lib/classroom/mqtt-link.ts';
import { farewell, Participant } from '../lib/classroom/participant.ts';
import type { ParticipantEvent } from '../lib/classroom/participant-events.ts';
import { clientName, topicsOf } from '../lib/classroom/topics.ts';
import { itemsOf, leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { beginMessage, CHECKSUM_BYTES, sealMessage } from '../lib/federated/wire/header.ts';
import { allParts } from '../lib/training/parts.ts';

const [address, clientsText, work] = process.argv.slice(2) as [string, string, 'train' | 'answer'];
const clients = Number(clientsText);

/** Does nothing between hearing and answering. */
class AnsweringHome extends Home {
  private first: Uint8Array | null = null;

  override follow(asked: Announcement): boolean {
    if (this.modelRound === 0) return super.follow(asked);
    this.modelRound = asked.modelRound;
    return true;
  }

  override takeTurn(round: number): ReturnType<Home['takeTurn']> {
    this.first ??= super.takeTurn(1)!.message;
    const { client } = this;
    const header = beginMessage('update', { client, round: 1 }).finish().length;
    const again = beginMessage('update', { client, round }, this.first.length);
    again.writeBytes(this.first.subarray(header, -CHECKSUM_BYTES));
    return { message: sealMessage(again), windows: null, loss: 0, isRepeated: false };
  }
}

const facts = await classAt(address);
const { ratings } = syntheticRatings({ users: clients, items: facts.items.length, meanRatings: 12 });
const { train } = leaveOneOut(ratings);
let [ended, rounds] = [0, 0];
let usage = process.cpuUsage();

/** The first round warms up. */
function hear(event: ParticipantEvent): void {
  if (event.type === 'asked' && event.announcement.round === 2 && rounds < 2) usage = process.cpuUsage();
  if (event.type === 'asked') rounds = Math.max(rounds, event.announcement.round);
  if (event.type !== 'ended' || ++ended < clients) return;
  const { user, system } = process.cpuUsage(usage);
  console.log((user + system) / 1000 / (rounds - 1)); // milliseconds of processor time a round
  process.exit(0);
}

for (let user = 0; user < clients; user++) {
  const seat = await takeSeat(address, 'bench');
  const { client } = seat;
  const Kind = work === 'train' ? Home : AnsweringHome;
  const home = new Kind({
    ...{ recipe: fedtlrec, settings: facts.settings, client, items: facts.items.length, parts: allParts },
    ratings: heldOut({ items: itemsOf(train, user).slice(), ordered: false }, false),
    loops: chooseLoops(facts.backend),
  });
  const lastWill = { topic: topicsOf(facts.run).here(client), message: farewell(client, 1) };
  const link = mqttLink(mqtt, lineOf(address, seat), { name: clientName(client), lastWill });
  const told = { session: 1, givesFigures: false, onEvent: hear };
  await new Participant({ run: facts.run, home, link, ...told }).start();
}
