// One participant's side of the federation, alone: its own ratings, its private state, and what it has received. Nothing here knows
// anybody else. In: what came from the server; out: the message of a round. A round is trained once: asked again, a home gives the same
// message again. Runs in browsers and in Node.
import type { Loops } from '../federated/loops.ts';
import { Memory, restore } from '../federated/memory.ts';
import type { OptionalParts } from '../federated/optional-parts.ts';
import type { OwnStream } from '../federated/own-stream.ts';
import type { Program, Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { Sides } from '../federated/sides.ts';
import { decode, type Update } from '../federated/wire.ts';
import { randomStream } from '../numeric/rng.ts';
import { fewestOf } from '../privacy/cohort-sum.ts';
import type { Announcement } from './announcement.ts';
import { type HomeRatings, type HomeRecord, splitOfOne } from './home-record.ts';
import { HomeScores } from './home-scores.ts';
import { MaskedHome } from './masked-home.ts';
import { decodeModel } from './messages.ts';
import { sidesOf } from './sides-apart.ts';
import { cohortSumOf } from './unmask.ts';

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

/** What a home says in a round. */
export interface Turn {
  readonly message: Uint8Array;
  /** What goes with it, once in a run. */
  readonly windows: Uint8Array | null;
  readonly loss: number;
  /** Whether it said so before. */
  readonly isRepeated: boolean;
}

export class Home {
  readonly client: number;
  readonly items: number;
  /** The round whose change it has received last. */
  modelRound = 0;
  /** The round of the table of what is near what that it has; 0: none. */
  tableRound = 0;
  /** What it makes of the model: its best items, and how its held-out item is ranked. */
  readonly scores: HomeScores;
  /** With secure sums: what masks its messages; else null. */
  readonly masked: MaskedHome | null;
  private readonly options: HomeOptions;
  private readonly memory = new Memory();
  private readonly program: Program;
  private readonly sides: Sides;
  private readonly privateSeed: string | undefined;
  private last: Omit<HomeRecord, 'arrays' | 'masking' | 'privateSeed'> = {
    ...{ round: 0, message: null, loss: Number.NaN },
  };

  /** @throws RangeError if the recipe cannot run apart from its server */
  constructor(options: HomeOptions) {
    const { recipe, settings, client, items, ratings, loops, parts, record } = options;
    this.options = options;
    this.client = client;
    this.items = items;
    const { memory } = this;
    this.privateSeed = record?.privateSeed ?? options.privateSeed;
    const ownStream = streamsOf(this.privateSeed);
    const split = splitOfOne(ratings, items);
    const own = { split, settings, memory, loops, ...parts, recipe, firstClient: client, ownStream };
    this.program = recipe.create(own);
    this.sides = sidesOf(recipe, this.program);
    this.program.initialize();
    this.scores = new HomeScores(this.program, { client, items, ratings, loops, recency: settings.recency });
    const hasSecureSum = cohortSumOf(this.sides) !== null;
    this.masked = hasSecureSum ? new MaskedHome(options.run ?? '', client, record?.masking) : null;
    if (!record) return;
    restore(memory.arrays, record.arrays);
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
    this.scores.mix = mix;
    this.scores.order = order;
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

  /** Takes the table of what is near what. */
  receiveTable(message: Uint8Array, round: number): void {
    this.sides.home.receiveTable?.(message, round);
    this.tableRound = round;
  }

  /** Its message of a round: trained now, or the same as before; null if it has nothing to send, or the round is over. */
  takeTurn(round: number): Turn | null {
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
    if (this.masked) return this.masked.lastAsUpdate({ round, items, dims });
    return decode(message, { client, round, items, dims, extra: shared.extra.length });
  }
}

function streamsOf(privateSeed: string | undefined): OwnStream | undefined {
  if (privateSeed === undefined) return undefined;
  return (...key) => randomStream(0, 'private', privateSeed, ...key);
}
