// The server's own step: a sum of updates becomes a change of the item table, and the change goes down to everyone.
// In: Σ B_u A_u; out: Q ← Q + what every client received. What low-rank factors leave out is carried to the next
// round (error feedback, Seide et al. 2014). FedAdam: Reddi et al. (2021). Whole steps and means: dense-server.ts.

import { compressWithFeedback } from '../model/lora.ts';
import { type AdamState, moveByAdam } from '../model/optimizer.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger, matrix } from '../numeric/ndarrays.ts';
import type { SharedModel } from './local-model.ts';
import type { Loops } from './loops.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import { addRows, type UpdateSum } from './update-sum.ts';
import { type Codec, codecOfServer, decode, type Expected, encode, type Update } from './wire.ts';

/** Turns the round's sum into a step of the item table, [items, D]. */
export interface ServerOptimizer {
  step(sum: UpdateSum, step: Float32Array): void;
  /** The step of the weights outside the table, [extra], asked for after `step`. Default: their mean change. */
  extraStep?(sum: UpdateSum): Float32Array;
}

/** FedAdam: Adam on the negative sum, so that every entry moves by about one learning rate (Eq. 7). */
export function fedAdam(length: number, memory: Memory, settings: Settings): ServerOptimizer {
  expectInteger('fedAdam', 'length', length, 0);
  expectParts('fedAdam', 'memory', memory, 'setup.memory', { float32: 'function' });
  expectKind('fedAdam', 'settings', settings, 'object', 'completeSettings()');
  const adam = rememberedAdam('server', length, memory, settings);
  return { step: (sum, step) => adam(sum.items, step) };
}

/**
 * Adam with its moments in the memory, so that a run can be resumed.
 *
 * @returns turns a change that is wished for, such as a sum of updates, into Adam's step; both [length]
 */
export function rememberedAdam(
  name: string,
  length: number,
  memory: Memory,
  settings: Settings,
): (wish: Float32Array, step: Float32Array) => void {
  const firstMoment = memory.float32AtServer(`${name}FirstMoment`, length);
  const secondMoment = memory.float32AtServer(`${name}SecondMoment`, length);
  const steps = memory.uint32AtServer(`${name}Steps`, 1);
  return (wish, step) => {
    const state: AdamState = { firstMoment, secondMoment, step: steps[0]! };
    fedAdamStep(wish, state, settings.serverLearningRate, step);
    steps[0] = state.step;
  };
}

/**
 * FedAdam's step (Eq. 7): Adam with the negative wish as its gradient, from 0, with β₁ = 0.9 and β₂ = 0.99.
 *
 * @param wish the change that is wished for, such as a sum of updates, [length]
 * @param state Adam's moments, changed in place, and its count of steps, counted up
 * @param step what becomes of it, [length]; overwritten
 */
export function fedAdamStep(
  wish: Float32Array,
  state: AdamState,
  learningRate: number,
  step: Float32Array,
): void {
  step.fill(0);
  moveByAdam(
    step,
    wish.map((value) => -value),
    state,
    { learningRate, beta1: 0.9, beta2: 0.99 },
  );
}

/** Sends a step to all clients and applies what they receive to the shared model. */
export interface Downlink {
  /**
   * @param step of the item table, [items, D]
   * @param extraStep of the shared weights outside it, [extra]
   */
  send(
    step: Float32Array,
    extraStep: Float32Array,
    shared: SharedModel,
    round: number,
  ): { message: Uint8Array; cutOff: number };
  /**
   * What a client does with the message that `send` made, and that it applies here at once: the same change of `shared`.
   * Absent: only the simulator can run the recipe.
   *
   * @throws WireError if the message breaks a rule of the wire format
   */
  receive?(message: Uint8Array, shared: SharedModel, round: number): void;
}

/** The best rank-r factors L Rᵗ of the step plus the carried error, as they arrive; the rest is carried on (Eq. 8). */
export function lowRankDownlink(
  items: number,
  dims: number,
  memory: Memory,
  settings: Settings,
  loops: Pick<Loops, 'gram'>,
): Downlink {
  expectInteger('lowRankDownlink', 'items', items, 1);
  expectInteger('lowRankDownlink', 'dims', dims, 1);
  expectParts('lowRankDownlink', 'memory', memory, 'setup.memory', { float32: 'function' });
  expectKind('lowRankDownlink', 'settings', settings, 'object', 'completeSettings()');
  const carried = memory.float32AtServer('downlinkError', items * dims);
  const { rank } = settings;
  return {
    receive: receiveStep(items, dims),
    send(step, extra, shared, round) {
      let message: Uint8Array = new Uint8Array(0);
      const { relativeError } = compressWithFeedback(
        matrix(step, items, dims),
        matrix(carried, items, dims),
        rank,
        {
          gram: loops.gram,
          arrive(factors) {
            const left = Float32Array.from(factors.left.data);
            const right = Float32Array.from(factors.right.data);
            const sent = sendToAll({ round, rank, dims, left, right, extra }, items, codecOfServer(settings));
            applyStep(shared, sent.received);
            message = sent.message;
            return {
              left: matrix(sent.received.left, items, rank),
              right: matrix(sent.received.right, rank, dims),
            };
          },
        },
      );
      return { message, cutOff: relativeError };
    },
  };
}

/** Encodes a change of every item and decodes it as each client does. */
export function sendToAll(
  change: Omit<Update, 'rows' | 'client'>,
  items: number,
  codec: Codec,
): { message: Uint8Array; received: Update } {
  const rows = Uint32Array.from({ length: change.dims > 0 ? items : 0 }, (_, item) => item);
  const message = encode({ ...change, client: 0, rows }, items, codec, 'step');
  const { dims, round, extra } = change;
  return { message, received: decodeStep(message, { items, dims, extra: extra.length, round }) };
}

/** What came to everyone. @throws WireError if the message breaks a rule of the wire format */
export function decodeStep(message: Uint8Array, expected: Omit<Expected, 'client' | 'kind'>): Update {
  return decode(message, { ...expected, client: 0, kind: 'step' });
}

/** The client's side of a downlink whose message is the step itself. */
export function receiveStep(items: number, dims: number): Downlink['receive'] {
  return (message, shared, round) =>
    applyStep(shared, decodeStep(message, { items, dims, extra: shared.extra.length, round }));
}

/** Q ← Q + L Rᵗ, and the shared weights likewise: what every client does with what it receives. */
export function applyStep(shared: SharedModel, received: Update): void {
  addRows(shared.itemTable, received);
  for (let index = 0; index < received.extra.length; index++) shared.extra[index]! += received.extra[index]!;
}
