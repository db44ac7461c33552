// Negative samples: a client only knows what its user touched, so it draws items the user did not touch and trains
// them towards 0. Which items may be drawn decides whether an evaluation is honest: leaving the held-out items out
// of the draw (as much published code does) teaches the model which items are the answers. Here they may be drawn.
// In: one client's positives; out: the distinct items of one round's sample with their labels and counts.
import type { RandomStream } from '../numeric/rng.ts';

/** One client's sample of one round; views into the sampler's memory, valid until its next `draw`. */
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

// An item's mark is 2 · count + label, so that a sample is read off its marks without a branch.
const UNTOUCHED = 0;
const FORBIDDEN = 1; // never drawn, not in the sample either
const POSITIVE = 3;
const ONE_DRAW = 2;

/** Draws samples; keeps memory for one client at a time, so make one sampler per thread. */
export class NegativeSampler {
  private readonly marks: Uint32Array; // [items]
  private readonly touched: Uint32Array; // one bit an item: which marks to read [items / 32]
  private readonly drawn: Uint32Array; // items as they come
  private readonly rows: Uint32Array;
  private readonly counts: Float64Array;
  private readonly labels: Uint8Array;

  /** @param items number of items I; negatives are drawn uniformly from [0, items) */
  constructor(items: number) {
    this.marks = new Uint32Array(items);
    this.touched = new Uint32Array(Math.ceil(items / 32));
    this.drawn = new Uint32Array(1024);
    this.rows = new Uint32Array(items);
    this.counts = new Float64Array(items);
    this.labels = new Uint8Array(items);
  }

  /**
   * All positives once, and `negatives` draws (with replacement) from the items that are neither positive nor
   * forbidden. A user who touched nearly everything gets no negatives rather than an endless search.
   *
   * @param positives the client's distinct training items
   * @param negatives how many negatives to draw
   * @param rng the stream of (seed, 'negatives', round, client)
   * @param forbidden items that must not be drawn. Leave-one-out items here reproduce the leak of released code
   *   (`--protocol released`); the default forbids none.
   */
  draw(
    positives: Uint32Array,
    negatives: number,
    rng: RandomStream,
    forbidden: ArrayLike<number> = [],
  ): Sample {
    const { marks } = this;
    const items = marks.length;
    for (let index = 0; index < forbidden.length; index++) marks[forbidden[index]!] = FORBIDDEN;
    for (let index = 0; index < positives.length; index++) this.mark(positives[index]!, POSITIVE);
    const drawable = items - positives.length - forbidden.length;
    const draws = drawable > 0 ? negatives : 0;
    this.markNegatives(draws, rng);
    const used = this.readMarks();
    for (let index = 0; index < forbidden.length; index++) marks[forbidden[index]!] = UNTOUCHED;
    return {
      rows: this.rows.subarray(0, used),
      counts: this.counts.subarray(0, used),
      labels: this.labels.subarray(0, used),
      size: positives.length + draws,
    };
  }

  private markNegatives(draws: number, rng: RandomStream): void {
    const { marks, touched, drawn } = this;
    for (let left = draws; left > 0; ) {
      const some = drawn.subarray(0, Math.min(left, drawn.length));
      rng.integers(marks.length, some);
      for (let index = 0; index < some.length; index++) {
        const item = some[index]!;
        const mark = marks[item]!;
        if ((mark & 1) === 1) continue; // positive or forbidden
        marks[item] = mark + ONE_DRAW;
        touched[item >>> 5]! |= 1 << (item & 31);
        left--;
      }
    }
  }

  private mark(item: number, mark: number): void {
    this.marks[item] = mark;
    this.touched[item >>> 5]! |= 1 << (item & 31);
  }

  /** Writes the touched items in increasing order, with counts and labels; clears their marks; returns how many. */
  private readMarks(): number {
    const { marks, touched, rows, counts, labels } = this;
    let row = 0;
    for (let word = 0; word < touched.length; word++) {
      for (let bits = touched[word]!; bits !== 0; bits &= bits - 1, row++) {
        const item = (word << 5) + 31 - Math.clz32(bits & -bits); // the lowest bit that is set
        const mark = marks[item]!;
        rows[row] = item;
        labels[row] = mark & 1;
        counts[row] = mark >>> 1;
        marks[item] = UNTOUCHED;
      }
      touched[word] = 0;
    }
    return row;
  }
}
