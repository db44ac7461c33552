// No federation: every client trains its own item table on its own ratings and sends nothing.
// What a client can know alone: which of its own items it has seen, and nothing about the others.

import { FactorizationClient } from '../federated/client.ts';
import { federation } from '../federated/federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../federated/local-model.ts';
import type { Loops } from '../federated/loops.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { addRows } from '../federated/update-sum.ts';
import { randomStream } from '../numeric/rng.ts';

/** Step size of the client's own item table. */
const ITEM_LEARNING_RATE = 0.1;

export const localOnly: Recipe = {
  name: 'local-only',
  summary: 'every client alone with its own item table; nothing is sent',
  create: (setup) => {
    const { items } = setup.split.train;
    const nothing = { step: () => {}, send: () => ({ message: new Uint8Array(0), cutOff: 0 }) };
    return federation(setup, {
      localModel: new LonelyClient(items, setup.settings, setup.loops),
      optimizer: nothing,
      downlink: nothing,
    });
  },
};

/** State: the user vector with its moments, then an item table of its own. */
class LonelyClient implements LocalModel {
  readonly dims = 0;
  readonly extra = 0;
  readonly stateLength: number;
  private readonly inner: FactorizationClient;
  private readonly settings: Settings;

  constructor(items: number, settings: Settings, loops: Loops) {
    this.inner = new FactorizationClient(items, settings, loops);
    this.settings = settings;
    this.stateLength = this.inner.stateLength + items * this.inner.dims;
  }

  initialize(state: Float32Array, rng: Parameters<LocalModel['initialize']>[1]): void {
    this.inner.initialize(state, rng);
    this.inner.initializeShared(this.own(state), randomStream(this.settings.seed, 'server'));
  }

  initializeShared(): void {}

  train(task: ClientTask, state: Float32Array): { update: null; loss: number } {
    const own = this.own(state);
    const { update, loss } = this.inner.train({ ...task, shared: own }, state);
    for (let row = 0; row < update.left.length; row++) update.left[row]! *= ITEM_LEARNING_RATE;
    addRows(own.itemTable, update);
    return { update: null, loss };
  }

  score(state: Float32Array, _shared: SharedModel, scores: Float32Array): void {
    this.inner.score(state, this.own(state), scores);
  }

  private own(state: Float32Array): SharedModel {
    return { itemTable: state.subarray(this.inner.stateLength), extra: new Float32Array(0) };
  }
}
