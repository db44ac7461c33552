// The clients that a trace follows, by their numbers in the data and by their places in the trace.
// In: the choice of numbers; out: what concerns these clients, picked from what concerns everybody.
import type { ChosenClients } from './choose-clients.ts';

export class FollowedClients {
  /** Numbers of all that are followed, by place, [N]. */
  readonly clients: readonly number[];
  /** Numbers of those whose ratings and attention are kept, [M]. */
  readonly owners: readonly number[];
  /** Numbers of those whose updates and lists are kept, [F]. */
  readonly focus: readonly number[];
  private readonly places: ReadonlyMap<number, number>;

  constructor({ clients, owners, focus }: ChosenClients) {
    this.clients = clients;
    this.owners = owners.map((place) => clients[place]!);
    this.focus = focus.map((place) => clients[place]!);
    this.places = new Map(clients.map((client, place) => [client, place]));
  }

  /** N */
  get count(): number {
    return this.clients.length;
  }

  /** Where a client stands among the followed ones; undefined if it is not followed. */
  placeOf(client: number): number | undefined {
    return this.places.get(client);
  }

  /** The followed clients' labels, [N], out of everybody's. */
  pick(labels: Int32Array): Int32Array {
    return Int32Array.from(this.clients, (client) => labels[client]!);
  }
}
