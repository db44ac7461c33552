// What a participant makes of the model at home: scores of all items, with its personal part and with what tends to come next; from them
// its best items, and how its held-out item is ranked. In: a program of one client, a personal part that came over the wire; out: lists
// and figures, which leave home only if it says so.
import type { Part } from '../evaluation/protocol.ts';
import type { Loops } from '../federated/loops.ts';
import type { Program } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { decode } from '../federated/wire.ts';
import { bestUnseen, type Recommendation } from '../model/best-unseen.ts';
import { evaluateBlock } from '../training/evaluate.ts';
import { type HomeRatings, splitOfOne } from './home-record.ts';

const here = Uint32Array.of(0); // the only client of its program

export interface HomeScoresOptions {
  readonly client: number;
  readonly items: number;
  readonly ratings: HomeRatings;
  readonly loops: Loops;
  /** Share of recent items in the user's vector; see settings. */
  readonly recency: Settings['recency'];
}

export class HomeScores {
  /** β of the personal part, as the class has found it. */
  mix = 0;
  /** How it weighs what tends to come next, as the class has found it; null: not at all. */
  order: Order | null = null;
  /** The round in which its personal part was made; 0: it has none. */
  partRound = 0;
  private readonly options: HomeScoresOptions;
  private readonly program: Program;
  private readonly part: Float32Array; // δ [items]

  constructor(program: Program, options: HomeScoresOptions) {
    this.program = program;
    this.options = options;
    this.part = new Float32Array(options.items);
  }

  /** Takes in its personal part. @throws WireError saying which rule the message breaks */
  receivePart(message: Uint8Array, round: number): void {
    const { client, items } = this.options;
    const expected = { client, items, dims: 1, extra: 0, round, kind: 'part' } as const;
    const { rows, left } = decode(message, expected);
    this.part.fill(0);
    rows.forEach((item, row) => {
      this.part[item] = left[row]!;
    });
    this.partRound = round;
  }

  /** How its held-out item is ranked, for each order and each weight β: [orders, mixes, metrics]; NaN where nothing is held out. */
  measure(part: Part, mixes: readonly number[], orders: readonly (Order | null)[] = [null]): Float64Array {
    const { ratings, items, loops, recency } = this.options;
    const { program } = this;
    const withOwnPart = {
      hasPersonalParts: program.hasPersonalParts,
      whatComesNext: program.whatComesNext,
      score: (...task: Parameters<Program['score']>) => program.score(...task),
      personalParts: (_block: Uint32Array, out: Float32Array) => out.set(this.part),
    };
    const split = splitOfOne(ratings, items);
    return evaluateBlock(withOwnPart, { split, loops }, here, { part, recency, mixes, orders });
  }

  /** The best items that it has not touched. */
  top(count: number, mix = this.mix): Recommendation[] {
    const { ratings, items, recency } = this.options;
    const scores = new Float32Array(items);
    this.program.score(0, recency, scores);
    if (this.order) this.program.whatComesNext?.add(0, this.order, scores);
    for (let item = 0; item < scores.length; item++) scores[item]! += mix * this.part[item]!;
    const { train, validation, test } = ratings;
    const touched = [...train, validation, test].filter((item) => item >= 0);
    return bestUnseen(scores, Uint32Array.from(touched), count);
  }

  /** Where its personal part is largest: what those to whom it listens add to its scores. Empty as long as it has none. */
  strongestOfPart(count: number): Recommendation[] {
    if (this.partRound === 0) return [];
    return bestUnseen(this.part, new Uint32Array(0), count);
  }
}
