// `fedtlrec join`: one participant of a class, in this process. Its ratings stay here.
import { type Command, Option } from 'commander';
import type { ParticipantEvent } from '../classroom/participant-events.ts';
import { readRatingsFile } from '../node/ratings-file.ts';
import { whenInterrupted } from './interrupt.ts';
import type { Printing } from './printing.ts';
import { addReadingOptions, readingOptionsOf } from './reading-options.ts';
import { Interrupted, UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec join http://192.168.1.7:8080 --code apple --ratings mine.csv
  fedtlrec join http://192.168.1.7:8080 --code apple --ratings u.data --user 196 --keep 196.json

It needs a package that is not installed with fedtlrec: npm install mqtt`;

export function addJoinCommand(program: Command, printing: Printing): void {
  const command = program
    .command('join')
    .description('take part in a class, with ratings that stay on this machine')
    .argument('<URL>', "the class's address, as its terminal shows it")
    .addOption(new Option('--code <WORD>', "the class's code"))
    .addOption(new Option('--ratings <FILE>', 'your ratings; items are named as in the class'))
    .addOption(new Option('--user <ID>', 'whose, where the file has several users'))
    .addOption(new Option('--no-figures', 'do not tell loss and ranks'))
    .addOption(
      new Option(
        '--private-seed [WORDS]',
        'draw negatives, decoys and noise from a seed of your own, which the server cannot derive (default: one at random). No simulation can then repeat the run',
      ),
    )
    .addOption(
      new Option('--keep <FILE>', 'where the seat is kept, so that the same command goes on after a crash'),
    )
    .addHelpText('after', examples)
    .action((url: string, given: Record<string, unknown>) => runJoin(url, given, printing));
  addReadingOptions(command, 'Layout:');
}

async function runJoin(address: string, given: Record<string, unknown>, printing: Printing): Promise<void> {
  const { code, ratings: path, user, keep } = given as Record<string, string | undefined>;
  if (!path) throw new UsageError('--ratings is missing: the file with what you have touched');
  const givesFigures = given.figures !== false;
  const privateSeed = await seedOf(given.privateSeed);
  const { loadMqtt } = await import('../classroom/packages.ts');
  const mqtt = await loadMqtt();
  const { classAt, enterClass, expectCanTakePart, takeSeat } = await import('../classroom/join-class.ts');
  const { heldOut, knownItems } = await import('../classroom/home-data.ts');
  const { readHome, writeHome } = await import('../classroom/home-file.ts');
  const { ratings: all } = await readRatingsFile(path, {
    ...readingOptionsOf(given),
    allowsOneUser: true,
  });
  const row = userRow(all.users, user, path);
  const facts = await classAt(address);
  await expectCanTakePart(facts);
  const known = knownItems(all, row, facts.items);
  if (known.items.length === 0)
    throw new UsageError(
      `none of the items in ${path} is in the class's list, such as "${facts.items[0]!.id}"`,
    );
  if (known.unknown > 0)
    console.error(`fedtlrec: ${known.unknown} items are not in the class's list and left out`);
  const kept = keep ? await readHome(keep) : null;
  const isKept = kept?.run === facts.run;
  if (!isKept && !code) throw new UsageError("--code is missing: the class's terminal shows it");
  const seat = isKept ? kept.seat : await takeSeat(address, code!);
  if (keep && !isKept) await writeHome(keep, { run: facts.run, seat, record: undefined });
  const interrupted = whenInterrupted();
  await new Promise<void>((resolve, reject) => {
    const entered = enterClass({
      ...{ address, facts, seat, mqtt, givesFigures, privateSeed },
      ratings: heldOut(known, givesFigures),
      record: isKept ? kept.record : undefined,
      keep: keep ? (record) => writeHome(keep, { run: facts.run, seat, record }) : undefined,
      onEvent(event) {
        printing.lines(inWords(event));
        if (event.type === 'disconnected' && event.reason.includes('401'))
          void entered.then(({ link }) => link.close(true)).then(() => reject(tokenRefused(keep)));
        if (event.type !== 'ended') return;
        void entered.then(async ({ participant, home }) => {
          const best = home.scores.top(10).map(({ item }) => facts.items[item]!.title);
          printing.lines(['The ten best for you:', ...best.map((title) => `  ${title}`)]);
          await participant.leave();
          resolve();
        });
      },
    });
    entered.catch(reject);
    interrupted.signal.addEventListener('abort', () => {
      void entered.then(({ participant }) => participant.leave()).then(() => reject(new Interrupted()));
    });
  }).finally(interrupted.stop);
}

/** The participant's own seed; none without the option. */
export async function seedOf(asked: unknown): Promise<string | undefined> {
  if (asked === undefined) return undefined;
  if (asked === '')
    throw new UsageError('--private-seed must be words of your own, or stand alone for a seed at random');
  const { newPrivateSeed } = await import('../classroom/home-record.ts');
  console.error(
    'fedtlrec: your draws come from a seed of your own; the server can replay its side of the run, but no simulation can repeat yours',
  );
  return asked === true ? newPrivateSeed() : String(asked);
}

function tokenRefused(keep: string | undefined): UsageError {
  const way = keep ? `; remove ${keep} and join again with --code` : '; join again';
  return new UsageError(`the class does not know this seat${way}`);
}

function userRow(users: readonly string[], user: string | undefined, path: string): number {
  if (user === undefined && users.length === 1) return 0;
  if (user === undefined)
    throw new UsageError(`${path} holds ${users.length} users; --user says whose ratings are yours`);
  const row = users.indexOf(user);
  if (row < 0) throw new UsageError(`--user ${user} is not in ${path}, which has ${users[0]} for example`);
  return row;
}

function inWords(event: ParticipantEvent): string[] {
  switch (event.type) {
    case 'connected':
      return ['connected'];
    case 'disconnected':
      return [`the line broke (${event.reason}); trying again`];
    case 'sent':
      return [
        `round ${event.round}: ${event.message.length} bytes left home${event.isRepeated ? ', again' : ''}, loss ${event.loss.toFixed(3)}`,
      ];
    case 'refused':
      return [`round ${event.round}: ${event.reason}`];
    case 'failed':
      return [`this side has failed: ${event.reason}`];
    case 'ended':
      return [`the run ended after round ${event.round}`];
    default:
      return [];
  }
}
