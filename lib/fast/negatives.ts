// Negative samples with a mark for each item instead of sets: nothing is looked up, sorted or allocated.
// Same inputs and outputs as lib/data/negatives.ts, with the same draws from the stream.
import type { NegativeSampler, Sample } from '../data/negatives.ts';
import type { RandomStream } from '../numeric/rng.ts';

// An item's mark is 2 · count + label, so that a sample is read off its marks without a branch.
const UNTOUCHED = 0;
const FORBIDDEN = 1; // never drawn, not in the sample either
const POSITIVE = 3;
const ONE_DRAW = 2;

/** Keeps memory for one client at a time, so make one sampler per thread. */
export class MarkingSampler implements NegativeSampler {
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

  /** Same inputs, draws and result as `drawSample`. */
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
