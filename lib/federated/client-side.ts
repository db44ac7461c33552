// The client's side of a federation: what happens at home, up to the bytes that leave it.
// In: one client's row of ratings, its private state and the last broadcast; out: a message, and at home its scores.
// The states of all clients lie in one array because they are simulated in one place; each call touches one row only.

import type { NegativeSampler, Sample } from '../data/negatives.ts';
import type { Split } from '../data/split.ts';
import { itemsOf } from '../data/split.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import type { Attack } from './combine.ts';
import type { Defence } from './defence.ts';
import { ErrorFeedback } from './error-feedback.ts';
import type { RoundEvent } from './events.ts';
import type { ClientTask, LocalModel, SharedModel } from './local-model.ts';
import { withoutDefence } from './optional-parts.ts';
import { type OwnStream, streamsOfRun } from './own-stream.ts';
import { RecencyRefit } from './recency.ts';
import type { Setup } from './recipe.ts';
import type { Settings } from './settings.ts';
import type { ClientTurn, MessageSealer } from './sides.ts';
import { decode, encode, type Update } from './wire.ts';

/** The parts of a federated recipe that work at home. */
export interface ClientParts {
  readonly localModel: LocalModel;
  /** Changes an update before it is encoded, e.g. `expandUpdate`. Default: it is sent as it is. */
  readonly uplink?: (update: Update) => Update;
  /** Masks messages. Default: they are encoded plainly. */
  readonly secureSum?: MessageSealer;
}

export class ClientSide {
  /** Whether a client has a user vector that can be re-fitted to its recent past. */
  readonly canRefit: boolean;
  private readonly setup: Setup;
  private readonly parts: ClientParts;
  private readonly shared: SharedModel;
  private readonly clients: number;
  private readonly firstClient: number;
  private readonly ownStream: OwnStream;
  private readonly items: number;
  private readonly states: Float32Array; // private states [clients, stateLength]
  private readonly sampler: ClientSampler;
  private readonly defence: Defence | null;
  private readonly refitter: RecencyRefit;
  private readonly feedback: ErrorFeedback | null;
  private attack: Attack | undefined;

  /** @param shared what every client has received */
  constructor(setup: Setup, parts: ClientParts, shared: SharedModel) {
    const { split, settings, memory, loops } = setup;
    this.setup = setup;
    this.parts = parts;
    this.shared = shared;
    this.clients = split.train.users;
    this.firstClient = setup.firstClient ?? 0;
    this.ownStream = setup.ownStream ?? streamsOfRun(settings);
    this.items = split.train.items;
    this.canRefit = parts.localModel.userVector !== undefined && split.ordered;
    this.states = memory.rowsAtHome('float32', 'clientStates', this.clients, parts.localModel.stateLength);
    this.sampler = new ClientSampler(setup);
    const { makeDefence = withoutDefence } = setup;
    const noiseShare = () => parts.secureSum?.noiseShare ?? 1;
    this.defence = makeDefence(settings, this.items, noiseShare, this.ownStream);
    this.refitter = new RecencyRefit(this.items, settings, loops);
    const keepsErrors = settings.errorFeedback === 'on' && settings.codec !== 'float32';
    this.feedback = keepsErrors ? new ErrorFeedback(this.clients, this.items, memory) : null;
  }

  /** From now on, liars among the clients send what the attack makes of their updates. */
  lieWith(attack: Attack): void {
    this.attack = attack;
  }

  /** Fills every client's state. */
  initialize(): void {
    for (let client = 0; client < this.clients; client++) {
      this.parts.localModel.initialize(
        this.stateOf(client),
        this.ownStream('client', this.firstClient + client),
      );
    }
  }

  /** The clients from..to that have something to train on. */
  withRatings(from: number, to: number): number[] {
    const { train } = this.setup.split;
    const all = Array.from({ length: to - from }, (_, place) => from + place);
    return all.filter((client) => itemsOf(train, client).length > 0);
  }

  /** One client's turn: sample, train, defend, encode; null if it is absent or has nothing to train on. */
  takeTurn(place: number, round: number, isWatched: boolean): ClientTurn | null {
    const { settings, split } = this.setup;
    const client = this.firstClient + place; // by which streams and messages know it
    const positives = itemsOf(split.train, place);
    if (positives.length === 0 || !isPresent(client, round, settings)) return null;
    const sample = this.sampler.draw(place, this.ownStream('negatives', round, client));
    const task = { client, round, sample, shared: this.shared };
    const { update: trained, loss } = this.parts.localModel.train(task, this.stateOf(place));
    const defended = trained && this.defence ? this.defence(trained, task) : trained;
    const update = defended && this.attack ? this.attack(defended, task) : defended;
    const { uplink } = this.parts;
    const sent = update && uplink ? uplink(update) : update;
    const message = sent && this.encode(sent, place);
    const events: RoundEvent[] = [];
    if (isWatched) {
      events.push({ type: 'client-trained', round, client, sample: copyOfSample(sample), loss });
      if (sent && message) {
        const bytes = message.length;
        const update = this.parts.secureSum ? copyOfUpdate(sent) : this.decode(message, sent);
        events.push({ type: 'update-sent', round, client, update, bytes });
      }
    }
    return { loss, message, events };
  }

