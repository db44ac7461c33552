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
import type { ClassExecutor } from './class-executor.ts';
import type { ItemEntry } from './class-facts.ts';
import { ClassFolder } from './class-folder.ts';
import type { ClassEvent, ClassRules } from './class-options.ts';
import { expectRunsInClass, type OpenClass, openClass } from './class-run.ts';
import { type ClassWeb, loadPages, openClassWeb } from './class-web.ts';
import { externalBroker } from './external-broker.ts';
import { JoinDesk } from './join-desk.ts';
import { whoHearsWhom } from './who-hears-whom.ts';

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

/** Milliseconds between two looks at what the dashboards have to show. */
const SHOWN_EVERY = 50;

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
  const { recipe, out, isResumed, items, seats, settings, asksForFigures } = options;
  expectRunsInClass(recipe, settings, seats, items.length);
  const pages = options.pages ?? (await loadPages());
  const elsewhere = options.broker ? await externalBroker(options.broker) : null;
  const loops = chooseLoops();
  const folder = isResumed
    ? await ClassFolder.open(out)
    : await ClassFolder.create(out, {
        run: randomBytes(6).toString('hex'),
        ...{ recipe: recipe.name, settings, backend: loops.name, seats, items, asksForFigures },
      });
  const broker = elsewhere ?? (await embeddedBroker(folder.facts.run));
  const opened: (() => Promise<void>)[] = [() => broker.close()];
  try {
    return await openServed(options, pages, folder, broker, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function closeAll(opened: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of [...opened].reverse()) await close();
}

/** Opens the web and the rounds; what it has opened is added to `opened`. */
async function openServed(
  options: ServeOptions,
  pages: ReadonlyMap<string, string>,
  folder: ClassFolder,
  broker: Broker,
  opened: (() => Promise<void>)[],
): Promise<ServedClass> {
  const { recipe, code, certificate } = options;
  const { facts } = folder;
  const { run, seats, items, settings, asksForFigures } = facts;
  const state = options.isResumed ? await folder.lastState(options.onNote) : null;
  const joinDesk = joinDeskOf(folder, code);
  const teacherKey = randomBytes(12).toString('base64url');
  const board = new Board(facts, state?.round ?? 0);
  let open: OpenClass | null = null;
  const web = await openClassWeb({
    ...{ run, joinDesk, broker, facts, teacherKey, pages, certificate },
    longest: longestUpdate(settings, items.length) + 65_536,
    board: () => board.snapshot(),
    command: (name, client) => open !== null && command(open.executor, name, client),
    onRefused: (client, reason) => tell({ type: 'refused', client: client ?? -1, round: 0, reason }),
  });
  opened.push(() => web.close());
  const showing = showsChanges(board, web);
  opened.push(async () => showing.stop());
  const tell = (event: ClassEvent) => {
    show(event, board, web, open);
    showing.soon();
    options.onEvent?.(event);
  };
  const port = await listening(web.server, options.port, options.host);
  const link = broker.openLink();
  opened.push(() => link.close(true));
  const opening = await openClass({
    ...options,
    ...{ recipe, settings, loops: chooseLoops(facts.backend), items: items.length, seats, run, link },
    ...{ resume: state ?? undefined, asksForFigures, onEvent: tell },
    keep: (record, memory) => folder.keepRound(record, memory),
    keepMasks: (pending) => folder.keepMasks(pending),
    pendingMasks: options.isResumed ? await folder.pendingMasks((state?.round ?? 0) + 1) : null,
  });
  open = opening;
  return { port, run, teacherKey, finish: () => opening.finish(), close: () => closeAll(opened) };
}

function joinDeskOf(folder: ClassFolder, code: string): JoinDesk {
  const { facts, secret, taken } = folder;
  const { run, seats } = facts;
  return new JoinDesk({ run, code, secret, seats, taken, onSeat: (client) => folder.keepSeat(client) });
}

/** The board has each event, and whoever was sent away is cut off. */
function show(event: ClassEvent, board: Board, web: ClassWeb, open: OpenClass | null): void {
  board.add(event);
  if (event.type === 'attention-computed' && open)
    board.attend(whoHearsWhom(open.run, event.round, board.here));
  if (event.type === 'dropped') web.cut(event.client);
}

/** Shows what has changed on the dashboards, some of it at a time: an answer of each of a thousand participants is no message each. */
function showsChanges(board: Board, web: ClassWeb): { soon(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const show = () => {
    clearTimeout(timer);
    timer = undefined;
    const changes = board.changes();
    if (changes) web.show(changes);
  };
  return {
    soon() {
      timer ??= setTimeout(show, SHOWN_EVERY);
    },
    stop: show,
  };
}

/** What the teacher asks for; false where it is unknown. */
function command(executor: ClassExecutor, name: string, client: number): boolean {
  if (name === 'pause' || name === 'go') executor.pause(name === 'pause');
  else if (name === 'next') executor.hurry();
  else if (name === 'drop' && client >= 0) executor.drop(client);
  else return false;
  return true;
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
