// From a round's sum of updates to the server's step, one function a formula.
// In: what the clients that came through want, added up; out: a change of the item table. server.ts keeps what they remember.
import { type AdamState, moveByAdam } from '../model/optimizer.ts';
import type { UpdateSum } from './update-sum.ts';

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
