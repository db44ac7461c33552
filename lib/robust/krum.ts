// Krum: of all updates, take the one that has the closest neighbours; liars that want something else have none.
// Multi-Krum: leave out the updates with the farthest neighbours and add up the others.
// Blanchard et al. (2017), Machine Learning with Adversaries, NeurIPS 30, arXiv 1703.02757.
// In: all updates of a round, as vectors over the whole table, with zeros where a client touched nothing; out: the chosen.
import type { Combine } from '../federated/combine.ts';
import type { Update } from '../federated/wire.ts';
import { expectShare } from './coordinatewise.ts';
import { innerProducts } from './inner-products.ts';
import { sumOfJudged } from './kept-updates.ts';

export interface KrumOptions {
  /** Share of liars to withstand, from 0 to below .5: f = ⌊share · n⌋ of n clients. Default .2. */
  readonly liars?: number;
}

/** The one update whose n − f − 2 nearest neighbours are closest. @throws RangeError if `liars` is out of range */
export function krum({ liars = 0.2 }: KrumOptions = {}): Combine {
  expectShare('krum', 'liars', liars);
  return choosing(liars, () => 1);
}

/** The sum of the n − f updates with the closest neighbours. @throws RangeError if `liars` is out of range */
export function multiKrum({ liars = 0.2 }: KrumOptions = {}): Combine {
  expectShare('multiKrum', 'liars', liars);
  return choosing(liars, (clients, assumed) => clients - assumed);
}

function choosing(liars: number, howMany: (clients: number, assumed: number) => number): Combine {
  return sumOfJudged((updates, items) => {
    const assumed = Math.floor(liars * updates.length);
    const scores = krumScores(updates, assumed, items);
    const ranked = Array.from(updates.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
    const chosen = ranked.slice(0, howMany(updates.length, assumed)).sort((a, b) => a - b);
    return chosen.map((index) => updates[index]!);
  });
}

/**
 * How far each update's nearest neighbours are: the sum of squared distances to the n − f − 2 closest others (at least one).
 * Costs n² inner products of factors; the distances take 12 n² bytes.
 *
 * @param assumed f, the number of liars to withstand
 * @param items number of items in the table
 */
export function krumScores(updates: readonly Update[], assumed: number, items: number): Float64Array {
  const clients = updates.length;
  const products = updates.map((update, u) => innerProducts(update, updates.slice(0, u + 1), items)); // v ≤ u
  const distances = new Float64Array(clients * clients); // ‖ΔQ_u − ΔQ_v‖² [clients, clients]
  for (let u = 0; u < clients; u++) {
    for (let v = 0; v < u; v++) {
      const distance = products[u]![u]! + products[v]![v]! - 2 * products[u]![v]!;
      distances[u * clients + v] = distances[v * clients + u] = Math.max(0, distance);
    }
    distances[u * clients + u] = Infinity; // nobody is its own neighbour
  }
  const neighbours = Math.min(Math.max(1, clients - assumed - 2), clients - 1);
  return Float64Array.from(updates, (_, u) => {
    const nearest = distances.slice(u * clients, (u + 1) * clients).sort();
    return nearest.subarray(0, neighbours).reduce((sum, distance) => sum + distance, 0);
  });
}
