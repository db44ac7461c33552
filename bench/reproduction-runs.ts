// The runs behind docs/reproduction.md: one program, several protocols and servers, HR@10 by round.
// In: MovieLens-100K; out: a curve for each run, measured on the test items with the exact expectation over 99 negatives.
import type { Split } from '../lib/data/split.ts';
import { summarize } from '../lib/evaluation/protocol.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { fedtlrecAsDescribed } from '../lib/peers/fedtlrec-as-described.ts';
import { fedtlrecReleased, releasedProgram } from '../lib/peers/fedtlrec-released.ts';
import { popularity } from '../lib/peers/popularity.ts';
import { aloneServer, meanServer, randomServer } from '../lib/peers/released/plain-servers.ts';
import { openRun } from '../lib/training/open-run.ts';

export const checkpoints = [5, 25, 50, 60, 100] as const;
export const seed = 1;

/** One way to run the program. */
export interface Variant {
  readonly title: string;
  readonly recipe: Recipe;
  readonly settings: Partial<Settings>;
}

/** What is kept of a run. */
export interface Curve {
  readonly title: string;
  readonly points: readonly {
    readonly round: number;
    readonly hr10: number;
    readonly ndcg10: number;
    readonly fullHr10: number;
    readonly standardError: number;
  }[];
  /** Processor time of one round, without evaluation; the median. */
  readonly secondsPerRound: number;
  readonly bytesUpPerClientRound: number;
}

const short = { rounds: 25, protocol: 'leak-free' } as const;

/** The order of this list is the order of the tables. */
export const variants: Record<string, Variant> = {
  released: {
    title: 'as released',
    recipe: fedtlrecReleased,
    settings: { rounds: 100, protocol: 'released' },
  },
  placebo: {
    title: 'as released, placebo items in place of the held-out ones',
    recipe: fedtlrecReleased,
    settings: { rounds: 100, protocol: 'placebo' },
  },
  alone: {
    title: 'as released, but nothing is shared: no federation',
    recipe: releasedProgram({ server: aloneServer }),
    settings: { rounds: 60, protocol: 'released' },
  },
  'leak-free': {
    title: 'held-out items may be drawn as negatives: leak-free',
    recipe: fedtlrecReleased,
    settings: { rounds: 100, protocol: 'leak-free' },
  },
  'absent-and-noisy': {
    title: 'as released, 10 % absent and Laplace noise .1 (its defaults)',
    recipe: releasedProgram({ laplaceScale: 0.1 }),
    settings: { rounds: 25, protocol: 'released', dropout: 0.1 },
  },
  'a-alone': {
    title: 'A stays at home',
    recipe: releasedProgram({ server: aloneServer }),
    settings: short,
  },
  'a-random': {
    title: 'A comes back as random numbers',
    recipe: releasedProgram({ server: randomServer }),
    settings: short,
  },
  'a-mean': {
    title: 'A comes back as the mean over the clients',
    recipe: releasedProgram({ server: meanServer }),
    settings: short,
  },
  'both-mean': {
    title: 'A and B come back as means',
    recipe: releasedProgram({ server: meanServer, sharesB: true }),
    settings: short,
  },
  described: {
    title: 'A through attention between clients, B as a mean (`fedtlrec-as-described`)',
    recipe: fedtlrecAsDescribed,
    settings: short,
  },
  popularity: {
    title: 'for scale: the most popular items',
    recipe: popularity,
    settings: short,
  },
};

/**
 * Runs a variant and measures it at the checkpoints that it reaches.
 *
 * @param keep gets the curve so far at every checkpoint, so that a run that is cut short is not lost
 */
export async function measure(variant: Variant, split: Split, keep: (curve: Curve) => void): Promise<void> {
  const run = openRun(variant.recipe, split, { settings: { ...variant.settings, seed } });
  const points: Curve['points'][number][] = [];
  const seconds: number[] = [];
  let bytesUpPerClientRound = 0;
  const evaluate = async (round: number) => {
    const [perUser] = await run.executor.evaluate({ part: 'test', recency: null, mixes: [0] });
    const { hr10, ndcg10, fullHr10, standardErrors } = summarize(perUser!);
    points.push({ round, hr10, ndcg10, fullHr10, standardError: standardErrors.hr10 });
    const secondsPerRound = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0;
    keep({ title: variant.title, points: [...points], secondsPerRound, bytesUpPerClientRound });
  };
  let start = process.cpuUsage();
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type === 'round-started') start = process.cpuUsage();
    if (event.type === 'updates-merged') bytesUpPerClientRound = event.bytesUp / Math.max(1, event.clients);
    if (event.type !== 'broadcast-sent') continue; // the last event of a round
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
    if (checkpoints.some((round) => round === event.round)) await evaluate(event.round);
  }
  if (!run.program.hasRounds) await evaluate(0);
  await run.executor.close();
}
