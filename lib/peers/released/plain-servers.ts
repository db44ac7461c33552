// Servers without an encoder, to see what sharing A is worth by itself: nothing comes back, the mean of all A comes
// back, or random numbers do. If the three do equally well, A carries no knowledge from client to client.
// In: the clients' A [clients, rank · factors]; out: an A for every client.

import type { Setup } from '../../federated/recipe.ts';
import { randomStream } from '../../numeric/rng.ts';
import type { AdapterServer } from './adapter-server.ts';

/** No federation: every client keeps its own A. */
export function aloneServer(_setup: Setup, dim: number): AdapterServer {
  return {
    initialize: () => {},
    answer(_round, { clients, rows }, out) {
      for (const client of clients) {
        const start = client * dim;
        out.set(rows.subarray(start, start + dim), start);
      }
      return [];
    },
  };
}

/** FedAvg on A: everybody gets the mean of the A that arrived (McMahan et al. 2017). */
export function meanServer(_setup: Setup, dim: number): AdapterServer {
  return {
    initialize: () => {},
    answer(_round, { clients, rows, isPresent }, out) {
      const mean = new Float64Array(dim);
      let present = 0;
      for (const client of clients) {
        if (isPresent[client] === 0) continue;
        present++;
        for (let k = 0; k < dim; k++) mean[k]! += rows[client * dim + k]!;
      }
      for (let k = 0; k < dim; k++) mean[k]! /= present;
      for (const client of clients) out.set(mean, client * dim);
      return [];
    },
  };
}

/** What arrived is thrown away: every client gets fresh numbers from N(0, 1), of the size that an encoder gives. */
export function randomServer({ settings }: Setup, dim: number): AdapterServer {
  return {
    initialize: () => {},
    answer(round, { clients }, out) {
      for (const client of clients) {
        const rng = randomStream(settings.seed, 'random-answer', round, client);
        for (let k = 0; k < dim; k++) out[client * dim + k] = rng.normal();
      }
      return [];
    },
  };
}
