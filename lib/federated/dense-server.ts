// A server without low rank: the whole step goes down, and with FedAvg it is the mean of the updates. For the recipes of other
// papers and for what FedTLRec is compared with. In and out as in server.ts. McMahan et al. (2017).
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import type { Memory } from './memory.ts';
import { applyStep, type Downlink, receiveStep, type ServerOptimizer, sendToAll } from './server.ts';
import type { Settings } from './settings.ts';
import type { UpdateSum } from './update-sum.ts';
import { codecOfServer } from './wire.ts';

/** FedAvg with a mean per item: it moves by the mean of the updates that name it, times the learning rate (Eq. 21). */
export function itemMean(settings: Settings): ServerOptimizer {
  return { step: (sum, step) => itemMeanStep(sum, settings.serverLearningRate, step) };
}

/**
 * FedAvg with a mean per item (Eq. 21): each row moves by the mean of the updates that name it, times the learning rate; a row
 * that nobody names stays where it is.
 *
 * @param sum the sum of the updates [items, D], and how many clients sent each row [items]
 * @param step [items, D]; overwritten
 */
export function itemMeanStep(
  sum: Pick<UpdateSum, 'items' | 'senders'>,
  learningRate: number,
  step: Float32Array,
): void {
  const dims = step.length / sum.senders.length;
  for (let index = 0; index < step.length; index++) {
    const senders = sum.senders[Math.floor(index / dims)]!;
    step[index] = senders === 0 ? 0 : (learningRate * sum.items[index]!) / senders;
  }
}

/** The whole step; what rounding cuts off is carried on. */
export function denseDownlink(
  items: number,
  dims: number,
  memory: Memory,
  settings: Pick<Settings, 'codec' | 'codecDown'>,
): Downlink {
  expectInteger('denseDownlink', 'items', items, 1);
  expectInteger('denseDownlink', 'dims', dims, 1);
  expectParts('denseDownlink', 'memory', memory, 'setup.memory', { float32: 'function' });
  expectKind('denseDownlink', 'settings', settings, 'object', 'completeSettings()');
  const codec = codecOfServer(settings);
  const carried = codec === 'float32' ? null : memory.float32AtServer('downlinkError', items * dims);
  return {
    receive: receiveStep(items, dims),
    send(step, extra, shared, round) {
      const left = carried === null ? step : step.map((value, at) => value + carried[at]!);
      const change = { round, rank: 0, dims, left, right: new Float32Array(0), extra };
      const { message, received } = sendToAll(change, items, codec);
      applyStep(shared, received);
      if (carried === null) return { message, cutOff: 0 };
      let [before, after] = [0, 0];
      for (let at = 0; at < left.length; at++) {
        carried[at] = left[at]! - received.left[at]!;
        before += left[at]! ** 2;
        after += carried[at]! ** 2;
      }
      return { message, cutOff: before === 0 ? 0 : Math.sqrt(after / before) };
    },
  };
}
