// How the server makes one update of a round's many, where it does not simply add them up, and what liars send instead of
// their update. Both are named by settings (`combine`, `attack`) and live in lib/robust, which is loaded only then.
// In: decoded updates, one chunk of clients at a time; out: an `UpdateSum` that the server's optimiser steps along.
import type { ClientTask } from './local-model.ts';
import type { Settings } from './settings.ts';
import type { UpdateAdder, UpdateSum } from './update-sum.ts';
import type { Update } from './wire.ts';

/** A server strategy. */
export interface Combine {
  /** Takes in one chunk of updates at a time, in whatever thread; what it finishes with travels to the server. */
  adder(items: number, dims: number, extra: number): UpdateAdder;
  /** What counts of an update, of which the strategy needs to see no other. Absent: all of it, for now. */
  judge?(update: Update): Update;
  /**
   * Turns what came of all chunks, merged in their order, into the round's update, in place: afterwards row i of `items`
   * divided by `senders[i]`, and `extra` divided by `clients`, are what a typical client wants. Absent: the sum stays.
   *
   * @returns where `judgesTogether`, the updates that count, as they count
   */
  finish?(total: UpdateSum): readonly Update[] | undefined;
  /**
   * Whether `finish` tells which updates count. What clients hear from each other (the aggregator) is then made of these, so that
   * nobody whom the strategy turned away, or shortened, is heard in full there. Default: false, all are heard as they came.
   */
  readonly judgesTogether?: boolean;
}

/** Turns an update into what a client sends; those who do not lie send theirs. */
export type Attack = (update: Update, task: ClientTask) => Update;

/** What the settings `combine` and `attack` name. */
export interface NamedParts {
  readonly combine?: Combine;
  readonly attack?: Attack;
}

/** Loads what the settings name. */
export type LoadParts = (settings: Settings, items: number) => Promise<NamedParts>;
