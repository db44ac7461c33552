// The server's own step: a sum of updates becomes a change of the item table, and the change goes down to everyone.
// In: Σ B_u A_u; out: Q ← Q + what every client received. What low-rank factors leave out is carried to the next
// round (error feedback, Seide et al. 2014). FedAvg: McMahan et al. (2017); FedAdam: Reddi et al. (2021).

import { compressWithFeedback } from '../model/lora.ts';
import { type AdamState, adamStep } from '../model/optimizer.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { matrix } from '../numeric/matrix.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import type { SharedModel } from './local-model.ts';
import type { Loops } from './loops.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import { addRows, type UpdateSum } from './update-sum.ts';
import { decode, encode, type Update } from './wire.ts';

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
  const firstMoment = memory.float32(`${name}FirstMoment`, length);
  const secondMoment = memory.float32(`${name}SecondMoment`, length);
  const steps = memory.uint32(`${name}Steps`, 1);
  const gradient = new Float32Array(length);
  return (wish, step) => {
    for (let index = 0; index < length; index++) gradient[index] = -wish[index]!;
    const state: AdamState = { firstMoment, secondMoment, step: steps[0]! };
    step.fill(0);
    adamStep(step, gradient, state, { learningRate: settings.serverLearningRate, beta1: 0.9, beta2: 0.99 });
    steps[0] = state.step;
  };
}

/** FedAvg with a mean per item: it moves by the mean of the updates that name it, times the learning rate (Eq. 21). */
export function itemMean(settings: Settings): ServerOptimizer {
  return {
    step(sum, step) {
      const dims = step.length / sum.senders.length;
      for (let index = 0; index < step.length; index++) {
        const senders = sum.senders[Math.floor(index / dims)]!;
        step[index] = senders === 0 ? 0 : (settings.serverLearningRate * sum.items[index]!) / senders;
      }
    },
  };
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
  ): { bytes: number; cutOff: number };
}

/** The best rank-r factors L Rᵗ of the step plus the carried error; the rest is carried on (Eq. 8). */
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
  const carried = memory.float32('downlinkError', items * dims);
  return {
    send(step, extraStep, shared, round) {
      const { sent, relativeError } = compressWithFeedback(
        matrix(step, items, dims),
        matrix(carried, items, dims),
        settings.rank,
        { gram: loops.gram },
      );
      const left = Float32Array.from(sent.left.data);
      const right = Float32Array.from(sent.right.data);
      const bytes = broadcast(
        shared,
        { round, rank: settings.rank, dims, left, right, extra: extraStep },
        items,
      );
      return { bytes, cutOff: relativeError };
    },
  };
}

/** The whole step, as it is. */
export function denseDownlink(items: number, dims: number): Downlink {
  return {
    send(step, extraStep, shared, round) {
      const right = new Float32Array(0);
      const bytes = broadcast(shared, { round, rank: 0, dims, left: step, right, extra: extraStep }, items);
      return { bytes, cutOff: 0 };
    },
  };
}

/** Encodes a change of every item, decodes it as each client would, and applies it; returns the message's length. */
function broadcast(shared: SharedModel, change: Omit<Update, 'rows' | 'client'>, items: number): number {
  const rows = Uint32Array.from({ length: items }, (_, item) => item);
  const message = encode({ ...change, client: 0, rows }, items, 'float32', 'step');
  const { dims, round, extra } = change;
  const received = decode(message, { client: 0, items, dims, extra: extra.length, round, kind: 'step' });
  addRows(shared.itemTable, received);
  for (let index = 0; index < extra.length; index++) shared.extra[index]! += received.extra[index]!;
  return message.length;
}
