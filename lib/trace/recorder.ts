// The recorder reads a run's events as they happen, asks the program what else it wants to know (lists, places in the
// plane, attention), and keeps the answers as a trace of bounded size. It changes nothing: the run ends in the same bits.
// In: an open run, its events; out: a `Trace`, and each round as soon as it is complete.
import { itemsOf } from '../data/ratings.ts';
import { blockSizeFor, evaluateBlock } from '../evaluation/evaluate.ts';
import { readUserVector } from '../federated/client-index.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { OpenRun } from '../federated/open-run.ts';
import { encode, type Update } from '../federated/wire.ts';
import type { KmeansStep } from '../model/kmeans.ts';
import { type ChosenClients, chooseClients, type TraceSizes } from './choose-clients.ts';
import { mentionedItems } from './mentioned-items.ts';
import { type Plane, planeOf, project } from './plane.ts';
import { ServerView } from './server-view.ts';
import { keptWithin } from './thinning.ts';
import { TopLists } from './top-lists.ts';
import type {
  Trace,
  TraceAbout,
  TracedDetails,
  TracedEvaluation,
  TracedRefresh,
  TraceRound,
} from './trace.ts';
import { traceStep, traceUpdate, wholeRowBytes } from './traced-update.ts';

export interface TraceOptions {
  readonly sizes?: Partial<TraceSizes>;
  /** Ids as they stand in the data; numbers unless told. */
  readonly users?: readonly string[];
  readonly items?: readonly string[];
  /** The true groups, where somebody knows them: of users, and of items. */
  readonly truth?: { readonly users: ArrayLike<number>; readonly items: Uint8Array };
  /** Arrays may take this many bytes; beyond, details of every second round are dropped. 16 MB unless told. */
  readonly budgetBytes?: number;
  /** Sees each round when it is complete. */
  readonly onRound?: (round: TraceRound) => void;
}

type Started = { -readonly [Key in keyof TraceRound]: TraceRound[Key] };

export class TraceRecorder {
  /** Clients whose events the recorder needs: `run.rounds({ watch })`. */
  readonly watch: readonly number[];
  readonly about: TraceAbout;
  private readonly run: OpenRun;
  private readonly options: TraceOptions;
  private readonly chosen: ChosenClients;
  private readonly placeOf: ReadonlyMap<number, number>;
  private readonly lists: TopLists;
  private readonly start: Trace['start'];
  private rounds: TraceRound[] = [];
  private current: Started | null = null;
  private losses: Float32Array;
  private updates: { update: Update; bytes: number }[] = [];
  private readonly directions: Float32Array; // unit vectors the server has seen [N, factors]
  private readonly isKnown: Uint8Array; // [N]
  private plane: Plane | null = null;
  private tableBefore: Float32Array; // [items, D]
  private bytes = 0;

  /** @throws RangeError if a size is no whole number of at least 1 */
  constructor(run: OpenRun, recipe: string, options: TraceOptions = {}) {
    const { split } = run.setup;
    this.run = run;
    this.options = options;
    this.chosen = chooseClients(split.train, options.sizes);
    this.watch = this.chosen.clients;
    this.placeOf = new Map(this.watch.map((client, place) => [client, place]));
    const focus = this.chosen.focus.map((place) => this.watch[place]!);
    this.lists = new TopLists(run, focus);
    this.losses = this.nobody();
    this.directions = new Float32Array(this.watch.length * run.settings.factors);
    this.isKnown = new Uint8Array(this.watch.length);
    this.tableBefore = this.itemTable().slice();
    this.about = this.describe(recipe);
    this.start = {
      ...this.ownersRatings(),
      itemGroups: options.truth?.items ?? new Uint8Array(0),
      heldOut: Int32Array.from(focus, (client) => split.validation[client]!),
      top: this.lists.read(0),
      perClient: this.measureFollowed(0),
    };
  }

  /** What is recorded before the first round. */
  get beginning(): Pick<Trace, 'about' | 'start'> {
    return { about: this.aboutNow(), start: this.start };
  }

  /** Takes in one event; call it before the next one is asked for. */
  add(event: RoundEvent): void {
    if (event.type === 'round-started' || this.current === null) this.begin(event.round);
    const round = this.current!;
    switch (event.type) {
      case 'client-trained':
        this.losses[this.placeOf.get(event.client) ?? -1] = event.loss;
        break;
      case 'update-sent':
        if (this.placeOf.has(event.client)) this.updates.push(event);
        break;
      case 'updates-merged': {
        const messages = event.clients + event.rejected;
        round.trained = event.trained;
        round.clients = event.clients;
        round.rejected = event.rejected;
        round.loss = event.loss;
        round.bytesUp = messages > 0 ? event.bytesUp / messages : 0;
        round.fullBytesUp = round.bytesUp * this.wholeRowRatio();
        this.bytes += round.bytesUp;
        if (event.clients === 0) round.details = this.details(); // no broadcast will follow
        break;
      }
      case 'broadcast-sent':
        round.bytesDown = event.bytesDown;
        round.cutOff = event.cutOff;
        this.bytes += event.bytesDown;
        round.details = this.details();
        break;
      case 'clients-clustered':
        round.refresh = this.refresh(event);
        break;
      case 'attention-computed':
        this.bytes += event.bytesDown;
        round.refresh = this.attend(event, round.refresh);
        break;
      case 'evaluated':
        round.evaluation = this.evaluation(event);
        break;
    }
  }

