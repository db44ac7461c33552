// `fedtlrec serve`: a class is the federation. One port for the page, the dashboard and the messages.
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { ClassEvent } from '../classroom/class-options.ts';
import type { ServedClass, ServeOptions } from '../classroom/serve-class.ts';
import { metricsOnly } from '../evaluation/metrics.ts';
import type { Settings } from '../federated/settings.ts';
import { expectCompanions } from './companions.ts';
import { readDuration } from './duration.ts';
import { whenInterrupted } from './interrupt.ts';
import { addSettingOptions, checkedSettings, settingsGiven } from './options.ts';
import type { Printing } from './printing.ts';
import { readCount, readNumber } from './read-value.ts';
import { chooseRecipe } from './recipe-choice.ts';
import { labelledLines } from './table.ts';
import { UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec serve --items films.txt --code apple --out runs/class        one title a line; participants open the address
  fedtlrec serve --items u.item --code apple --out runs/class --participants 20 --deadline 20s --quorum 0.6
  fedtlrec serve --resume --code apple --out runs/class                 go on after a crash
  fedtlrec crowd http://localhost:8080 --code apple --clients 30        fill the seats for a rehearsal

It needs packages that are not installed with fedtlrec: npm install aedes mqtt ws uqr`;

/** Milliseconds that the lines stay open after the last round. */
const FAREWELL_MS = 1000;

/** Fewer and larger steps than in a simulation: a class has an hour, and its windows would say too much. */
const classDefaults: Partial<Settings> = {
  ...{ rounds: 40, serverLearningRate: 0.1, refreshEvery: 5, evaluateEvery: 5, windows: 'off' },
};

export function addServeCommand(program: Command, printing: Printing): void {
  const command = program
    .command('serve')
    .description('run a class: participants train on their own devices, this machine is the server');
  const add = (flags: string, help: string, read: (text: string) => unknown = (text) => text) =>
    command.addOption(new Option(flags, help).argParser(read).helpGroup('Class:'));
  add(
    '--items <FILE>',
    'what participants pick from: a title a line, or with ids as in u.item and movies.csv',
  );
  add('--recipe <NAME>', 'what is trained (default: fedtlrec)');
  add('--code <WORD>', 'what participants must say to join');
  add('--out <DIR>', 'a new folder for messages, seats and checkpoints');
  command.addOption(new Option('--resume', 'go on with the class in --out').helpGroup('Class:'));
  add('--seats <N>', 'the most participants (default: 100)', (text) => readCount('--seats', text, 2, 10_000));
  add('--participants <N>', 'begin when so many are here (default: 2)', (text) =>
    readCount('--participants', text, 1, 10_000),
  );
  add('--deadline <TIME>', 'how long a round waits (default: 20s)', (text) =>
    readDuration('--deadline', text),
  );
  add('--quorum <Q>', 'share of answers that is enough when time is up (default: 0.6)', readQuorum);
  command.addOption(new Option('--no-figures', 'do not ask homes for loss and ranks').helpGroup('Class:'));
  const addNet = (flags: string, help: string, read: (text: string) => unknown = (text) => text) =>
    command.addOption(new Option(flags, help).argParser(read).helpGroup('Network:'));
  addNet('--port <N>', 'of page and messages (default: 8080)', (text) => readCount('--port', text, 0, 65535));
  addNet('--host <NAME>', 'address to listen at (default: all of this machine)');
  addNet('--public-url <URL>', 'the address that participants see, behind a proxy or a tunnel');
  addNet(
    '--broker <URL>',
    'an MQTT broker that only this machine reaches, such as mqtt://localhost:1883 (default: embedded)',
  );
  addNet('--cert <FILE>', 'certificate for https, with --key');
  addNet('--key <FILE>', 'its private key');
  addSettingOptions(command, 'Settings:');
  command
    .addHelpText('after', examples)
    .action((given: Record<string, unknown>) => runServe(given, printing));
}

async function runServe(given: Record<string, unknown>, printing: Printing): Promise<void> {
  const interrupted = whenInterrupted('interrupted; --resume goes on after the last finished round');
  try {
    await serveUntil(interrupted.signal, given, printing);
  } finally {
    interrupted.stop();
  }
}

async function serveUntil(
  signal: AbortSignal,
  given: Record<string, unknown>,
  printing: Printing,
): Promise<void> {
  const options = await serveOptions(given, signal);
  const { serveClass } = await import('../classroom/serve-class.ts');
  const served = await serveClass({
    ...options,
    onEvent: (event) => printEvent(event, printing),
    onNote: (note) => console.error(`fedtlrec: ${note}`),
  });
  try {
    printing.lines(await welcome(served, options, given.publicUrl as string | undefined));
    const digest = await served.finish();
    await setTimeout(FAREWELL_MS); // everybody hears that it is over
    printing.lines([`The run is over. Digest: ${digest}`, `fedtlrec replay ${options.out} makes it again.`]);
  } finally {
    await served.close();
  }
}

async function serveOptions(given: Record<string, unknown>, signal: AbortSignal): Promise<ServeOptions> {
  const { code, out } = given as { code?: string; out?: string };
  if (!code) throw new UsageError('--code is missing: the word that participants must say to join');
  if (!out) throw new UsageError('--out is missing: a folder for what must survive a crash');
  const isResumed = given.resume === true;
  const { ClassFolder } = await import('../classroom/class-folder.ts');
  const known = isResumed ? (await ClassFolder.open(out)).facts : null;
  const asked = settingsGiven(given);
  if (known && (Object.keys(asked).length > 0 || given.items !== undefined || given.recipe !== undefined))
    throw new UsageError(
      '--resume goes on with the recipe, the settings and the items of --out; leave them out',
    );
  const { recipe } = await chooseRecipe(known?.recipe ?? (given.recipe as string | undefined) ?? 'fedtlrec');
  const settings = known?.settings ?? checkedSettings(classDefaults, recipe.defaults, asked, recipe.fixed);
  expectCompanions(asked);
  const seats = known?.seats ?? (given.seats as number | undefined) ?? 100;
  const startWith = (given.participants as number | undefined) ?? 2;
  if (startWith > seats)
    throw new UsageError(`--participants must be at most --seats (${seats}), got ${startWith}`);
  return {
    ...{ recipe, settings, seats, startWith, code, out, isResumed, signal },
    items: known?.items ?? (await readItems(given.items as string | undefined)),
    deadline: (given.deadline as number | undefined) ?? 20_000,
    quorum: (given.quorum as number | undefined) ?? 0.6,
    asksForFigures: given.figures !== false,
    port: (given.port as number | undefined) ?? 8080,
    host: given.host as string | undefined,
    broker: given.broker as string | undefined,
    certificate: await readCertificate(given.cert as string | undefined, given.key as string | undefined),
  };
}

async function readItems(path: string | undefined) {
  if (path === undefined)
    throw new UsageError('--items is missing: a file with what participants pick from, one title a line');
  const { readItemList } = await import('../classroom/item-list.ts');
  return readItemList(await readText('--items', path), path);
}

async function readCertificate(cert: string | undefined, key: string | undefined) {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UsageError('--cert and --key belong together');
  return { cert: await readText('--cert', cert), key: await readText('--key', key) };
}

async function readText(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag} ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function readQuorum(text: string): number {
  const value = readNumber('--quorum', text);
  if (value >= 0 && value <= 1) return value;
  throw new UsageError(`--quorum must be between 0 and 1, got ${text}`);
}

/** Address, code and QR code, and where the dashboard is. */
async function welcome(
  { port, teacherKey }: ServedClass,
  { code, certificate, recipe, settings }: ServeOptions,
  publicUrl: string | undefined,
): Promise<string[]> {
  const scheme = certificate ? 'https' : 'http';
  const address = publicUrl ?? `${scheme}://${ownAddress()}:${port}`;
  const { loadUqr } = await import('../classroom/packages.ts');
  const { renderUnicodeCompact } = await loadUqr();
  const page = `${address.replace(/\/$/, '')}/#${encodeURIComponent(code)}`;
  return [
    ...renderUnicodeCompact(page).split('\n'),
    ...labelledLines([
      ['Participants', page],
      ['Code', code],
      ['Dashboard', `${scheme}://localhost:${port}/teacher#${teacherKey}`],
      ['Recipe', `${recipe.name}, ${settings.rounds} rounds, seed ${settings.seed}`],
      [
        'Windows',
        settings.windows === 'off'
          ? 'off: the server does not hear what was touched together'
          : 'on: the server hears what was touched together, where there is an order',
      ],
    ]),
  ];
}

/** This machine's address in its network, as far as it can be told. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? 'localhost';
}

function printEvent(event: ClassEvent, printing: Printing): void {
  if (event.type === 'updates-merged') {
    const loss = Number.isNaN(event.loss) ? '' : `, loss ${event.loss.toFixed(3)}`;
    const rejected = event.rejected > 0 ? `, ${event.rejected} rejected` : '';
    printing.lines([
      `round ${event.round}: ${event.clients} merged${rejected}, ${event.bytesUp} bytes up${loss}`,
    ]);
  } else if (event.type === 'evaluated' && event.validation.users > 0) {
    const { hr10 } = metricsOnly(event.validation);
    printing.lines([`round ${event.round}: HR@10 ${hr10.toFixed(3)} at ${event.validation.users} homes`]);
  } else if (event.type === 'waiting' && !event.isKnown) {
    printing.lines([event.reason]);
  }
}
