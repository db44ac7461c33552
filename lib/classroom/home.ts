// One participant's side of the federation, alone: its own ratings, its private state, and what it has received. Nothing here knows
// anybody else. In: what came from the server; out: the message of a round, figures, recommendations.
// A round is trained once: asked again, a home gives the same message again. Runs in browsers and in Node.
import type { Split } from '../data/split.ts';
import type { Part } from '../evaluation/protocol.ts';
import type { Loops } from '../federated/loops.ts';
import { Memory, restore, type StateArrays } from '../federated/memory.ts';
import type { OptionalParts } from '../federated/optional-parts.ts';
import type { OwnStream } from '../federated/own-stream.ts';
import type { Program, Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { Sides } from '../federated/sides.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { decode, type Update } from '../federated/wire.ts';
import { bestUnseen, type Recommendation } from '../model/best-unseen.ts';
import { randomStream } from '../numeric/rng.ts';
import { fewestOf } from '../privacy/cohort-sum.ts';
import { evaluateBlock } from '../training/evaluate.ts';
import { hexadecimal } from './bytes-in-hex.ts';
import { MaskedHome, type MaskingRecord } from './masked-home.ts';
import { type Announcement, decodeModel } from './messages.ts';
import { cohortSumOf } from './unmask.ts';

/** What one participant has touched. */
export interface HomeRatings {
  /** What it trains on, oldest first where `ordered`. */
  readonly train: Uint32Array;
  /** Held-out items, by which it measures at home; -1: none. */
  readonly validation: number;
  readonly test: number;
  /** Whether the items stand in the order in which they were touched. */
  readonly ordered: boolean;
}

/** What must survive a reload: with it, no round is trained twice. */
export interface HomeRecord {
  /** The last round that it trained in; 0 before the first. */
  readonly round: number;
  /** What it has sent; with secure sums what it has masked, which has not left home. */
  readonly message: Uint8Array | null;
  /** Windows that went with it, once in a run. */
  readonly windows?: Uint8Array | null;
  readonly loss: number;
  /** Its private state, and whatever else only it has. */
  readonly arrays: StateArrays;
  /** With secure sums: its secret, and what it has agreed to. */
  readonly masking?: MaskingRecord;
  /** Its own seed, if it has one. */
  readonly privateSeed?: string;
  /** With secure sums: members of the cohort that the message was made for. */
  readonly members?: number;
}

export interface HomeOptions {
  readonly recipe: Recipe;
  readonly settings: Settings;
  /** Its number in the federation. */
  readonly client: number;
  readonly items: number;
  readonly ratings: HomeRatings;
  readonly loops: Loops;
  readonly parts?: OptionalParts;
  /** What it kept of an earlier page or process. */
  readonly record?: HomeRecord;
  /** Words that only this home knows, in place of the run's seed for draws of its own; see `newPrivateSeed`. Default: the run's seed. */
  readonly privateSeed?: string;
  /** The run's name, from which the secrets of secure sums follow. */
  readonly run?: string;
}

const here = Uint32Array.of(0); // the only client of its memory

export class Home {
  readonly client: number;
  readonly items: number;
  /** The round whose change it has received last. */
  modelRound = 0;
  /** β of the personal part, as the class has found it. */
  mix = 0;
  /** The round in which its personal part was made; 0: it has none. */
  partRound = 0;
  /** The round of the table of what is near what that it has; 0: none. */
  tableRound = 0;
  /** How it weighs what tends to come next, as the class has found it; null: not at all. */
  order: Order | null = null;
  private readonly options: HomeOptions;
  private readonly memory = new Memory();
  private readonly program: Program;
  private readonly sides: Sides;
  private readonly split: Split;
  private readonly part: Float32Array; // δ [items]
  private readonly privateSeed: string | undefined;
  /** With secure sums: what masks its messages; else null. */
  readonly masked: MaskedHome | null;
  private last: Omit<HomeRecord, 'arrays' | 'masking' | 'privateSeed'> = {
    round: 0,
    message: null,
    loss: Number.NaN,
  };

  /** @throws RangeError if the recipe cannot run apart from its server */
  constructor(options: HomeOptions) {
    const { recipe, settings, client, items, ratings, loops, parts, record } = options;
    this.options = options;
    this.client = client;
    this.items = items;
    this.part = new Float32Array(items);
    this.split = splitOfOne(ratings, items);
    const { split, memory } = this;
    this.privateSeed = record?.privateSeed ?? options.privateSeed;
    const ownStream = streamsOf(this.privateSeed);
    const own = { split, settings, memory, loops, ...parts, recipe, firstClient: client, ownStream };
    this.program = recipe.create(own);
    this.sides = sidesOf(recipe, this.program);
    this.program.initialize();
    const hasSecureSum = cohortSumOf(this.sides) !== null;
    this.masked = hasSecureSum ? new MaskedHome(options.run ?? '', client, record?.masking) : null;
    if (!record) return;
    restore(this.memory.arrays, record.arrays);
    const { round, message, windows, loss, members } = record;
    this.last = { round, message, windows, loss, members };
  }

  /** Loads what the settings name. */
  async prepare(): Promise<void> {
    await this.program.prepare?.();
  }

  /** What must survive a reload. */
  get record(): HomeRecord {
    const { arrays, atHome } = this.memory;
    const own = Object.entries(arrays).filter(([name]) => atHome.has(name));
    const copies = Object.fromEntries(own.map(([name, values]) => [name, values.slice()]));
    const { masked, privateSeed } = this;
    return { ...this.last, arrays: copies, masking: masked?.record, privateSeed };
  }

  /**
   * Takes in the change that an announcement brings, if it is the next one.
   *
   * @returns whether it now has the model that the announcement is about; if not, it needs the whole model
   */
  follow({ modelRound, previousModelRound, step, mix, order }: Announcement): boolean {
    this.mix = mix;
    this.order = order;
    if (modelRound === this.modelRound) return true;
    if (previousModelRound !== this.modelRound || step.length === 0) return false;
    this.sides.home.receiveStep(step, modelRound);
    this.modelRound = modelRound;
    return true;
  }

  /** Takes the whole model, unless it has a later one. */
  receiveModel(message: Uint8Array): void {
    const { itemTable, extra } = this.sides.shared;
    const received = { itemTable: itemTable.slice(), extra: extra.slice() };
    const round = decodeModel(message, received);
    if (round < this.modelRound) return;
    itemTable.set(received.itemTable);
    extra.set(received.extra);
    this.memory.uint32('modelVersion', 1)[0]!++;
    this.modelRound = round;
  }

  /** Takes its personal part. */
  receivePart(message: Uint8Array, round: number): void {
    const { client, items } = this;
    const expected = { client, items, dims: 1, extra: 0, round, kind: 'part' } as const;
    const { rows, left } = decode(message, expected);
    this.part.fill(0);
    rows.forEach((item, row) => {
      this.part[item] = left[row]!;
    });
    this.partRound = round;
  }

  /** Takes the table of what is near what. */
  receiveTable(message: Uint8Array, round: number): void {
    this.sides.home.receiveTable?.(message, round);
    this.tableRound = round;
  }

  /** Its message of a round: trained now, or the same as before; null if it has nothing to send, or the round is over. */
  takeTurn(
    round: number,
  ): { message: Uint8Array; windows: Uint8Array | null; loss: number; isRepeated: boolean } | null {
    const isRepeated = this.last.round === round;
    if (!isRepeated) {
      if (round < this.last.round) return null;
      const turn = this.sides.home.takeTurn(0, round, false);
      const windows = turn && (this.sides.home.takeWindows?.(0, round) ?? null);
      const message = turn?.message?.slice() ?? null;
      this.last = { round, message, windows, loss: turn?.loss ?? Number.NaN };
    }
    const { message, windows = null, loss } = this.last;
    return message && { message, windows, loss, isRepeated };
  }

  /**
   * With secure sums: the numbers that it masks in a round, trained now or as before; null if it has none.
   *
   * @param cohort the members whose masks cancel
   */
  takeOpenTurn(
    round: number,
    cohort: readonly number[],
  ): { numbers: Float32Array; loss: number; isRepeated: boolean } | null {
    const { round: trained, members = 0 } = this.last;
    if (trained !== round) cohortSumOf(this.sides)!.beginAtHome(round, cohort);
    else if (this.options.settings.epsilon !== null && fewestOf(cohort.length) < fewestOf(members))
      return null; // its share of the noise was made for more members, and would be too small
    const turn = this.takeTurn(round);
    if (turn === null) return null;
    if (!turn.isRepeated) this.last = { ...this.last, members: cohort.length };
    const { message, loss, isRepeated } = turn;
    return { numbers: new Float32Array(message.slice().buffer), loss, isRepeated };
  }

  /** How its held-out item is ranked, for each order and each weight β: [orders, mixes, metrics]; NaN where nothing is held out. */
  measure(part: Part, mixes: readonly number[], orders: readonly (Order | null)[] = [null]): Float64Array {
    const { recency } = this.options.settings;
    return evaluateBlock(this.scoring(), { split: this.split, loops: this.options.loops }, here, {
      ...{ part, recency, mixes, orders },
    });
  }

  /** The best items that it has not touched. */
  top(count: number, mix = this.mix): Recommendation[] {
    const scores = new Float32Array(this.items);
    this.program.score(0, this.options.settings.recency, scores);
    if (this.order) this.program.whatComesNext?.add(0, this.order, scores);
    for (let item = 0; item < scores.length; item++) scores[item]! += mix * this.part[item]!;
    const { train, validation, test } = this.options.ratings;
    const touched = [...train, validation, test].filter((item) => item >= 0);
    return bestUnseen(scores, Uint32Array.from(touched), count);
  }

  /** Where its personal part is largest: what those to whom it listens add to its scores. Empty as long as it has none. */
  strongestOfPart(count: number): Recommendation[] {
    if (this.partRound === 0) return [];
    return bestUnseen(this.part, new Uint32Array(0), count);
  }

  /** What it trains on. */
  get trainedItems(): Uint32Array {
    return this.options.ratings.train;
  }

  /** D: columns of the item table. */
  get dims(): number {
    return this.sides.shared.itemTable.length / this.items;
  }

  /** What its last message says to whoever can read it; null if there is none. */
  lastUpdate(): Update | null {
    const { round, message } = this.last;
    if (!message) return null;
    const { items, client } = this;
    const { messageDims: dims, shared } = this.sides;
    if (this.masked)
      return this.masked.lastWords && readAsUpdate(this.masked.lastWords, { client, round, items, dims });
    return decode(message, { client, round, items, dims, extra: shared.extra.length });
  }

  /** Its program with the personal part that came over the wire in place of one made here. */
  private scoring(): Parameters<typeof evaluateBlock>[0] {
    const { program, part } = this;
    return {
      hasPersonalParts: program.hasPersonalParts,
      whatComesNext: program.whatComesNext,
      score: (...task) => program.score(...task),
      personalParts: (_block, out) => out.set(part),
    };
  }
}

/** A seed of 128 bits that nobody can guess. */
export function newPrivateSeed(): string {
  return hexadecimal(crypto.getRandomValues(new Uint8Array(16)));
}

function streamsOf(privateSeed: string | undefined): OwnStream | undefined {
  if (privateSeed === undefined) return undefined;
  return (...key) => randomStream(0, 'private', privateSeed, ...key);
}

/** What somebody sees who takes masked words for numbers. */
function readAsUpdate(
  words: Uint32Array,
  { client, round, items, dims }: Pick<Update, 'client' | 'round' | 'dims'> & { items: number },
): Update {
  const nothing = new Float32Array(0);
  const left = Float32Array.from(words.subarray(0, items * dims), (word) => word | 0);
  const rows = Uint32Array.from({ length: items }, (_, item) => item);
  return { client, round, rows, rank: 0, dims, left, right: nothing, extra: nothing };
}

/** @throws RangeError if the recipe's sides cannot be run apart */
export function sidesOf(recipe: Recipe, { sides }: Program): Sides {
  if (sides) return sides;
  throw new RangeError(
    `recipe: ${recipe.name} runs in the simulator only, its server and its clients cannot be told apart; a class can run fedtlrec, fedmf or colr`,
  );
}

function splitOfOne({ train, validation, test, ordered }: HomeRatings, items: number): Split {
  return {
    name: 'home',
    train: { users: 1, items, offsets: Uint32Array.of(0, train.length), itemOf: train },
    validation: Int32Array.of(validation),
    test: Int32Array.of(test),
    ordered,
    skippedUsers: 0,
  };
}
