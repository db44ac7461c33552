// `fedtlrec crowd`: many participants in one process, to fill a class for a rehearsal or a measurement.
import { type Command, Option } from 'commander';
import type { ClassFacts } from '../classroom/class-facts.ts';
import type { Ratings } from '../data/ratings.ts';
import { syntheticRatings } from '../data/synthetic.ts';
import { randomStream } from '../numeric/rng.ts';
import { loadRatings } from './dataset.ts';
import { counted } from './figures.ts';
import { whenInterrupted } from './interrupt.ts';
import type { Printing } from './printing.ts';
import { readCount } from './read-value.ts';
import { addReadingOptions, expectNoReading, readingOptionsOf } from './reading-options.ts';
import { Interrupted, UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec crowd http://localhost:8080 --code apple --clients 30               invented tastes
  fedtlrec crowd http://localhost:8080 --code apple --clients 200 --data u.data  the first 200 users of a file

It needs a package that is not installed with fedtlrec: npm install mqtt`;

export function addCrowdCommand(program: Command, printing: Printing): void {
  const command = program
    .command('crowd')
    .description('fill a class with many participants at once')
    .argument('<URL>', "the class's address")
    .addOption(new Option('--code <WORD>', "the class's code"))
    .addOption(
      new Option('--clients <N>', 'how many')
        .default(20)
        .argParser((text) => readCount('--clients', text, 1, 10_000)),
    )
    .addOption(new Option('--data <FILE>', 'ratings whose users take part (default: invented)'))
    .addOption(
      new Option('--seed <S>', 'of what is invented')
        .default(1)
        .argParser((text) => readCount('--seed', text, 0)),
    )
    .addHelpText('after', examples)
    .action((url: string, given: Record<string, unknown>) => runCrowd(url, given, printing));
  addReadingOptions(command, 'Layout:');
}

async function runCrowd(address: string, given: Record<string, unknown>, printing: Printing): Promise<void> {
  const { code, clients, data, seed } = given as {
    code?: string;
    clients: number;
    data?: string;
    seed: number;
  };
  if (!code) throw new UsageError("--code is missing: the class's terminal shows it");
  const { loadMqtt } = await import('../classroom/packages.ts');
  const mqtt = await loadMqtt();
  const { classAt, enterClass, expectCanTakePart, takeSeat } = await import('../classroom/join-class.ts');
  const { heldOut, knownItems } = await import('../classroom/home-data.ts');
  const facts = await classAt(address);
  await expectCanTakePart(facts);
  const ratings = await crowdRatings(facts, clients, data, seed, given);
  const members: Awaited<ReturnType<typeof enterClass>>[] = [];
  let over = 0;
  const interrupted = whenInterrupted();
  const ended = new Promise<void>((resolve, reject) => {
    interrupted.signal.addEventListener('abort', () => reject(new Interrupted()));
    const enter = async () => {
      for (let user = 0; user < clients; user++) {
        const known = knownItems(ratings, user, facts.items);
        const seat = await takeSeat(address, code);
        const rng = randomStream(seed, 'split', user);
        const member = await enterClass({
          ...{ address, facts, seat, mqtt, givesFigures: true, ratings: heldOut(known, true, rng) },
          onEvent: ({ type }) => {
            if (type === 'ended' && ++over === clients) resolve();
          },
        });
        members.push(member);
      }
      printing.lines([`${counted(clients, 'participant')} joined`]);
    };
    enter().catch(reject);
  });
  try {
    await ended;
    printing.lines(['the run is over']);
  } finally {
    interrupted.stop();
    await Promise.all(members.map(({ participant }) => participant.leave()));
  }
}

/** Ratings whose items are those of the class. */
export async function crowdRatings(
  { items }: ClassFacts,
  clients: number,
  data: string | undefined,
  seed: number,
  given: Record<string, unknown>,
): Promise<Ratings> {
  if (data === undefined) {
    expectNoReading(readingOptionsOf(given), 'without --data, the crowd invents its ratings');
    if (items.length < 10)
      throw new UsageError(
        `a class of ${counted(items.length, 'item')} is too small for invented ratings, which need 10; give --data FILE`,
      );
    const isSmall = items.length < 32; // what the usual groups with their scenes need
    const meanRatings = Math.max(5, Math.min(12, items.length / 4));
    const { ratings } = syntheticRatings({
      users: Math.max(2, clients),
      items: items.length,
      meanRatings,
      seed,
      ...(isSmall ? { groups: 2, scenesPerGroup: Math.floor(items.length / 4) } : {}),
    });
    return { ...ratings, items: items.map(({ id }) => id) };
  }
  const { ratings } = await loadRatings(data, readingOptionsOf(given));
  if (ratings.users.length < clients)
    throw new UsageError(
      `--clients must be at most the users of ${data} (${ratings.users.length}), got ${clients}`,
    );
  return ratings;
}
