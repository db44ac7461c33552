// Negative samples: a client only knows what its user touched, so it draws items the user did not touch and trains
// them towards 0. Which items may be drawn decides whether an evaluation is honest: leaving the held-out items out
// of the draw (as much published code does) teaches the model which items are the answers. Here they may be drawn.
// In: one client's positives; out: the distinct items of one round's sample with their labels and counts.
import { expectKind } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';

/** One client's sample of one round. */
export interface Sample {
  /** Distinct items, in increasing order, [rows]. */
  readonly rows: Uint32Array;
  /** W: how often each item is in the sample, [rows]. */
  readonly counts: Float64Array;
  /** y: 1 for a positive, 0 for a negative, [rows]. */
  readonly labels: Uint8Array;
  /** N: the size of the sample, Σ counts. */
  readonly size: number;
}

/**
 * All positives once, and `negatives` draws (with replacement) from the items that are neither positive nor forbidden.
 * A user who touched nearly everything gets no negatives rather than an endless search.
 *
 * @param items number of items I; negatives are drawn uniformly from [0, items)
 * @param positives the client's distinct training items
 * @param negatives how many negatives to draw
 * @param rng the stream of (seed, 'negatives', round, client)
 * @param forbidden items that must not be drawn. Leave-one-out items here reproduce the leak of released code
 *   (`--protocol released`). Default: none.
 */
export function drawSample(
  items: number,
  positives: Uint32Array,
  negatives: number,
  rng: RandomStream,
  forbidden: ArrayLike<number> = [],
): Sample {
  expectInteger('drawSample', 'items', items, 1, 2 ** 32);
  expectKind('drawSample', 'positives', positives, 'list', 'itemsOf(ratings, 0)');
  expectInteger('drawSample', 'negatives', negatives, 0, 2 ** 31);
  expectKind('drawSample', 'rng', rng, 'stream', 'randomStream(1)');
  expectKind('drawSample', 'forbidden', forbidden, 'list', '[3]');
  const labels = new Uint8Array(items); // y of each item
  const counts = new Uint32Array(items); // W of each item
  const isForbidden = new Uint8Array(items);
  for (const item of positives) {
    labels[item] = 1;
    counts[item] = 1;
  }
  for (let index = 0; index < forbidden.length; index++) isForbidden[forbidden[index]!] = 1;
  const drawable = items - positives.length - forbidden.length;
  const draws = drawable > 0 ? negatives : 0;
  for (let left = draws; left > 0; ) {
    const item = rng.integer(items);
    if (labels[item] === 1 || isForbidden[item] === 1) continue;
    counts[item]!++;
    left--;
  }
  const rows = Uint32Array.from(sampledItems(counts));
  return {
    rows,
    counts: new Float64Array(rows.length).map((_, row) => counts[rows[row]!]!),
    labels: new Uint8Array(rows.length).map((_, row) => labels[rows[row]!]!),
    size: positives.length + draws,
  };
}

/** The items that are in the sample at least once, in increasing order. */
function sampledItems(counts: Uint32Array): number[] {
  const items: number[] = [];
  for (let item = 0; item < counts.length; item++) if (counts[item]! > 0) items.push(item);
  return items;
}

/** Draws samples of the items of one catalogue. */
export interface NegativeSampler {
  /** As `drawSample`; the result may lie in the sampler's memory and is valid until the next draw. */
  draw(positives: Uint32Array, negatives: number, rng: RandomStream, forbidden?: ArrayLike<number>): Sample;
}

/** A sampler that draws as `drawSample` does. `MarkingSampler` of lib/fast is the same, faster. */
export function negativeSampler(items: number): NegativeSampler {
  return { draw: (...sample) => drawSample(items, ...sample) };
}
