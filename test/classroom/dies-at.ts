// A server or a participant of a class that kills itself, as a power cut would, at a moment that is named: for kills.test.ts, which
// starts it as a process of its own. In: role, moment and what it needs, as JSON; out: lines on stdout.
import * as mqtt from 'mqtt';
import { readHome, writeHome } from '../../lib/classroom/home-file.ts';
import { classAt, enterClass, takeSeat } from '../../lib/classroom/join-class.ts';
import { serveClass } from '../../lib/classroom/serve-class.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { homeRatings, people } from './class-in-process.ts';

/** What to do, and when to die: at an event of a round. */
export interface Fate {
  readonly role: 'server' | 'client';
  /** Type of an event, with the purpose of an announcement; 'kept' is when a home has kept its answer. null: it lives on. */
  readonly at: string | null;
  readonly round: number;
  readonly recipe: string;
  readonly settings: Settings;
  readonly users: number;
  readonly port: number;
  /** Of the class, or of the participant's seat. */
  readonly path: string;
  readonly isResumed: boolean;
  /** Who it is, of the people that take part. */
  readonly user: number;
}

const fate = JSON.parse(process.argv[2]!) as Fate;
const die = () => process.kill(process.pid, 'SIGKILL');
const dieAt = (moment: string, round: number) => {
  if (moment === fate.at && round === fate.round) die();
};

async function serve(): Promise<void> {
  const { recipe, settings, users, port, path, isResumed } = fate;
  const split = people(users);
  const served = await serveClass({
    ...{ recipe: await recipeNamed(recipe), settings, seats: users, code: 'apple', out: path, isResumed },
    items: Array.from({ length: split.train.items }, (_, item) => ({ id: `${item}`, title: `${item}` })),
    ...{ port, host: '127.0.0.1', pages: new Map(), deadline: 60_000, quorum: 1, startWith: users },
    asksForFigures: true,
    onEvent(event) {
      if (event.type === 'asking') dieAt(`asking ${event.purpose}`, event.round);
      else if ('round' in event) dieAt(event.type, event.round);
      else if (event.type === 'answered') dieAt('answered', answering);
      if (event.type === 'asking') answering = event.round;
    },
  });
  console.log(`port ${served.port}`);
  console.log(`digest ${await served.finish()}`);
  setTimeout(() => served.close().then(() => process.exit(0)), 300);
}
let answering = 0;

async function join(): Promise<void> {
  const { port, path, users, user } = fate;
  const address = `http://127.0.0.1:${port}`;
  const facts = await classAt(address);
  const kept = await readHome(path);
  const seat = kept?.seat ?? (await takeSeat(address, 'apple'));
  if (!kept) await writeHome(path, { run: facts.run, seat, record: undefined });
  console.log(`seat ${seat.client}`);
  const entered = enterClass({
    ...{ address, facts, seat, mqtt, givesFigures: true, record: kept?.record },
    ratings: homeRatings(people(users), user),
    async keep(record) {
      await writeHome(path, { run: facts.run, seat, record });
      dieAt('kept', record.round);
    },
    onEvent(event) {
      if (event.type === 'asked') dieAt(`asked ${event.announcement.purpose}`, event.announcement.round);
      else if (event.type === 'sent') dieAt('sent', event.round);
      else if (event.type === 'ended')
        void entered.then(({ participant }) => participant.leave()).then(() => process.exit(0));
    },
  });
  await entered;
}

void (fate.role === 'server' ? serve() : join());
