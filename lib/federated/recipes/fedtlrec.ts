// FedTLRec, as this library builds it: rank-one updates up, rank-two steps down, and attention between clients, with
// K-means as its index. Wang & Zhao, doi 10.62762/TMI.2025.882476; docs/algorithm.md tells the round as a story.
import { expectParts } from '../../numeric/arguments.ts';

import type { Aggregator } from '../aggregator.ts';
import { AttentionAggregator } from '../attention-aggregator.ts';
import { FactorizationClient } from '../client.ts';
import type { WeighPeers } from '../client-attention.ts';
import { federation } from '../federation.ts';
import type { Recipe, Setup } from '../recipe.ts';
import { fedAdam, lowRankDownlink } from '../server.ts';
import { coOccurrenceWindows } from '../windows/co-occurrence-windows.ts';

export const fedtlrec: Recipe = {
  name: 'fedtlrec',
  summary: 'rank-one updates up, low-rank steps down, attention between clients',
  reference: 'Wang & Zhao, doi 10.62762/TMI.2025.882476',
  create: (setup) =>
    federation(setup, {
      ...lowRankFactorization(setup),
      aggregator: attentionBetweenClients(setup),
    }),
};

/** Matrix factorization at home, exact rank-one updates up, FedAdam, rank-r steps down, and windows once. */
export function lowRankFactorization(setup: Setup) {
  expectSetup('lowRankFactorization', setup);
  const { split, settings, memory, loops } = setup;
  const { items } = split.train;
  const localModel = new FactorizationClient(items, settings, loops);
  return {
    localModel,
    optimizer: fedAdam(items * localModel.dims, memory, settings),
    downlink: lowRankDownlink(items, localModel.dims, memory, settings, loops),
    windows: coOccurrenceWindows(setup),
  };
}

/**
 * The aggregator; where a device computes it ahead, the one that waits for it.
 *
 * @param weigh how peers are weighed. Default: by attention
 */
export function attentionBetweenClients(setup: Setup, weigh?: WeighPeers): Aggregator {
  expectSetup('attentionBetweenClients', setup);
  const { split, settings, memory, loops } = setup;
  const { users, items } = split.train;
  const attention = new AttentionAggregator(users, items, settings, memory, loops, weigh);
  if (weigh) return attention; // devices know attention only
  return loops.ahead?.(attention, users, items, memory) ?? attention;
}

function expectSetup(caller: string, setup: Setup): void {
  const parts = { split: 'object', settings: 'object', memory: 'object', loops: 'object' } as const;
  expectParts(caller, 'setup', setup, 'what create(setup) gets', parts);
}
