// FedAvg, weighted by samples: the mean of all clients' changes, in which a client with twice the data counts twice.
// McMahan et al. (2017), arXiv 1602.05629. And how a strategy that counts every client once takes its place: a liar could
// claim any weight, so robust strategies do not ask for it.
// In: updates whose last extra number is the client's weight; out: a sum that stands for one typical client.
import type { Combine } from './combine.ts';
import { PlainUpdateAdder, type UpdateSum } from './update-sum.ts';
import type { Update } from './wire.ts';

/** Σ n_u ΔW_u / Σ n_u; it streams, and keeps one sum a chunk. */
export function weightedMean(): Combine {
  return {
    adder: (items, dims, extra) => new WeighingAdder(items, dims, extra),
    finish(total) {
      const weight = total.extra.at(-1)!;
      if (!(weight > 0)) {
        total.clients = 0; // nobody has any weight: nothing to learn from
        return;
      }
      for (let at = 0; at < total.items.length; at++) total.items[at]! /= weight;
      for (let at = 0; at < total.extra.length; at++) total.extra[at]! /= weight;
      becomesOne(total);
    },
  };
}

class WeighingAdder extends PlainUpdateAdder {
  override add(update: Update): void {
    const weight = Math.max(0, update.extra.at(-1)!);
    const extra = update.extra.map((value) => weight * value);
    extra[extra.length - 1] = weight;
    super.add({ ...update, left: update.left.map((value) => weight * value), extra });
  }
}

/** A strategy that sees updates without their weights. */
export function countingOnce(combine: Combine): Combine {
  return {
    adder(items, dims, extra) {
      const inner = combine.adder(items, dims, extra - 1);
      return {
        start: () => inner.start(),
        add(update) {
          const said = { ...update, extra: update.extra.subarray(0, -1) };
          inner.add(combine.judge?.(said) ?? said);
        },
        finish() {
          const sum = inner.finish();
          const padded = new Float32Array(extra); // with the place of the weight
          padded.set(sum.extra);
          return { ...sum, extra: padded };
        },
      };
    },
    finish(total) {
      const inner: UpdateSum = { ...total, extra: total.extra.subarray(0, -1) };
      combine.finish?.(inner);
      total.clients = inner.clients;
      const dims = total.items.length / Math.max(1, total.senders.length);
      for (let at = 0; at < total.items.length; at++)
        total.items[at]! /= Math.max(1, total.senders[Math.floor(at / dims)]!);
      for (let at = 0; at < total.extra.length; at++) total.extra[at]! /= Math.max(1, total.clients);
      if (total.clients > 0) becomesOne(total);
    },
  };
}

/** The sum now stands for one client, whose weight has done its work. */
function becomesOne(total: UpdateSum): void {
  total.senders.fill(1);
  total.clients = 1;
  total.extra[total.extra.length - 1] = 0;
}
