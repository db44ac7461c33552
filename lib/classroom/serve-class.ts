// Everything that `fedtlrec serve` starts, put together: folder, broker, web, rounds. In: what the class is; out: its address, and in
// the end its digest.
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { chooseLoops } from '../fast/choose-loops.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { Board } from './board.ts';
import { type Broker, embeddedBroker } from './broker.ts';
import { ClassError } from './class-error.ts';
import type { ItemEntry } from './class-facts.ts';
import { ClassFolder } from './class-folder.ts';
import type { ClassEvent, ClassRules } from './class-options.ts';
import { openClass } from './class-run.ts';
import { loadPages, openClassWeb } from './class-web.ts';
import { externalBroker } from './external-broker.ts';
import { JoinDesk } from './join-desk.ts';
import { mqttLink } from './mqtt-link.ts';
import { loadMqtt } from './packages.ts';
import { serverName } from './topics.ts';

export interface ServeOptions extends ClassRules {
  readonly recipe: Recipe;
  readonly settings: Settings;
  readonly items: readonly ItemEntry[];
  readonly seats: number;
  readonly code: string;
  readonly out: string;
  readonly isResumed: boolean;
  readonly port: number;
  /** Where to listen. Default: on all of the machine's addresses. */
  readonly host?: string;
  /** Another broker, such as mqtt://localhost:1883. Default: one in this process. */
  readonly broker?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly pages?: ReadonlyMap<string, string>;
  readonly onEvent?: (event: ClassEvent) => void;
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/** A class that participants can join. */
export interface ServedClass {
  readonly port: number;
  readonly run: string;
  readonly teacherKey: string;
  /** Runs the rounds. @returns the digest of the server's arrays */
  finish(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts a class.
 *
 * @throws ClassError, ClassError; RangeError if recipe or settings cannot run in a class
 */
export async function serveClass(options: ServeOptions): Promise<ServedClass> {
  const { recipe, out, isResumed, code, items, seats, settings, asksForFigures, signal } = options;
  const loops = chooseLoops();
  const folder = isResumed
    ? await ClassFolder.open(out)
    : await ClassFolder.create(out, {
        run: randomBytes(6).toString('hex'),
        ...{ recipe: recipe.name, settings, backend: loops.name, seats, items, asksForFigures },
      });
  const { facts } = folder;
  const state = isResumed ? await folder.lastState(options.onNote) : null;
  const broker: Broker = options.broker
    ? await externalBroker(options.broker)
    : await embeddedBroker(facts.run);
  const joinDesk = new JoinDesk({
    ...{ run: facts.run, code, secret: folder.secret, seats: facts.seats, taken: folder.taken },
    onSeat: (client) => folder.keepSeat(client),
  });
  const teacherKey = randomBytes(12).toString('base64url');
  const board = new Board(facts, state?.round ?? 0);
  const web = await openClassWeb({
    ...{ run: facts.run, joinDesk, broker, facts, teacherKey },
    pages: options.pages ?? (await loadPages()),
    longest: longestUpdate(facts.settings, facts.items.length) + 65_536,
    certificate: options.certificate,
    board: () => board.snapshot(),
    command: (name, client) => command(name, client),
    onRefused: (client, reason) => tell({ type: 'refused', client: client ?? -1, round: 0, reason }),
  });
  const tell = (event: ClassEvent) => {
    const shown = board.add(event);
    if (shown) web.show(shown);
    options.onEvent?.(event);
  };
  const port = await listening(web.server, options.port, options.host);
  const mqtt = await loadMqtt();
  const link = mqttLink(mqtt, () => broker.openServer(), { name: serverName });
  const open = await openClass({
    ...options,
    ...{ settings: facts.settings, loops: chooseLoops(facts.backend), items: facts.items.length },
    ...{ seats: facts.seats, run: facts.run, link, resume: state ?? undefined, signal },
    asksForFigures: facts.asksForFigures,
    keep: (record, held) => folder.keepRound(record, held),
    onEvent: tell,
  });
  const { executor } = open;
  const command = (name: string, client: number): boolean => {
    if (name === 'pause' || name === 'go') executor.pause(name === 'pause');
    else if (name === 'next') executor.hurry();
    else if (name === 'drop' && client >= 0) {
      executor.drop(client);
      web.cut(client);
    } else return false;
    tell({ type: 'waiting', reason: name === 'pause' ? 'paused after this round' : '' });
    return true;
  };
  return {
    ...{ port, run: facts.run, teacherKey },
    finish: () => open.finish(),
    async close() {
      await link.close(true);
      await web.close();
      await broker.close();
    },
  };
}

/** Bytes of the largest update: every row of the item table, and each item's number. */
function longestUpdate({ factors }: Settings, items: number): number {
  return items * 4 * (factors + 1 + 1);
}

function listening(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(new ClassError(`port ${port} cannot be used: ${message}; name another one with --port`)),
    );
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}
