// Joining a class by its address: what it is, a seat for who knows the code, a line with the seat's token. In browsers and in Node.
// In: an address, a code, ratings; out: a participant that answers until the run is over.
import { chooseLoops } from '../fast/choose-loops.ts';
import { whyNoKeyAgreement } from '../privacy/key-agreement.ts';
import { allParts } from '../training/parts.ts';
import { recipeNamed } from '../training/recipes.ts';
import { ClassError } from './class-error.ts';
import { type ClassFacts, maskedRecipes } from './class-facts.ts';
import { Home } from './home.ts';
import type { HomeRatings, HomeRecord } from './home-record.ts';
import type { Link } from './link.ts';
import { type MqttPackage, mqttLink } from './mqtt-link.ts';
import { farewell, newSession, Participant } from './participant.ts';
import type { ParticipantEvent } from './participant-events.ts';
import { clientName, topicsOf } from './topics.ts';

/** A place in the class, and what proves it. */
export interface Seat {
  readonly client: number;
  readonly token: string;
}

export interface EnterOptions {
  /** The class's address, such as http://192.168.1.7:8080. */
  readonly address: string;
  readonly facts: ClassFacts;
  readonly seat: Seat;
  readonly ratings: HomeRatings;
  readonly mqtt: MqttPackage;
  readonly givesFigures: boolean;
  readonly record?: HomeRecord;
  /** A seed of this participant's own; see `Home`. Default: that of the run. */
  readonly privateSeed?: string;
  readonly keep?: (record: HomeRecord) => Promise<void>;
  readonly onEvent?: (event: ParticipantEvent) => void;
}

export interface Entered {
  readonly home: Home;
  readonly link: Link;
  readonly participant: Participant;
}

/** What the class at an address is. @throws ClassError if there is none */
export async function classAt(address: string): Promise<ClassFacts> {
  return (await asked(address, '/class.json')) as ClassFacts;
}

/**
 * Says so where this device cannot take part, before it takes a seat.
 *
 * @throws ClassError with the way out
 */
export async function expectCanTakePart({ recipe }: ClassFacts): Promise<void> {
  if (!maskedRecipes.includes(recipe)) return;
  const reason = await whyNoKeyAgreement();
  if (reason !== null)
    throw new ClassError(`${recipe} masks messages by keys that participants agree on: ${reason}`);
}

/** A seat for who knows the code. @throws ClassError with the class's reason if there is none */
export async function takeSeat(address: string, code: string): Promise<Seat> {
  return (await asked(address, '/join', { code })) as Seat;
}

/** Enters the class; from then on it answers whenever it is asked. */
export async function enterClass(options: EnterOptions): Promise<Entered> {
  const { facts, seat, ratings, mqtt, record, privateSeed, keep, onEvent } = options;
  const givesFigures = options.givesFigures && facts.asksForFigures; // nobody reads what was not asked for
  const { client } = seat;
  const home = new Home({
    recipe: await recipeNamed(facts.recipe),
    settings: facts.settings,
    ...{ client, items: facts.items.length, ratings, record, privateSeed, run: facts.run },
    loops: chooseLoops(facts.backend),
    parts: allParts,
  });
  const session = newSession();
  const lastWill = { topic: topicsOf(facts.run).here(client), message: farewell(client, session) };
  const link = mqttLink(mqtt, lineOf(options.address, seat), { name: clientName(client), lastWill });
  const participant = new Participant({ run: facts.run, home, link, session, givesFigures, keep, onEvent });
  await participant.start();
  return { home, link, participant };
}

/** The address of a seat's line. */
export function lineOf(address: string, { client, token }: Seat): string {
  const line = new URL('/mqtt', address);
  line.protocol = line.protocol === 'https:' ? 'wss:' : 'ws:';
  line.search = new URLSearchParams({ client: String(client), token }).toString();
  return line.href;
}

async function asked(address: string, path: string, body?: unknown): Promise<unknown> {
  let response: Response;
  try {
    const url = new URL(path, address);
    response = await fetch(
      url,
      body === undefined
        ? {}
        : {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          },
    );
  } catch (error) {
    const { cause, message } = error as Error;
    throw new ClassError(
      `there is no class at ${address}: ${(cause as Error | undefined)?.message ?? message}`,
    );
  }
  const answer = (await response.json().catch(() => ({}))) as { reason?: string };
  if (!response.ok) throw new ClassError(answer.reason ?? `${address} answers ${response.status}: no class`);
  return answer;
}
