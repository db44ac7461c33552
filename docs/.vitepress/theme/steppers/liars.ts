// Lesson 11: ten clients say how far one item should move; some of them lie. What do servers make of it?
// The strategies are the library's, on a table of one number.
import type { Combine } from '../../../../lib/federated/combine.ts';
import { addSum, emptySum, PlainUpdateAdder } from '../../../../lib/federated/update-sum.ts';
import type { Update } from '../../../../lib/federated/wire.ts';
import { coordinateMedian } from '../../../../lib/robust/coordinate-median.ts';
import { krum } from '../../../../lib/robust/krum.ts';
import { normBound } from '../../../../lib/robust/norm-bound.ts';
import { trimmedMean } from '../../../../lib/robust/trimmed-mean.ts';
import type { Inputs } from './inputs.ts';
import { plural } from './words.ts';

export const clients = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gus', 'Hal', 'Ida', 'Jo'];
/** What each client truly wants. */
export const truth = [0.9, 1.4, 0.7, 1.1, 2.0, 0.8, 1.2, 1.6, 1.0, 1.3];
/** Liars say −10 or 10 times the truth. */
const lies = { opposite: -10, louder: 10 } as const;
export type Lie = keyof typeof lies;
export const inputs = {
  lie: {
    label: 'Liars say',
    choices: [
      ['opposite', 'the opposite, ten times as loud'],
      ['louder', 'the truth, ten times as loud'],
    ],
    usual: 'opposite',
  },
} as const satisfies Inputs;

export const plainMean: Combine = { adder: (items, dims, extra) => new PlainUpdateAdder(items, dims, extra) };

const strategies: Readonly<Record<string, Combine>> = {
  mean: plainMean,
  'norm bound': normBound(),
  'trimmed mean (20 %)': trimmedMean({ trim: 0.2 }),
  median: coordinateMedian(),
  'Krum (20 %)': krum({ liars: 0.2 }),
};

export interface LiarsStep {
  readonly liars: number;
  /** What each client says. */
  readonly said: readonly number[];
  /** What a typical client wants, as each server sees it. */
  readonly results: readonly {
    readonly strategy: string;
    readonly value: number;
    readonly isFooled: boolean;
  }[];
}

/** From no liar to nine: the first clients lie. */
export function liarsSteps(lie: Lie): LiarsStep[] {
  const [least, most] = [Math.min(...truth), Math.max(...truth)];
  return clients.map((_, liars) => {
    const said = truth.map((value, client) => (client < liars ? lies[lie] * value : value));
    const results = Object.entries(strategies).map(([strategy, combine]) => {
      const value = combined(combine, said);
      return { strategy, value, isFooled: value < least - 1e-6 || value > most + 1e-6 };
    });
    return { liars, said, results };
  });
}

/** What a step shows, in words that follow from its numbers. */
export function liarsCaption({ liars, results }: LiarsStep): string {
  const fooled = results.filter(({ isFooled }) => isFooled).map(({ strategy }) => strategy);
  const who = liars === 0 ? 'Nobody lies' : `${plural(liars, 'client lies', 'clients lie')}`;
  if (fooled.length === 0)
    return `${who}. Every server moves the item by something that an honest client could want.`;
  if (fooled.length === results.length)
    return `${who}. No server moves the item by anything that an honest client wants.`;
  return `${who}. Outside of what honest clients want: ${fooled.join(', ')}.`;
}

/** What a typical client wants, as a server sees it that combines what clients said. */
export function combined(combine: Combine, said: readonly number[]): number {
  const adder = combine.adder(1, 1, 0);
  adder.start();
  said.forEach((value, client) => {
    adder.add(updateOf(client, value));
  });
  const total = emptySum(1, 1, 0);
  addSum(total, adder.finish());
  combine.finish?.(total);
  return total.items[0]! / total.senders[0]!;
}

function updateOf(client: number, value: number): Update {
  const nothing = new Float32Array(0);
  const row = { rows: Uint32Array.of(0), rank: 0, dims: 1, left: Float32Array.of(value) };
  return { client, round: 1, ...row, right: nothing, extra: nothing };
}
