// What the followed clients did in a round, and what the server can see of it.
// In: their losses and updates as they come; out: a round's `TracedDetails`. Directions that the server has seen are kept
// from round to round, so that an absent client has a place in the plane, too.
import { readUserVector } from '../federated/client-index.ts';
import type { Update } from '../federated/wire.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { FollowedClients } from './followed-clients.ts';
import { type Plane, planeOf, project } from './plane.ts';
import type { TracedDetails } from './trace.ts';
import { itemTableOf } from './trace-beginning.ts';
import { traceStep, traceUpdate, wholeRowBytes } from './traced-update.ts';

interface SentUpdate {
  readonly place: number;
  readonly update: Update;
  readonly bytes: number;
}

export class RoundDetails {
  private readonly run: OpenRun;
  private readonly followed: FollowedClients;
  private readonly dims: number;
  private losses = new Float32Array(0); // of this round [N]
  private sent: SentUpdate[] = []; // in this round
  private readonly directions: Float32Array; // unit vectors the server has seen [N, factors]
  private readonly isKnown: Uint8Array; // [N]
  private lastPlane: Plane | null = null;
  private tableBefore: Float32Array; // Q after the last round [items, D]

  /** @param dims D, columns of the item table */
  constructor(run: OpenRun, followed: FollowedClients, dims: number) {
    this.run = run;
    this.followed = followed;
    this.dims = dims;
    this.directions = new Float32Array(followed.count * run.settings.factors);
    this.isKnown = new Uint8Array(followed.count);
    this.tableBefore = itemTableOf(run).slice();
    this.begin();
  }

  /** The plane of the last complete round; null before the first. */
  get plane(): Plane | null {
    return this.lastPlane;
  }

  /** Begins a round. */
  begin(): void {
    this.losses = new Float32Array(this.followed.count).fill(Number.NaN);
    this.sent = [];
  }

  addLoss(client: number, loss: number): void {
    const place = this.followed.placeOf(client);
    if (place !== undefined) this.losses[place] = loss;
  }

  addUpdate(client: number, update: Update, bytes: number): void {
    const place = this.followed.placeOf(client);
    if (place !== undefined) this.sent.push({ place, update, bytes });
  }

  /** How much longer the followed clients' messages would be with whole rows instead of factors. */
  wholeRowRatio(): number {
    const { items } = this.run.setup.split.train;
    const { codec } = this.run.settings;
    const lengths = this.sent.map(({ update }) => wholeRowBytes(update, items, codec));
    const sent = this.sent.reduce((sum, { bytes }) => sum + bytes, 0);
    return sent > 0 ? lengths.reduce((sum, length) => sum + length, 0) / sent : 0;
  }

  /** Everything about the round, once the server has made its step. */
  complete(): TracedDetails {
    const { items } = this.run.setup.split.train;
    const { factors, codec } = this.run.settings;
    const { clients, focus } = this.followed;
    const bytes = new Uint32Array(clients.length);
    for (const { place, update, bytes: length } of this.sent) {
      bytes[place] = length;
      this.isKnown[place] = 1;
      this.directions.set(unitDirection(update, factors), place * factors);
    }
    this.lastPlane = planeOf(this.knownDirections(), factors, this.lastPlane);
    const inFocus = this.sent.filter(({ place }) => focus.includes(clients[place]!));
    return {
      losses: this.losses,
      bytes,
      plane: project(this.directions, factors, this.lastPlane),
      updates: inFocus.flatMap(
        ({ place, update, bytes: length }) => traceUpdate(update, place, length, items, codec) ?? [],
      ),
      step: traceStep(this.stepOfItemTable(), this.dims),
    };
  }

  /** What the item table has moved by since the last round, and what was carried over to the next one. */
  private stepOfItemTable(): Float32Array {
    const table = itemTableOf(this.run);
    const carried = this.run.memory.arrays.downlinkError;
    const step = table.map((value, at) => value - this.tableBefore[at]!);
    if (carried?.length === step.length) for (let at = 0; at < step.length; at++) step[at]! += carried[at]!;
    this.tableBefore = table.slice();
    return step;
  }

  /** Directions of the clients that the server has heard of, [known, factors]; one row of zeros if there are none. */
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
}

/** What the server can read off a message: the direction of the user vector. */
function unitDirection(update: Update, factors: number): Float32Array {
  const direction = new Float32Array(factors);
  if (update.rows.length === 0 || update.dims === 0) return direction;
  direction.set(readUserVector(update).subarray(0, factors));
  const length = Math.hypot(...direction) || 1;
  return direction.map((value) => value / length);
}
