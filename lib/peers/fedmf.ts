// FedMF: every client sends the rows of ΔQ it touched, the server moves the item table and sends all of it back.
// Chai et al. (2021), Secure Federated Matrix Factorization, without its encryption; the loss is cross-entropy, as
// in all recipes here. Two servers: FedAdam (Reddi et al. 2021) and FedAvg with a mean per item (McMahan et al. 2017).
import { FactorizationClient } from '../federated/client.ts';
import { denseDownlink, itemMean } from '../federated/dense-server.ts';
import { federation } from '../federated/federation.ts';
import type { Recipe, Setup } from '../federated/recipe.ts';
import { fedAdam, type ServerOptimizer } from '../federated/server.ts';
import { coOccurrenceWindows } from '../federated/windows/co-occurrence-windows.ts';
import { expandUpdate } from '../federated/wire.ts';

export const fedmf: Recipe = {
  name: 'fedmf',
  summary: 'matrix factorization with whole rows up and down, FedAdam on the server',
  reference: 'Chai et al. (2021), doi 10.1109/MIS.2020.3014880; Reddi et al. (2021)',
  defaults: { windows: 'off', rounding: 'nearest' }, // windows, and rounding by chance, are ours: on request
  create: (setup) => denseFactorization(setup, (length) => fedAdam(length, setup.memory, setup.settings)),
};

export const fedmfFedavg: Recipe = {
  name: 'fedmf-fedavg',
  summary: 'matrix factorization with whole rows up and down, FedAvg per item on the server',
  reference: 'Chai et al. (2021), doi 10.1109/MIS.2020.3014880; McMahan et al. (2017)',
  defaults: { serverLearningRate: 1, windows: 'off', rounding: 'nearest' },
  create: (setup) => denseFactorization(setup, () => itemMean(setup.settings)),
};

function denseFactorization(setup: Setup, optimizer: (length: number) => ServerOptimizer) {
  const { items } = setup.split.train;
  const localModel = new FactorizationClient(items, setup.settings, setup.loops);
  return federation(setup, {
    localModel,
    uplink: expandUpdate,
    optimizer: optimizer(items * localModel.dims),
    downlink: denseDownlink(items, localModel.dims, setup.memory, setup.settings),
    windows: coOccurrenceWindows(setup),
  });
}
