// Ablation: FedTLRec that sends whole rows of ΔQ up and the whole step down: what low rank saves, and what it costs.
import { FactorizationClient } from '../client.ts';
import { denseDownlink } from '../dense-server.ts';
import { federation } from '../federation.ts';
import type { Recipe } from '../recipe.ts';
import { fedAdam } from '../server.ts';
import { coOccurrenceWindows } from '../windows/co-occurrence-windows.ts';
import { expandUpdate } from '../wire.ts';
import { attentionBetweenClients } from './fedtlrec.ts';

export const withoutLowRank: Recipe = {
  name: 'without-low-rank',
  summary: 'fedtlrec with whole rows up and the whole step down',
  create: (setup) => {
    const { split, settings, memory } = setup;
    const { items } = split.train;
    const localModel = new FactorizationClient(items, settings, setup.loops);
    return federation(setup, {
      localModel,
      uplink: expandUpdate,
      optimizer: fedAdam(items * localModel.dims, memory, settings),
      downlink: denseDownlink(items, localModel.dims, memory, settings),
      aggregator: attentionBetweenClients(setup),
      windows: coOccurrenceWindows(setup),
    });
  },
};
