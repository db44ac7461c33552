// Lesson 9: clients that train alone, by the recipe `local-only`, round by round; and what their scores say of an item
// that was never called negative. The held-out item may be one that the user likes or a random one: alone, no client can
// tell, so with the leak it makes no difference.

import type { Split } from '../../../../lib/data/split.ts';
import { rankOf } from '../../../../lib/evaluation/ranking.ts';
import { plainLoops } from '../../../../lib/federated/loops.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';
import { shuffle } from '../../../../lib/numeric/sampling.ts';
import { localOnly } from '../../../../lib/peers/local-only.ts';
import { openRun } from '../../../../lib/training/open-run.ts';
import type { Inputs } from './inputs.ts';
import { plural } from './words.ts';

const items = 30;
export const clients = 60;
export const rounds = 25;
const trainedCount = 6;
export type Held = 'liked' | 'placebo';
export type Negatives = 'leak-free' | 'released';
export const inputs = {
  negatives: {
    label: 'Negatives from',
    choices: [
      ['released', 'all but held-out items'],
      ['leak-free', 'all items not trained on'],
    ],
    usual: 'released',
  },
  held: {
    label: 'Held out',
    choices: [
      ['placebo', 'a random item'],
      ['liked', 'one that the user will like'],
    ],
    usual: 'placebo',
  },
} as const satisfies Inputs;

export interface LeakStep {
  /** Scores of the items that the first client has not trained on, best first. */
  readonly ranked: readonly { readonly item: number; readonly score: number; readonly isHeld: boolean }[];
  /** Place of its held-out item among them, from 1. */
  readonly rank: number;
  /** The same, mean over all clients. */
  readonly meanRank: number;
}

/** The rounds 0 to 25 under a protocol. */
export function leakSteps(protocol: Negatives, held: Held): LeakStep[] {
  const settings = { rounds, factors: 4, protocol, recency: null, evaluateEvery: rounds } as const;
  const split = splitWith(held);
  const { program } = openRun(localOnly, split, { settings, loops: plainLoops });
  return Array.from({ length: rounds + 1 }, (_, round) => {
    if (round > 0) program.trainChunk(round, 0, clients, new Set());
    const scores = new Float32Array(items);
    const ranks = Array.from({ length: clients }, (_, client) => {
      program.score(client, null, scores);
      return rankOf(scores, split.test[client]!, knownTo(split, client)).rank;
    });
    program.score(0, null, scores);
    const known = new Set(knownTo(split, 0));
    const ranked = Array.from(scores, (score, item) => ({ item, score, isHeld: item === split.test[0] }))
      .filter(({ item }) => !known.has(item))
      .sort((a, b) => b.score - a.score);
    return { ranked, rank: ranks[0]!, meanRank: ranks.reduce((sum, rank) => sum + rank, 0) / clients };
  });
}

/** What a round shows, in words that follow from its numbers. */
export function leakCaption(
  { ranked, rank, meanRank }: LeakStep,
  round: number,
  [protocol, held]: readonly [Negatives, Held],
): string {
  const which =
    held === 'placebo' ? 'a random one that the user never touched' : 'one that the user will like';
  const from =
    protocol === 'released' ? 'all but the held-out items' : 'everything the client has not trained on';
  return `After ${plural(round, 'round')} alone, the held-out item (${which}) stands at place ${rank} of ${ranked.length} (mean over ${clients} such clients: ${meanRank.toFixed(1)}). Negatives are drawn from ${from}.`;
}

/** What a client has trained on, and its validation item. */
function knownTo({ train, validation }: Split, client: number): Uint32Array {
  const trained = train.itemOf.subarray(train.offsets[client], train.offsets[client + 1]);
  return Uint32Array.of(...trained, validation[client]!);
}

/** Each client likes eight items; six are for training, one for validation, and one, or a random other one, is held out. */
function splitWith(held: Held): Split {
  const offsets = [0];
  const itemOf: number[] = [];
  const validation: number[] = [];
  const test: number[] = [];
  for (let client = 0; client < clients; client++) {
    const order = shuffle(
      Array.from({ length: items }, (_, item) => item),
      randomStream(1, 'likes', client),
    );
    itemOf.push(...order.slice(0, trainedCount));
    offsets.push(itemOf.length);
    validation.push(order[trainedCount]!);
    test.push(order[held === 'liked' ? trainedCount + 1 : trainedCount + 2]!);
  }
  return {
    name: 'sixty users',
    train: { users: clients, items, offsets: Uint32Array.from(offsets), itemOf: Uint32Array.from(itemOf) },
    validation: Int32Array.from(validation),
    test: Int32Array.from(test),
    ordered: false,
    skippedUsers: 0,
  };
}