  /** What a message says, rounded as it is. */
  private decode(message: Uint8Array, { client, round, dims, extra }: Update): Update {
    return decode(message, { client, round, dims, items: this.items, extra: extra.length });
  }

  private encode(sent: Update, place: number): Uint8Array {
    const { codec, rounding } = this.setup.settings;
    if (this.parts.secureSum) return this.parts.secureSum.seal(sent);
    const isByChance = rounding === 'random';
    const chance = isByChance ? this.ownStream('rounding', sent.round, sent.client) : undefined;
    if (!this.feedback) return encode(sent, this.items, codec, 'update', chance);
    const whole = this.feedback.add(sent, place);
    const message = encode(whole, this.items, codec, 'update', chance);
    this.feedback.keep(whole, this.decode(message, whole), place);
    return message;
  }

  /** Writes a client's scores, [items]; re-fitted to its recent past first if `recency` is a τ. */
  score(client: number, recency: number | null, scores: Float32Array): void {
    const { localModel } = this.parts;
    const positives = itemsOf(this.setup.split.train, client);
    const { state, shared } = this.ownModel(client, positives);
    if (recency === null || !this.canRefit || positives.length === 0) {
      localModel.score(state, shared, scores);
      return;
    }
    const trained = localModel.userVector!(state);
    this.refitter.score(client, positives, trained, shared, recency, scores);
  }

  /** What a client scores with: its state and the broadcast, or what it makes of them at home. */
  private ownModel(client: number, positives: Uint32Array): { state: Float32Array; shared: SharedModel } {
    const { shared } = this;
    const { localModel } = this.parts;
    const state = this.stateOf(client);
    if (!localModel.adaptAtHome || positives.length === 0) return { state, shared };
    const number = this.firstClient + client;
    const sample = this.sampler.draw(client, this.ownStream('scoring', number));
    const task: ClientTask = { client: number, round: 0, sample, shared };
    return localModel.adaptAtHome(task, state);
  }

  private stateOf(client: number): Float32Array {
    const { stateLength } = this.parts.localModel;
    return this.states.subarray(client * stateLength, (client + 1) * stateLength);
  }
}

/**
 * Whether a client takes part in a round (rounds count from 1): it has not fallen silent, is asked, and does not drop out. It drops out
 * if `uniform()` of the stream (seed, 'dropout', round, client) is below `dropout`. Nobody's fate depends on anybody else's.
 */
export function isPresent(client: number, round: number, settings: Settings): boolean {
  expectKind('isPresent', 'client', client, 'number', '7');
  expectKind('isPresent', 'round', round, 'number', '1');
  expectParts('isPresent', 'settings', settings, 'completeSettings()', {
    silentShare: 'number',
    dropout: 'number',
    seed: 'number',
  });
  if (isSilent(client, round, settings) || !isAsked(client, round, settings)) return false;
  if (settings.dropout === 0) return true;
  return randomStream(settings.seed, 'dropout', round, client).uniform() >= settings.dropout;
}

/** Whether the server asks a client in a round: if `uniform()` of the stream (seed, 'fraction', round, client) is below `fraction`. */
export function isAsked(client: number, round: number, { fraction, seed }: Settings): boolean {
  return fraction === 1 || randomStream(seed, 'fraction', round, client).uniform() < fraction;
}

/**
 * Whether a client has fallen silent for good: in rounds after `silentAfter`, if `uniform()` of the stream (seed, 'silent', client) is
 * below `silentShare`.
 */
export function isSilent(client: number, round: number, settings: Settings): boolean {
  if (settings.silentShare === 0 || round <= settings.silentAfter) return false;
  return randomStream(settings.seed, 'silent', client).uniform() < settings.silentShare;
}

/** Draws what clients train on: all positives and some negatives for each. A sample is valid until the next draw. */
export class ClientSampler {
  private readonly split: Split;
  private readonly settings: Settings;
  private readonly sampler: NegativeSampler;

  constructor({ split, settings, loops }: Pick<Setup, 'split' | 'settings' | 'loops'>) {
    this.split = split;
    this.settings = settings;
    this.sampler = loops.negativeSampler(split.train.items);
  }

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

function copyOfUpdate(update: Update): Update {
  const { rows, left, right, extra } = update;
  return {
    ...update,
    rows: rows.slice(),
    left: left.slice(),
    right: right.slice(),
    extra: extra.slice(),
  };
}
