// What clients do at home, per second: FedTLRec's client step, plain and in SIMD; and a round of the released program
// against the 20 to 23 seconds that its authors' code takes on one core.
import type { Sample } from '../lib/data/negatives.ts';
import type { Split } from '../lib/data/split.ts';
import { itemsOf, leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { MarkingSampler } from '../lib/fast/negatives.ts';
import { FactorizationClient } from '../lib/federated/client.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { fedtlrecReleased } from '../lib/peers/fedtlrec-released.ts';
import { ROWS_PER_BLOCK, SERVER_STEPS } from '../lib/peers/released/server-encoder.ts';
import { type Bench, contender, markdownTable, measure } from './bench.ts';
import { isHere, movieLens100k, readSplit } from './data-files.ts';
import { floorText, productSpeed } from './product-floor.ts';
import { timeRounds } from './time-rounds.ts';

const pace = { turn: 0.3, turns: 7, limit: 5 };
/** Seconds of one round of the authors' program on MovieLens-100K, one core. */
const releasedRound = { least: 20, most: 23 };

export const bench: Bench = {
  title: 'Client epochs',
  async run(say) {
    const hasData = isHere(movieLens100k);
    const split = hasData
      ? await readSplit(movieLens100k)
      : leaveOneOut(syntheticRatings({ users: 943, items: 1682, meanRatings: 106 }).ratings);
    const samples = drawSamples(split);
    const contenders = ['tiled', 'simd'].map((loops) => clientSteps(split, samples, loops));
    const seconds = await measure(contenders, pace);
    const plain = seconds.get('plain')!;
    const steps = [...seconds].map(([name, time]) => [
      name,
      (samples.length / time).toFixed(0),
      ((1e6 * time) / samples.length).toFixed(0),
      (plain / time).toFixed(2),
    ]);
    for (const row of steps) say(row.join(' · '));
    return [
      `A client's turn of fedtlrec (two steps of the user vector, the item gradient, one more step) on the samples of
${hasData ? 'MovieLens-100K' : 'synthetic ratings of the size of MovieLens-100K'}: ${samples.length} clients, ${Math.round(meanSize(samples))} positives and negatives each on average; one thread, the median of up to ${pace.turns} turns.`,
      markdownTable(['loop', 'clients a second', 'µs a client', 'times plain'], steps),
      await releasedSection(split, say),
    ].join('\n\n');
  },
};

/** One round's samples, copied, because the sampler reuses its memory. */
function drawSamples({ train }: Split): Sample[] {
  const { negatives } = completeSettings();
  const sampler = new MarkingSampler(train.items);
  return Array.from({ length: train.users }, (_, user) => {
    const positives = itemsOf(train, user);
    const rng = randomStream(1, 'bench-negatives', user);
    const { rows, counts, labels, size } = sampler.draw(positives, negatives * positives.length, rng);
    return { rows: rows.slice(), counts: counts.slice(), labels: labels.slice(), size };
  });
}

function clientSteps({ train }: Split, samples: readonly Sample[], loops: string) {
  const settings = completeSettings();
  const client = new FactorizationClient(train.items, settings, chooseLoops(loops));
  const shared = {
    itemTable: new Float32Array(train.items * client.dims),
    extra: new Float32Array(0),
    version: 1,
  };
  client.initializeShared(shared, randomStream(1, 'bench-server'));
  const states = samples.map((_, user) => {
    const state = new Float32Array(client.stateLength);
    client.initialize(state, randomStream(1, 'bench-client', user));
    return state;
  });
  return contender(loops === 'simd' ? 'SIMD' : 'plain', () => {
    samples.forEach((sample, user) => {
      client.train({ client: user, round: 1, sample, shared }, states[user]!);
    });
  });
}

function meanSize(samples: readonly Sample[]): number {
  return samples.reduce((sum, { size }) => sum + size, 0) / samples.length;
}

async function releasedSection(split: Split, say: (line: string) => void): Promise<string> {
  const { round, cpu } = await timeRounds(fedtlrecReleased, split, { rounds: 3, limit: 30 });
  const { least, most } = releasedRound;
  say(`fedtlrec-released: ${round.toFixed(2)} s a round, ${cpu.toFixed(2)} CPU s`);
  const dim = 256; // a client's A, 16 × 16, is one row
  const speed = await productSpeed(ROWS_PER_BLOCK, dim, 2 * dim);
  // Six products of dim × dim a row forward and eleven backward, where one of dim × 2 dim counts twice.
  const operations = 2 * 17 * dim ** 2 * split.train.users * SERVER_STEPS;
  return `A whole round of fedtlrec-released, one thread: ${round.toFixed(2)} s, ${cpu.toFixed(2)} s of processor time, where the authors' program takes
${least} to ${most} s on one core of another machine: ${(least / cpu).toFixed(1)} to ${(most / cpu).toFixed(1)} times as fast.
The server's matrix products alone are ${floorText(operations, speed)}.`;
}