  /** Completes the last round and gives everything recorded so far. */
  finish(): Trace {
    this.end();
    return { about: this.aboutNow(), start: this.start, rounds: this.rounds };
  }

  private begin(round: number): void {
    this.end();
    this.losses = this.nobody();
    this.updates = [];
    this.current = {
      ...{ round, trained: 0, clients: 0, rejected: 0, loss: Number.NaN, bytesUp: 0, fullBytesUp: 0 },
      ...{ bytesDown: 0, cutOff: 0, megabytes: 0, details: null, refresh: null, evaluation: null },
    };
  }

  private end(): void {
    if (this.current === null) return;
    this.current.megabytes = this.bytes / 1e6;
    const round: TraceRound = Object.freeze(this.current);
    this.current = null;
    this.rounds = keptWithin(this.options.budgetBytes ?? 16e6, [...this.rounds, round]);
    this.options.onRound?.(round);
  }

  private details(): TracedDetails {
    const { items } = this.run.setup.split.train;
    const { factors, codec } = this.run.settings;
    const bytes = new Uint32Array(this.watch.length);
    for (const { update, bytes: length } of this.updates) {
      const place = this.placeOf.get(update.client)!;
      bytes[place] = length;
      this.isKnown[place] = 1;
      this.directions.set(unitDirection(update, factors), place * factors);
    }
    this.plane = planeOf(this.knownDirections(), factors, this.plane);
    const focus = new Set(this.chosen.focus);
    return {
      losses: this.losses,
      bytes,
      plane: project(this.directions, factors, this.plane),
      updates: this.updates.flatMap(({ update, bytes: length }) => {
        const place = this.placeOf.get(update.client)!;
        return focus.has(place) ? (traceUpdate(update, place, length, items, codec) ?? []) : [];
      }),
      step: traceStep(this.stepOfItemTable(), this.about.dims),
    };
  }

  /** What the item table has moved by since the last round, and what was carried over to the next one. */
  private stepOfItemTable(): Float32Array {
    const table = this.itemTable();
    const carried = this.run.memory.arrays.downlinkError;
    const step = table.map((value, at) => value - this.tableBefore[at]!);
    if (carried?.length === step.length) for (let at = 0; at < step.length; at++) step[at]! += carried[at]!;
    this.tableBefore = table.slice();
    return step;
  }

  private refresh(event: Extract<RoundEvent, { type: 'clients-clustered' }>): TracedRefresh {
    const { clusters, iterations, inertia } = event;
    const replayed = ServerView.of(this.run)?.lloydSteps(event.round, event.labels);
    const { factors } = this.run.settings;
    const traced = (known: Uint32Array, step: KmeansStep) => {
      const everybody = new Int32Array(this.run.setup.split.train.users).fill(-1);
      known.forEach((client, row) => {
        everybody[client] = step.labels[row]!;
      });
      const centroids = project(step.centroids.data, factors, this.plane!);
      return { inertia: step.inertia, moved: step.moved, labels: this.followed(everybody), centroids };
    };
    return {
      ...{ clusters, iterations, inertia, labels: this.followed(event.labels) },
      steps: replayed && this.plane ? replayed.steps.map((step) => traced(replayed.known, step)) : [],
      ...{ peers: 0, probes: 0, bytesDown: 0, attention: null },
    };
  }

  private attend(
    event: Extract<RoundEvent, { type: 'attention-computed' }>,
    refresh: TracedRefresh | null,
  ): TracedRefresh {
    const { peers, probes, bytesDown } = event;
    const owners = Uint32Array.from(this.chosen.owners, (place) => this.watch[place]!);
    const attention = ServerView.of(this.run)?.attention(owners) ?? null;
    const nothing = { clusters: 0, iterations: 0, inertia: 0, steps: [] };
    const labels = new Int32Array(this.watch.length).fill(-1);
    return { ...(refresh ?? { ...nothing, labels }), peers, probes, bytesDown, attention };
  }

