// A class of 20, 200 and 1,000 participants on this machine, over real WebSockets: how long a round takes, and what of it is the exchange
// of messages, beside bare round trips of the same lengths (bare-servers.ts). Every contender has two processes, the server's and one for
// all clients, and they take turns, so that a slow moment of the machine meets all of them. BENCH_SIZES=200 asks for one size.
import { openAedes, openMosquitto, openSocketIo } from './bare-servers.ts';
import { type Bench, markdownTable, median } from './bench.ts';
import { type BareTurn, type ClassTurn, ITEMS, ROUNDS, timeBare, timeClass } from './classroom-turns.ts';

const sizes = (process.env.BENCH_SIZES ?? '20,200,1000').split(',').map(Number);
const TURNS = 3;

export const bench: Bench = {
  title: 'A class on one machine',
  async run(say) {
    const [exchanges, rounds, work]: [string[][], string[][], string[][]] = [[], [], []];
    for (const clients of sizes) {
      const turns = await allTurns(clients);
      exchanges.push([String(clients), ...exchangeRow(turns)]);
      rounds.push([String(clients), ...roundRow(turns)]);
      work.push([String(clients), ...workRow(turns)]);
      say([...exchanges.at(-1)!, ...rounds.at(-1)!, ...work.at(-1)!].join(' · '));
    }
    return [
      `fedtlrec over ${ITEMS} items; ${TURNS} turns of ${ROUNDS} rounds for each contender, the first round of a turn not counted. Every contender has two
processes, one for the server and one for all clients, so that what clients do adds up on one core.

"exchange" is a class whose homes answer at once, with what they said in their first round: milliseconds from the announcement to the last
answer. "bare" is the same number of clients with the same bytes down and up, and nothing else: over the class's broker and WebSockets (aedes,
in as many packets and frames), over Socket.IO, and over mosquitto by TCP. Medians.`,
      markdownTable(
        ['participants', 'exchange', 'bare aedes', 'ratio', 'bare Socket.IO', 'bare mosquitto'],
        exchanges,
      ),
      `A class that trains: milliseconds from one announcement to the next, and how many of them pass until the last answer, with everybody's
training on one core, and after it, when the server merges, makes its step, and writes to the disk. Medians; p95 of the round. Memory of the
server's process in MB; bytes of one client in one round, without evaluation and personal parts.`,
      markdownTable(
        ['participants', 'round', 'round, p95', 'until the last answer', 'after it', 'MB', 'B up', 'B down'],
        rounds,
      ),
      `Where the work is, in milliseconds of processor time a round, whatever else the machine did: the server's process in the bare exchange
(aedes), in that of a class, and in a whole round; the process of all clients in the bare exchange and in that of a class, where they check
and decode what they hear and frame what they say; and what training adds there, which in a real class is spread over as many machines.`,
      markdownTable(
        [
          ...['participants', 'server, bare', 'server, exchange', 'server, round'],
          ...['clients, bare', 'clients, exchange', 'training, all homes'],
        ],
        work,
      ),
    ].join('\n\n');
  },
};

interface Turns {
  readonly training: readonly ClassTurn[];
  readonly answering: readonly ClassTurn[];
  readonly bare: Record<'aedes' | 'socketIo' | 'mosquitto', readonly BareTurn[]>;
}

async function allTurns(clients: number): Promise<Turns> {
  const [training, answering]: [ClassTurn[], ClassTurn[]] = [[], []];
  const bare: Record<keyof Turns['bare'], BareTurn[]> = { aedes: [], socketIo: [], mosquitto: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    const own = await timeClass(clients, 'answer');
    answering.push(own);
    for (const [name, open] of [
      ['aedes', openAedes],
      ['socketIo', openSocketIo],
      ['mosquitto', openMosquitto],
    ] as const) {
      const timed = await timeBare(open, clients, own);
      if (timed) bare[name].push(timed);
    }
    training.push(await timeClass(clients, 'train'));
  }
  return { training, answering, bare };
}

function exchangeRow({ answering, bare }: Turns): string[] {
  const of = (turns: readonly BareTurn[]) => median(turns.flatMap(({ exchanges }) => exchanges));
  const ratio = (of(answering) / of(bare.aedes)).toFixed(2);
  return [ms(of(answering)), ms(of(bare.aedes)), ratio, ms(of(bare.socketIo)), ms(of(bare.mosquitto))];
}

function roundRow({ training }: Turns): string[] {
  const rounds = training.flatMap((turn) => turn.rounds).sort((a, b) => a - b);
  const until = training.flatMap((turn) => turn.exchanges);
  const after = training.flatMap((turn) => turn.rounds.map((whole, at) => whole - turn.exchanges[at]!));
  const { megabytes, bytesUp, bytesDown } = training[0]!;
  return [
    ...[median(rounds), rounds[Math.floor(0.95 * rounds.length)], median(until), median(after)].map(ms),
    ...[megabytes.toFixed(0), bytesUp.toFixed(0), bytesDown.toFixed(0)],
  ];
}

function workRow({ training, answering, bare }: Turns): string[] {
  const trains = median(training.map((turn) => turn.clients)) - median(answering.map((turn) => turn.clients));
  return [
    ms(median(bare.aedes.map((turn) => turn.serverInExchange))),
    ms(median(answering.map((turn) => turn.serverInExchange))),
    ms(median(training.map((turn) => turn.server))),
    ms(median(bare.aedes.map((turn) => turn.clients))),
    ms(median(answering.map((turn) => turn.clients))),
    ms(trains),
  ];
}

function ms(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toPrecision(3);
}
