// The server's desk: who is here, and what has come in for the round that is open. A message is known by its client and its round,
// read before it takes a place. In: messages as they arrive, in any order, some of them twice; out: one message a client, in the
// order of the clients. When a round may close is decided here, too; time is for the caller to measure.
import { readHeader } from '../federated/wire/header.ts';
import { WireError } from '../federated/wire.ts';
import type { Presence } from './messages.ts';

/** What became of a message. */
export type Taken =
  | { readonly as: 'answer' }
  | { readonly as: 'repeated' }
  | { readonly as: 'late'; readonly round: number }
  | { readonly as: 'refused'; readonly reason: string };

export class Desk {
  /** The participants that are here, by number. */
  readonly present = new Map<number, Presence>();
  private readonly lastSeen = new Map<number, Presence>();
  /** What has come in for the open round. */
  readonly answers = new Map<number, Uint8Array>();
  /** The round that is open; 0 before the first. */
  round = 0;
  private readonly quorum: number;
  private readonly asked = new Set<number>(); // everyone that was here while the round was open
  private takesPart: (client: number) => boolean = () => true;
  private check: (client: number, message: Uint8Array) => void = () => {};
  private isOpen = false;

  /** @param quorum share of those asked, in [0, 1], whose answers are enough when time is up */
  constructor(quorum: number) {
    this.quorum = quorum;
  }

  /**
   * Opens a round, or the next phase of one, for all that are here and take part.
   *
   * @param check called for a message before it takes its place; throws WireError if that breaks a rule
   */
  open(
    round: number,
    takesPart: (client: number) => boolean = () => true,
    check: (client: number, message: Uint8Array) => void = () => {},
  ): void {
    this.round = round;
    this.takesPart = takesPart;
    this.check = check;
    this.isOpen = true;
    this.answers.clear();
    this.asked.clear();
    for (const client of this.present.keys()) this.ask(client);
  }

  /** From now on, what comes for this round is late. */
  close(): void {
    this.isOpen = false;
  }

  /** Someone has come, or says again that it is here. */
  enter(presence: Presence): void {
    this.lastSeen.set(presence.client, presence);
    this.present.set(presence.client, presence);
    this.ask(presence.client);
  }

  leave(client: number): void {
    this.present.delete(client);
  }

  /** Takes in an update that came from a client. */
  take(client: number, message: Uint8Array): Taken {
    try {
      return this.taken(client, message);
    } catch (error) {
      if (error instanceof WireError) return { as: 'refused', reason: error.message };
      throw error;
    }
  }

  private taken(client: number, message: Uint8Array): Taken {
    const header = readHeader(message);
    const { round } = header;
    if (header.client !== client)
      return { as: 'refused', reason: `it says client ${header.client}, but client ${client} sent it` };
    if (round > this.round || round === 0)
      return { as: 'refused', reason: `round ${round} has not begun; round ${this.round} is open` };
    if (round === this.round && this.answers.has(client)) return { as: 'repeated' };
    if (round < this.round || !this.isOpen) return { as: 'late', round };
    if (!this.takesPart(client))
      return { as: 'refused', reason: `client ${client} takes no part in round ${round}` };
    this.check(client, message);
    const seen = this.lastSeen.get(client);
    if (seen) this.present.set(client, seen); // the broker may have said too early that its line broke
    this.asked.add(client);
    this.answers.set(client, message);
    return { as: 'answer' };
  }

  /** Whether the round is open to a client. */
  isAsked(client: number): boolean {
    return this.isOpen && this.takesPart(client);
  }

  /** Everyone that was asked. */
  get askedCount(): number {
    return this.asked.size;
  }

  /** Answers that are enough when time is up. */
  get needed(): number {
    return Math.max(1, Math.ceil(this.quorum * this.asked.size));
  }

  /** Whether the round may close: all that are here have answered, or time is up and a quorum has. */
  isComplete(isTimeUp: boolean): boolean {
    if (this.answers.size < this.needed) return false;
    return isTimeUp || this.haveAllAnswered;
  }

  /** Whether all that are here and were asked have answered. */
  get haveAllAnswered(): boolean {
    for (const client of this.present.keys()) {
      if (this.asked.has(client) && !this.answers.has(client)) return false;
    }
    return true;
  }

  /** The answers in the order of the clients. */
  inOrder(): [client: number, message: Uint8Array][] {
    return [...this.answers].sort(([a], [b]) => a - b);
  }

  private ask(client: number): void {
    if (this.isOpen && this.takesPart(client)) this.asked.add(client);
  }
}