  private evaluation(event: Extract<RoundEvent, { type: 'evaluated' }>): TracedEvaluation {
    const { hr10, ndcg10, fullHr10, fullNdcg10, standardErrors } = event.validation;
    return {
      mix: event.mix,
      validation: { hr10, ndcg10, fullHr10, fullNdcg10 },
      standardErrors: { ...standardErrors },
      perClient: this.measureFollowed(event.mix),
      top: this.lists.read(event.mix),
    };
  }

  private measureFollowed(mix: number): Float32Array {
    const { program, settings, setup } = this.run;
    const task = { part: 'validation', recency: settings.recency, mixes: [mix] } as const;
    const measured = new Float32Array(this.watch.length * 2);
    for (const all of program.blocks(blockSizeFor(setup.split.train.users))) {
      const block = all.filter((client) => this.placeOf.has(client));
      if (block.length === 0) continue;
      const four = evaluateBlock(program, setup.split, block, task); // [1, block, 4]
      block.forEach((client, row) => {
        measured.set(four.subarray(row * 4, row * 4 + 2), 2 * this.placeOf.get(client)!);
      });
    }
    return measured;
  }

  /** How much longer the followed clients' messages would be with whole rows instead of factors. */
  private wholeRowRatio(): number {
    const { items } = this.run.setup.split.train;
    const { codec } = this.run.settings;
    const lengths = this.updates.map(({ update }) => wholeRowBytes(update, items, codec));
    const sent = this.updates.reduce((sum, { bytes }) => sum + bytes, 0);
    return sent > 0 ? lengths.reduce((sum, length) => sum + length, 0) / sent : 0;
  }

  private knownDirections(): Float32Array {
    const { factors } = this.run.settings;
    const known = [...this.isKnown.keys()].filter((place) => this.isKnown[place] === 1);
    if (known.length === 0) return new Float32Array(factors);
    const rows = new Float32Array(known.length * factors);
    known.forEach((place, row) => {
      rows.set(this.directions.subarray(place * factors, (place + 1) * factors), row * factors);
    });
    return rows;
  }

  private followed(labels: Int32Array): Int32Array {
    return Int32Array.from(this.watch, (client) => labels[client]!);
  }

  private nobody(): Float32Array {
    return new Float32Array(this.watch.length).fill(Number.NaN);
  }

  private itemTable(): Float32Array {
    return (this.run.memory.arrays.itemTable ?? new Float32Array(0)) as Float32Array;
  }

  private describe(recipe: string): TraceAbout {
    const { split } = this.run.setup;
    const { train } = split;
    const dims = train.items > 0 ? Math.floor(this.itemTable().length / train.items) : 0;
    const { users, truth } = this.options;
    return {
      recipe,
      settings: this.run.settings,
      dataset: {
        name: split.name,
        users: train.users,
        items: train.items,
        interactions: train.offsets[train.users]!,
      },
      dims,
      ...this.chosen,
      ids: this.watch.map((client) => users?.[client] ?? String(client)),
      groups: truth ? this.watch.map((client) => truth.users[client]!) : null,
      items: {},
      fullBytesDown: dims > 0 ? denseBroadcastBytes(train.items, dims) : 0,
    };
  }

  /** The description with the ids of all items mentioned so far. */
  private aboutNow(): TraceAbout {
    const { items } = this.options;
    const mentioned = mentionedItems({ start: this.start, rounds: this.rounds });
    const ids = mentioned.map((item) => [item, items?.[item] ?? String(item)] as const);
    return { ...this.about, items: Object.fromEntries(ids) };
  }

  private ownersRatings(): Pick<Trace['start'], 'ratingOffsets' | 'ratingItems'> {
    const { train } = this.run.setup.split;
    const rows = this.chosen.owners.map((place) => itemsOf(train, this.watch[place]!));
    const ratingOffsets = new Uint32Array(rows.length + 1);
    rows.forEach((row, owner) => {
      ratingOffsets[owner + 1] = ratingOffsets[owner]! + row.length;
    });
    return { ratingOffsets, ratingItems: Uint32Array.from(rows.flatMap((row) => [...row])) };
  }
}

/** What the server can read off a message: the direction of the user vector. */
function unitDirection(update: Update, factors: number): Float32Array {
  const direction = new Float32Array(factors);
  if (update.rows.length === 0 || update.dims === 0) return direction;
  direction.set(readUserVector(update).subarray(0, factors));
  const length = Math.hypot(...direction) || 1;
  return direction.map((value) => value / length);
}

/** The length of a broadcast that sends a number for every entry of the item table. */
function denseBroadcastBytes(items: number, dims: number): number {
  const rows = Uint32Array.from({ length: items }, (_, item) => item);
  const nothing = new Float32Array(0);
  const left = new Float32Array(items * dims);
  return encode({ client: 0, round: 1, rows, rank: 0, dims, left, right: nothing, extra: nothing }, items)
    .length;
}
