// What comes in over the line, sorted by what it is: who is here, updates, windows, figures. What is late, sent twice or hostile ends here,
// with a reason for whoever sent it. In: topics and messages; out: what has come for the round that is open.
import { readHeader } from '../federated/wire/header.ts';
import { WireError } from '../federated/wire.ts';
import type { ClassOptions } from './class-options.ts';
import { Desk } from './desk.ts';
import { decodeFigures, decodePresence, encodeRefusal, type Presence } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { clientOfTopic, type Topics, topicsOf } from './topics.ts';

export interface InboxOptions extends Pick<ClassOptions, 'run' | 'seats' | 'quorum' | 'onEvent'> {
  readonly outbox: Outbox;
  /** Called whenever something has come. */
  readonly onChange: () => void;
  /** Called when a participant says that it is here, with what it has. */
  readonly onHere: (presence: Presence) => void;
  /** With secure sums: whether a message repeats an answer to an earlier phase of the round. */
  readonly isPast: (message: Uint8Array) => boolean;
}

export class Inbox {
  /** Who is here, and the updates of the open round. */
  readonly desk: Desk;
  /** Mean losses that clients have told in this round. */
  readonly losses = new Map<number, number>();
  /** Windows that came with updates. */
  readonly windows = new Map<number, Uint8Array>();
  /** Clients whose update came when the round was over. */
  readonly late = new Set<number>();
  /** What clients have measured since they were asked. */
  readonly figures = new Map<number, Float64Array>();
  private readonly dropped = new Set<number>();
  private readonly options: InboxOptions;
  private readonly topics: Topics;

  constructor(options: InboxOptions) {
    this.options = options;
    this.topics = topicsOf(options.run);
    this.desk = new Desk(options.quorum);
  }

  /** Forgets what belonged to the round before. */
  clear(): void {
    this.losses.clear();
    this.windows.clear();
    this.late.clear();
  }

  /** Whether the teacher has left a participant in the class. */
  isWelcome(client: number): boolean {
    return client < this.options.seats && !this.dropped.has(client);
  }

  /** Nothing that a participant sends counts from now on. */
  drop(client: number): void {
    this.dropped.add(client);
    this.desk.leave(client);
    this.options.onEvent?.({ type: 'dropped', client });
    this.options.onChange();
  }

  hear(topic: string, message: Uint8Array): void {
    const client = clientOfTopic(topic);
    if (!this.isWelcome(client)) return;
    try {
      const { kind, round } = readHeader(message);
      if (topic === this.topics.here(client)) this.hearPresence(client, message);
      else if (kind === 'figures') this.hearFigures(client, message);
      else if (kind === 'windows') this.hearWindows(client, round, message);
      else this.hearUpdate(client, message);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.options.outbox.refuse(client, this.desk.round, error.message);
    }
    this.options.onChange();
  }

  private hearPresence(client: number, message: Uint8Array): void {
    const { onEvent, onHere } = this.options;
    const presence = decodePresence(message, client);
    const known = this.desk.present.get(client);
    if (!presence.isHere) {
      if (known?.session !== presence.session) return; // of an earlier page
      onEvent?.({ type: 'left', client });
      this.desk.leave(client);
      return;
    }
    if (!known) onEvent?.({ type: 'entered', client });
    this.desk.enter(presence);
    onHere(presence);
  }

  private hearUpdate(client: number, message: Uint8Array): void {
    const { outbox, onEvent, isPast } = this.options;
    if (isPast(message)) return; // said again after a reload or a broken line
    const taken = this.desk.take(client, message);
    if (taken.as === 'answer') onEvent?.({ type: 'answered', client, bytes: message.length });
    else if (taken.as === 'refused') outbox.refuse(client, this.desk.round, taken.reason);
    else if (taken.as === 'late') {
      const { round } = taken;
      if (round === this.desk.round) this.late.add(client);
      onEvent?.({ type: 'late', client, round });
      const reason = `round ${round} was over when the message came`;
      void outbox.send(client, encodeRefusal({ client, round }, reason));
    }
  }

  /** Kept beside the update that follows them; the server's side reads them when it merges. */
  private hearWindows(client: number, round: number, message: Uint8Array): void {
    if (round === this.desk.round && this.desk.isAsked(client) && !this.windows.has(client))
      this.windows.set(client, message);
  }

  private hearFigures(client: number, message: Uint8Array): void {
    const { round, purpose } = this.options.outbox.said;
    const { of, values } = decodeFigures(message, { client, round });
    if (of === 'loss' && purpose === 'train' && values.length === 1) this.losses.set(client, values[0]!);
    else if (of === purpose && !this.figures.has(client)) this.figures.set(client, values);
  }
}
