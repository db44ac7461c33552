// BPR-MF: matrix factorization that learns to rank a user's items before the others, by stochastic gradient descent on
// ln σ(s_ui − s_uj), one triple (user, item of the user, another item) at a time; an epoch draws as many triples as
// there are ratings. Rendle et al. (2009), Bayesian Personalized Ranking. Central: it reads everybody's ratings.
import { itemsOf } from '../data/split.ts';
import { scoreItems } from '../federated/client.ts';
import type { Recipe, Setup } from '../federated/recipe.ts';
import { sigmoid } from '../model/loss.ts';
import { randomStream } from '../numeric/rng.ts';
import { shuffle } from '../numeric/sampling.ts';
import { type CentralModel, epochProgram } from './central.ts';

export const bprMf: Recipe = {
  name: 'bpr-mf',
  summary: 'matrix factorization trained to rank pairs (central); a round is an epoch',
  reference: 'Rendle et al. (2009), arXiv 1205.2618',
  defaults: { factors: 32, serverLearningRate: 0.03, regularization: 0.01, itemScale: 0.1 },
  create: (setup) => epochProgram(setup, bprModel(setup)),
};

function bprModel({ split, settings, memory }: Setup): CentralModel {
  const { train } = split;
  const { factors, seed } = settings;
  const dims = factors + 1;
  const userTable = memory.float32('userTable', train.users * factors); // P [users, factors]
  const itemTable = memory.float32('itemTable', train.items * dims); // Q [items, D], the bias last
  const isPositive = new Uint8Array(train.items);
  const userVector = (user: number) => userTable.subarray(user * factors, (user + 1) * factors);
  const itemRow = (item: number) => itemTable.subarray(item * dims, (item + 1) * dims);
  return {
    initialize() {
      const rng = randomStream(seed, 'server');
      for (let at = 0; at < userTable.length; at++) userTable[at] = settings.userScale * rng.normal();
      for (let at = 0; at < itemTable.length; at++) {
        // Ranking leaves the mean score open; this one makes scores logits of "1 positive among the negatives".
        const isBias = at % dims === factors;
        itemTable[at] = isBias ? -Math.log(settings.negatives) : settings.itemScale * rng.normal();
      }
    },
    epoch(round) {
      const rng = randomStream(seed, 'bpr', round);
      let loss = 0;
      // Users in random order, each with all its items, in place of single random triples: the same expectation,
      // and the mask of a user's items is made once.
      for (const user of shuffle(
        Uint32Array.from({ length: train.users }, (_, index) => index),
        rng,
      )) {
        const positives = itemsOf(train, user);
        if (positives.length >= train.items) continue;
        for (const item of positives) isPositive[item] = 1;
        for (let draw = 0; draw < positives.length; draw++) {
          const better = positives[rng.integer(positives.length)]!;
          let worse = rng.integer(train.items);
          while (isPositive[worse] === 1) worse = rng.integer(train.items);
          loss += stepTriple(userVector(user), itemRow(better), itemRow(worse), settings);
        }
        for (const item of positives) isPositive[item] = 0;
      }
      return loss / train.itemOf.length;
    },
    score: (user, scores) => scoreItems(userVector(user), itemTable, scores),
    factors: { userVector, shared: { itemTable, extra: new Float32Array(0) } },
  };
}

/**
 * One step of gradient descent on −ln σ(s_i − s_j) + λ/2 (|p|² + |q_i|² + |q_j|²); biases are not pulled.
 *
 * @param user p [factors]
 * @param better q_i [factors + 1]
 * @param worse q_j [factors + 1]
 * @returns −ln σ(s_i − s_j) before the step
 */
export function stepTriple(
  user: Float32Array | Float64Array,
  better: Float32Array | Float64Array,
  worse: Float32Array | Float64Array,
  { serverLearningRate, regularization }: { serverLearningRate: number; regularization: number },
): number {
  const factors = user.length;
  let margin = better[factors]! - worse[factors]!;
  for (let k = 0; k < factors; k++) margin += user[k]! * (better[k]! - worse[k]!);
  const pull = serverLearningRate * sigmoid(-margin);
  const keep = 1 - serverLearningRate * regularization;
  for (let k = 0; k < factors; k++) {
    const [p, i, j] = [user[k]!, better[k]!, worse[k]!];
    user[k] = keep * p + pull * (i - j);
    better[k] = keep * i + pull * p;
    worse[k] = keep * j - pull * p;
  }
  better[factors]! += pull;
  worse[factors]! -= pull;
  return Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
}
