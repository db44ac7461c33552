// What a client trains on: its positives and drawn negatives. Here the protocol decides whether held-out items may be drawn.
import type { NegativeSampler, Sample } from '../data/negatives.ts';
import { itemsOf } from '../data/ratings.ts';
import type { Split } from '../data/split.ts';
import type { RandomStream } from '../numeric/rng.ts';
import type { Loops } from './loops.ts';
import type { Settings } from './settings.ts';

/** Draws clients' samples; keeps memory for one at a time, so make one per thread. */
export class ClientSampler {
  private readonly split: Split;
  private readonly settings: Settings;
  private readonly sampler: NegativeSampler;

  constructor(split: Split, settings: Settings, loops: Loops) {
    this.split = split;
    this.settings = settings;
    this.sampler = loops.negativeSampler(split.train.items);
  }

  /** All positives of a client and some negatives for each; valid until the next draw. */
  draw(client: number, rng: RandomStream): Sample {
    const positives = itemsOf(this.split.train, client);
    const wanted = this.settings.negatives * positives.length;
    return this.sampler.draw(positives, wanted, rng, this.forbidden(client));
  }

  /** Items that must not be drawn as negatives: none, unless the released protocol's leak is to be shown. */
  private forbidden(client: number): number[] {
    const { split, settings } = this;
    if (settings.protocol === 'leak-free') return [];
    return [split.validation[client]!, split.test[client]!].filter((item) => item >= 0);
  }
}

/** A sample that outlives the next draw. */
export function copyOfSample({ rows, counts, labels, size }: Sample): Sample {
  return { rows: rows.slice(), counts: counts.slice(), labels: labels.slice(), size };
}
