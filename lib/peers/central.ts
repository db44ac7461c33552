// Central references that learn epoch by epoch, as programs: the server sees all ratings and there are no messages.
// In: a model with one function for an epoch; out: a program whose rounds are epochs, so that the same loop, the same
// evaluation and the same private re-fit run on it as on the federated recipes.
import { itemsOf } from '../data/split.ts';
import { consecutiveBlocks } from '../federated/client-index.ts';
import type { SharedModel } from '../federated/local-model.ts';
import { RecencyRefit } from '../federated/recency.ts';
import type { Program, Setup } from '../federated/recipe.ts';

/** A model trained on everybody's ratings in one place. */
export interface CentralModel {
  /** Fills the memory. */
  initialize(): void;
  /** One pass over all ratings (epochs count from 1); returns the mean loss. */
  epoch(round: number): number;
  /** Writes the scores of all items, [items]. */
  score(user: number, scores: Float32Array): void;
  /** Where scores are [p, 1]·q: what the re-fit to the recent past needs. */
  readonly factors?: { userVector(user: number): Float32Array; readonly shared: SharedModel };
}

/** A program whose rounds are the epochs of a central model. */
export function epochProgram(setup: Setup, model: CentralModel): Program {
  const { split, settings } = setup;
  const { users, items } = split.train;
  const { factors } = model;
  const refitter = new RecencyRefit(items, settings, setup.loops);
  return {
    hasRounds: true,
    canRefit: factors !== undefined && split.ordered,
    hasPersonalParts: false,
    initialize: () => model.initialize(),
    trainChunk: () => ({ sum: null, trained: 0, loss: 0, bytesUp: 0, events: [] }),
    *finishRound(round) {
      const loss = model.epoch(round);
      yield { type: 'updates-merged', round, clients: 0, trained: users, rejected: 0, bytesUp: 0, loss };
    },
    refresh: () => [],
    blocks: (size) => consecutiveBlocks(users, size),
    score(user, recency, scores) {
      const positives = itemsOf(split.train, user);
      if (recency === null || !factors || !split.ordered || positives.length === 0) {
        model.score(user, scores);
        return;
      }
      const { shared } = factors;
      refitter.score(user, positives, factors.userVector(user), shared, recency, scores);
    },
    personalParts: (_block, out) => {
      out.fill(0);
    },
  };
}
