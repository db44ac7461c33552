// What a trace says before the first round: what the run is, whom it follows, what these clients own.
// In: an open run and what is known about its data; out: the head of a `Trace`.
import type { Interactions } from '../data/ratings.ts';
import { itemsOf } from '../data/split.ts';
import { byPopularity, guessing } from '../evaluation/baselines.ts';
import { metrics } from '../evaluation/metrics.ts';
import { type PerUser, summarize } from '../evaluation/protocol.ts';
import { sendToAll } from '../federated/server.ts';
import { type Codec, codecOfServer } from '../federated/wire.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { ChosenClients } from './choose-clients.ts';
import { mentionedItems } from './mentioned-items.ts';
import type { Trace, TraceAbout, TracedLevels, TraceStart } from './trace.ts';

/** What is known about users and items besides their numbers. */
export interface TraceNames {
  /** Ids as they stand in the data. Default: their numbers. */
  readonly users?: readonly string[];
  readonly items?: readonly string[];
  /** The true groups, where somebody knows them: of users, and of items. */
  readonly truth?: { readonly users: ArrayLike<number>; readonly items: Uint8Array };
}

/** The run and the followed clients; items get their ids with `withItemIds`. */
export function describeRun(
  run: OpenRun,
  recipe: string,
  chosen: ChosenClients,
  { users, truth }: TraceNames,
): TraceAbout {
  const { train, name } = run.setup.split;
  const interactions = train.offsets[train.users]!;
  const dims = train.items > 0 ? Math.floor(itemTableOf(run).length / train.items) : 0;
  return {
    recipe,
    settings: run.settings,
    dataset: { name, users: train.users, items: train.items, interactions },
    metrics: metrics.map(({ name }) => name),
    baselines: {
      guessing: meansOf(guessing(run.setup.split, 'validation')),
      popularity: meansOf(byPopularity(run.setup.split, 'validation')),
    },
    dims,
    ...chosen,
    ids: chosen.clients.map((client) => users?.[client] ?? String(client)),
    groups: truth ? chosen.clients.map((client) => truth.users[client]!) : null,
    items: {},
    fullBytesDown: dims > 0 ? denseBroadcastBytes(train.items, dims, codecOfServer(run.settings)) : 0,
  };
}

/** The mean of each metric over users. */
function meansOf(figures: PerUser): TracedLevels {
  const summary = summarize(figures);
  return Object.fromEntries(
    metrics.map(({ name }) => [name, Number.isFinite(summary[name]) ? summary[name] : null]),
  );
}

/** The description with the ids of all items that are mentioned. */
export function withItemIds(
  about: TraceAbout,
  { start, rounds }: Pick<Trace, 'start' | 'rounds'>,
  { items }: TraceNames,
): TraceAbout {
  const mentioned = mentionedItems({ start, rounds });
  const ids = mentioned.map((item) => [item, items?.[item] ?? String(item)] as const);
  return { ...about, items: Object.fromEntries(ids) };
}

/** The training items of some clients, one list after the other. */
export function ratingsOf(
  train: Interactions,
  owners: readonly number[],
): Pick<TraceStart, 'ratingOffsets' | 'ratingItems'> {
  const rows = owners.map((client) => itemsOf(train, client));
  const ratingOffsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, owner) => {
    ratingOffsets[owner + 1] = ratingOffsets[owner]! + row.length;
  });
  return { ratingOffsets, ratingItems: Uint32Array.from(rows.flatMap((row) => [...row])) };
}

/** Q as it is now [items, D]; empty if the recipe has none. */
export function itemTableOf(run: OpenRun): Float32Array {
  return (run.memory.arrays.itemTable ?? new Float32Array(0)) as Float32Array;
}

/** The length of a broadcast that sends a number for every entry of the item table. */
function denseBroadcastBytes(items: number, dims: number, codec: Codec): number {
  const nothing = new Float32Array(0);
  const left = new Float32Array(items * dims);
  return sendToAll({ round: 1, rank: 0, dims, left, right: nothing, extra: nothing }, items, codec).message
    .length;
}
