// Two facts behind docs/reproduction.md that need no training: how many of the evaluation's negatives have been trained
// as 0 by a round, and what a softmax over one element does to attention.

import type { Split } from '../lib/data/split.ts';
import { itemsOf } from '../lib/data/split.ts';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { MarkingSampler } from '../lib/fast/negatives.ts';
import { namedParameters } from '../lib/model/parameters.ts';
import { encoderBlock, encoderBlockBackward } from '../lib/model/transformer.ts';
import { type Matrix, matrix } from '../lib/numeric/matrix.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { reconstructBetweenClients } from '../lib/peers/released/between-clients.ts';
import {
  ENCODER_HEADS,
  encoderBlockLength,
  initializeEncoderBlock,
  viewEncoderBlock,
} from '../lib/peers/released/encoder-memory.ts';
import { ROWS_PER_BLOCK, reconstructLoneRows } from '../lib/peers/released/server-encoder.ts';

/**
 * The share of (user, unseen item) pairs that were drawn as negatives at least once, after each of the rounds, with the
 * draws of a run with this seed; the targets themselves are not counted. The 99 negatives of an evaluation are a random
 * part of these items, so the share among them is the same.
 *
 * @param forbidsTargets whether the protocol keeps held-out items out of the draw
 * @returns one share per round, and the share of test items drawn by then
 */
export function trainedAsNegative(
  split: Split,
  seed: number,
  negatives: number,
  rounds: readonly number[],
  forbidsTargets: boolean,
): { round: number; others: number; targets: number }[] {
  const { train, validation, test } = split;
  const sampler = new MarkingSampler(train.items);
  const found = rounds.map((round) => ({ round, others: 0, targets: 0 }));
  let [others, targets] = [0, 0];
  for (let user = 0; user < train.users; user++) {
    if (test[user]! < 0) continue;
    const positives = itemsOf(train, user);
    const held = [validation[user]!, test[user]!];
    const isDrawn = new Uint8Array(train.items);
    others += train.items - positives.length - held.length;
    targets++;
    for (let round = 1, next = 0; next < rounds.length; round++) {
      const rng = randomStream(seed, 'negatives', round, user);
      const sample = sampler.draw(positives, negatives * positives.length, rng, forbidsTargets ? held : []);
      sample.rows.forEach((item, row) => {
        if (sample.labels[row] === 0) isDrawn[item] = 1;
      });
      if (round !== rounds[next]) continue;
      const drawn = isDrawn.reduce((sum, value) => sum + value, 0);
      const drawnTargets = held.reduce((sum, item) => sum + isDrawn[item]!, 0);
      found[next]!.others += drawn - drawnTargets;
      found[next]!.targets += isDrawn[test[user]!]!;
      next++;
    }
  }
  return found.map(({ round, ...sums }) => ({
    round,
    others: sums.others / others,
    targets: sums.targets / targets,
  }));
}

/** What one client's row does to the others, and how large the gradients by query and key are. */
export interface SoftmaxFacts {
  readonly clients: number;
  /** Other clients whose output changed when one client's row was moved. */
  readonly changedOthers: number;
  /** Largest entry, in size, of the gradients by Wq, bq, Wk, bk. */
  readonly queryAndKeyGradient: number;
  /** The same for Wv and bv. */
  readonly valueGradient: number;
}

/** One block of the released size, once with every row a sequence of its own, once with the clients as the sequence. */
export function oneElementSoftmax(dim: number): { loneRows: SoftmaxFacts; betweenClients: SoftmaxFacts } {
  const clients = ROWS_PER_BLOCK;
  const rng = randomStream(1, 'demonstration');
  const rows = randomRows(clients, dim, rng);
  const moved = matrix(rows.data.slice(), clients, dim);
  for (let k = 0; k < dim; k++) moved.data[k]! += rng.normal(); // client 0
  const slope = randomRows(clients, dim, rng);
  const backend = chooseLoops().matmul;
  const training = { learningRate: 0, steps: 1, rowsPerBlock: clients, backend };
  const freshBlock = () => {
    const block = viewEncoderBlock(new Float32Array(encoderBlockLength(dim)), dim);
    initializeEncoderBlock(block, randomStream(1, 'block'));
    return block;
  };
  const everyone = new Uint8Array(clients).fill(1);
  const lone = (input: Matrix) => reconstructLoneRows([freshBlock()], input, training).output;
  const between = (input: Matrix) =>
    reconstructBetweenClients(freshBlock(), input, everyone, ENCODER_HEADS, training).output;
  const ones = Array.from({ length: clients }, (_, row) => [oneRow(rows, row), oneRow(slope, row)] as const);
  return {
    loneRows: {
      clients,
      changedOthers: changedOthers(lone(rows), lone(moved)),
      ...largestGradients(freshBlock(), ones),
    },
    betweenClients: {
      clients,
      changedOthers: changedOthers(between(rows), between(moved)),
      ...largestGradients(freshBlock(), [[rows, slope]]),
    },
  };
}

/** Sums the gradients over sequences, through the complete attention, softmax included. */
function largestGradients(
  block: ReturnType<typeof viewEncoderBlock>,
  sequences: readonly (readonly [input: Matrix, slope: Matrix])[],
): Pick<SoftmaxFacts, 'queryAndKeyGradient' | 'valueGradient'> {
  const sums = new Map<string, Float64Array>();
  for (const [input, slope] of sequences) {
    const { cache } = encoderBlock(block, input, { heads: ENCODER_HEADS });
    const gradient = encoderBlockBackward(block, input, cache, slope).parameters.attention;
    for (const { name, data } of namedParameters(gradient)) {
      const sum = sums.get(name) ?? new Float64Array(data.length);
      for (let at = 0; at < data.length; at++) sum[at]! += data[at]!;
      sums.set(name, sum);
    }
  }
  const largest = (...names: string[]) =>
    names
      .flatMap((name) => [`${name}.weight`, `${name}.bias`])
      .reduce((most, name) => {
        return sums.get(name)!.reduce((size, value) => Math.max(size, Math.abs(value)), most);
      }, 0);
  return { queryAndKeyGradient: largest('query', 'key'), valueGradient: largest('value') };
}

function changedOthers(before: Matrix, after: Matrix): number {
  const [clients, dim] = before.shape as [number, number];
  let changed = 0;
  for (let client = 1; client < clients; client++) {
    const start = client * dim;
    if (before.data.subarray(start, start + dim).some((value, k) => value !== after.data[start + k]))
      changed++;
  }
  return changed;
}

function oneRow(rows: Matrix, row: number): Matrix {
  const dim = rows.shape[1]!;
  return matrix(rows.data.slice(row * dim, (row + 1) * dim), 1, dim);
}

function randomRows(rows: number, dim: number, rng: ReturnType<typeof randomStream>): Matrix {
  return matrix(
    Float32Array.from({ length: rows * dim }, () => rng.normal()),
    rows,
    dim,
  );
}
