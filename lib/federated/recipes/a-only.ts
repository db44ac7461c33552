// Ablation: share LoRA's A and keep B at home, as the paper's released code does. Item vectors are E_i + B_u,i A with
// a frozen random base E. A [rank, D] has no row per item, so it cannot carry what others know about an item.
import { type RandomStream, randomStream } from '../../numeric/rng.ts';
import { FactorizationClient, scoreItems } from '../client.ts';
import { federation } from '../federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../local-model.ts';
import type { Loops } from '../loops.ts';
import type { Recipe } from '../recipe.ts';
import { decodeStep, sendToAll } from '../server.ts';
import type { Settings } from '../settings.ts';
import { addInto } from '../update-sum.ts';
import { codecOfServer, type Update } from '../wire.ts';

/** Step size of A and B. */
const ADAPTER_LEARNING_RATE = 0.05;
const ADAPTER_RANK = 4;
const nothing = new Float32Array(0);

export const aOnly: Recipe = {
  name: 'a-only',
  summary: "LoRA's A travels, B stays private: the mean of A over the clients",
  create: (setup) => {
    const { items } = setup.split.train;
    return federation(setup, {
      localModel: new AOnlyClient(items, setup.settings, setup.loops),
      optimizer: { step: () => {} },
      downlink: {
        receive: (message, shared, round) => {
          const expected = { items, dims: 0, extra: shared.extra.length, round };
          addInto(shared.extra, decodeStep(message, expected).extra);
        },
        send: (_step, extra, shared, round) => {
          const change = { round, rank: 0, dims: 0, left: nothing, right: nothing, extra };
          const { message, received } = sendToAll(change, items, codecOfServer(setup.settings));
          addInto(shared.extra, received.extra);
          return { message, cutOff: 0 };
        },
      },
    });
  },
};

/** State: the user vector with its moments, then the private B [items, rank]. Shared: A [rank, D]. */
class AOnlyClient implements LocalModel {
  readonly dims = 0;
  readonly extra: number;
  readonly stateLength: number;
  private readonly inner: FactorizationClient;
  private readonly base: Float32Array; // E [items, D]
  private readonly adapted: Float32Array; // E + B A of one client [items, D]

  constructor(items: number, settings: Settings, loops: Loops) {
    this.inner = new FactorizationClient(items, settings, loops);
    this.extra = ADAPTER_RANK * this.inner.dims;
    this.stateLength = this.inner.stateLength + items * ADAPTER_RANK;
    this.base = new Float32Array(items * this.inner.dims);
    this.adapted = new Float32Array(items * this.inner.dims);
    const frozen = { itemTable: this.base, extra: new Float32Array(0) };
    this.inner.initializeShared(frozen, randomStream(settings.seed, 'base'));
  }

  initialize(state: Float32Array, rng: RandomStream): void {
    this.inner.initialize(state, rng); // B starts at 0, so the adapter starts as nothing
  }

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    for (let index = 0; index < shared.extra.length; index++)
      shared.extra[index] = rng.normal() / ADAPTER_RANK;
  }

  train(task: ClientTask, state: Float32Array): { update: Update; loss: number } {
    const { dims } = this.inner;
    const a = task.shared.extra;
    const b = state.subarray(this.inner.stateLength);
    const itemTable = this.adapt(b, a, task.sample.rows);
    const { update, loss } = this.inner.train({ ...task, shared: { itemTable, extra: a } }, state);
    const { rows, left, right } = update; // left = −g, right = [p, 1]
    const projected = new Float64Array(ADAPTER_RANK); // A [p, 1]ᵀ
    for (let r = 0; r < ADAPTER_RANK; r++) {
      for (let k = 0; k < dims; k++) projected[r]! += a[r * dims + k]! * right[k]!;
    }
    const mixed = new Float64Array(ADAPTER_RANK); // Bᵀ g
    for (let row = 0; row < rows.length; row++) {
      for (let r = 0; r < ADAPTER_RANK; r++) {
        const at = rows[row]! * ADAPTER_RANK + r;
        mixed[r]! += b[at]! * left[row]!;
        b[at]! += ADAPTER_LEARNING_RATE * left[row]! * projected[r]!;
      }
    }
    const change = new Float32Array(this.extra); // −∂loss/∂A · rate
    for (let index = 0; index < change.length; index++) {
      const sums = mixed[Math.floor(index / dims)]! * right[index % dims]!;
      change[index] = (ADAPTER_LEARNING_RATE * sums) / task.sample.size;
    }
    const sent = { rows: new Uint32Array(0), rank: 0, dims: 0, left: nothing, right: nothing, extra: change };
    return { update: { client: task.client, round: task.round, ...sent }, loss };
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    const everyItem = Uint32Array.from(scores.keys());
    const itemTable = this.adapt(state.subarray(this.inner.stateLength), shared.extra, everyItem);
    scoreItems(this.inner.userVector(state), itemTable, scores);
  }

  /** E + B A on the named rows. */
  private adapt(b: Float32Array, a: Float32Array, rows: Uint32Array): Float32Array {
    const { dims } = this.inner;
    for (const item of rows) {
      for (let k = 0; k < dims; k++) {
        let value = this.base[item * dims + k]!;
        for (let r = 0; r < ADAPTER_RANK; r++) value += b[item * ADAPTER_RANK + r]! * a[r * dims + k]!;
        this.adapted[item * dims + k] = value;
      }
    }
    return this.adapted;
  }
}
