// A class in one process for tests: the broker, the server's side, and participants on streams. What the simulator makes of the
// same ratings is made here, too, to compare with.
import { type Duplex, duplexPair } from 'node:stream';
import * as mqtt from 'mqtt';
import { type Broker, embeddedBroker } from '../../lib/classroom/broker.ts';
import type { ClassOptions } from '../../lib/classroom/class-options.ts';
import { type OpenClass, openClass } from '../../lib/classroom/class-run.ts';
import { Home } from '../../lib/classroom/home.ts';
import type { HomeRatings, HomeRecord } from '../../lib/classroom/home-record.ts';
import type { Link } from '../../lib/classroom/link.ts';
import { mqttLink } from '../../lib/classroom/mqtt-link.ts';
import { farewell, Participant, type ParticipantOptions } from '../../lib/classroom/participant.ts';
import { clientName, topicsOf } from '../../lib/classroom/topics.ts';
import { itemsOf, leaveOneOut, type Split } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import type { StateArrays } from '../../lib/federated/memory.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { digestOf } from '../../lib/training/digest.ts';
import { allParts } from '../../lib/training/parts.ts';
import { train } from '../../lib/training/train.ts';

export const run = 'test';
/** Small enough for a second, with a refresh and an evaluation inside. */
const quick: Partial<Settings> = { rounds: 4, refreshEvery: 2, evaluateEvery: 4, factors: 4, windows: 'off' };

export function settingsOf(recipe: Recipe, changed: Partial<Settings> = {}): Settings {
  return completeSettings(quick, recipe.defaults, changed, recipe.fixed);
}

/** Ratings of so many people. */
export function people(users: number, items = 60): Split {
  return leaveOneOut(syntheticRatings({ users, items, meanRatings: 8 }).ratings);
}

/** One of them, as it is at home. */
export function homeRatings({ train, validation, test, ordered }: Split, user: number): HomeRatings {
  return {
    train: itemsOf(train, user).slice(),
    validation: validation[user]!,
    test: test[user]!,
    ordered,
  };
}

/** What plain `train` ends with: the digest of all arrays after the last round. */
export async function simulated(recipe: Recipe, split: Split, settings: Settings): Promise<string> {
  const { digest } = await train(recipe, split, { settings, loops: plainLoops, parts: allParts });
  return digest;
}

export interface TestClass {
  readonly broker: Broker;
  readonly open: OpenClass;
  readonly homes: Map<number, Home>;
  /** A line for a client, as it is. */
  link(client: number, session?: number): Link;
  join(
    client: number,
    options?: Partial<ParticipantOptions> & { record?: HomeRecord; privateSeed?: string },
  ): Promise<Participant>;
  /** The digest of everything, as if it lay in one memory: the server's arrays, and in them each home's row. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

export interface TestClassOptions extends Partial<ClassOptions> {
  readonly split: Split;
}

/** Both ends of a line inside this process; when one is gone, the other knows. */
function streamPair(): [ours: Duplex, theirs: Duplex] {
  const [ours, theirs] = duplexPair();
  ours.once('close', () => theirs.destroy());
  theirs.once('close', () => ours.destroy());
  return [ours, theirs];
}

export async function openTestClass(wanted: TestClassOptions): Promise<TestClass> {
  const { split, recipe = fedtlrec, settings = settingsOf(recipe) } = wanted;
  const { users: seats, items } = split.train;
  const broker = await embeddedBroker(run);
  const links: Link[] = [];
  const open = await openClass({
    ...{ recipe, settings, loops: plainLoops, items, seats, run, asksForFigures: true },
    ...{ deadline: 5000, quorum: 1, startWith: seats },
    link: broker.openLink(),
    ...wanted,
  });
  const homes = new Map<number, Home>();
  let sessions = 1;
  const link = (client: number, session = 1) => {
    const made = mqttLink(
      mqtt,
      () => {
        const [ours, theirs] = streamPair();
        broker.connect(client, theirs);
        return ours;
      },
      {
        name: clientName(client),
        lastWill: { topic: topicsOf(run).here(client), message: farewell(client, session) },
        retryAfter: 20,
      },
    );
    links.push(made);
    return made;
  };
  return {
    broker,
    open,
    homes,
    link,
    async join(client, options = {}) {
      const { record, privateSeed, ...rest } = options;
      const ratings = homeRatings(split, client);
      const home = new Home({
        ...{
          recipe,
          settings,
          client,
          items,
          ratings,
          loops: plainLoops,
          parts: allParts,
          record,
          run,
          privateSeed,
        },
      });
      homes.set(client, home);
      const session = rest.link ? 1 : ++sessions;
      const line = rest.link ?? link(client, session);
      const participant = new Participant({ run, home, session, givesFigures: true, ...rest, link: line });
      await participant.start();
      return participant;
    },
    digest: () => digestOf(together(open.run.memory.arrays, homes)),
    async close() {
      await Promise.all(links.map((made) => made.close(true)));
      await broker.close();
    },
  };
}

function together(server: StateArrays, homes: ReadonlyMap<number, Home>): StateArrays {
  const arrays = Object.fromEntries(Object.entries(server).map(([name, values]) => [name, values.slice()]));
  for (const [client, home] of homes) {
    for (const [name, row] of Object.entries(home.record.arrays)) arrays[name]!.set(row, client * row.length);
  }
  return arrays;
}
