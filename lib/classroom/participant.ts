// A participant: a home on a line. It hears what the server asks of everybody, and answers with messages; whatever it has kept
// makes a second answer the same as the first. In: a home, a line; out: what happened, for whoever shows it.
import { readHeader } from '../federated/wire/header.ts';
import { WireError } from '../federated/wire.ts';
import { type Announcement, decodeAnnouncement } from './announcement.ts';
import type { Home } from './home.ts';
import type { HomeRecord } from './home-record.ts';
import type { Link } from './link.ts';
import type { MaskedHome } from './masked-home.ts';
import { decodeRefusal, encodeFigures, encodePresence } from './messages.ts';
import type { ParticipantEvent } from './participant-events.ts';
import { type Topics, topicsOf } from './topics.ts';

/** Milliseconds that a farewell may take. */
const FAREWELL_LIMIT = 1000;

export interface ParticipantOptions {
  readonly run: string;
  readonly home: Home;
  readonly link: Link;
  /** As in the farewell that the link leaves with the broker. */
  readonly session: number;
  /** Whether it tells its loss and how its held-out items are ranked. */
  readonly givesFigures: boolean;
  /** Keeps what must survive a reload; the message leaves only when it is kept. */
  readonly keep?: (record: HomeRecord) => Promise<void>;
  readonly onEvent?: (event: ParticipantEvent) => void;
}

/** A session's number; not a result, so it may come from anywhere. */
export function newSession(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** What a participant's farewell says, by itself or by the broker. */
export function farewell(client: number, session: number): Uint8Array {
  return encodePresence({
    client,
    isHere: false,
    session,
    modelRound: 0,
    tableRound: 0,
    givesFigures: false,
  });
}

export class Participant {
  private readonly options: ParticipantOptions;
  private readonly topics: Topics;
  private queue: Promise<void> = Promise.resolve(); // one message after the other
  private waiting: Announcement | null = null; // for the model, or the personal part, that it needs
  private hasEnded = false;
  private saidWith = -1; // the model that it has said it has, on this line

  constructor(options: ParticipantOptions) {
    this.options = options;
    this.topics = topicsOf(options.run);
  }

  /** Goes on until the server says that the run has ended, or the link is closed. */
  async start(): Promise<void> {
    const { home, link } = this.options;
    await home.prepare();
    link.onBroken((reason) => {
      if (!this.hasEnded) this.tell({ type: 'disconnected', reason });
    });
    const hear = (_topic: string, message: Uint8Array) => this.later(() => this.hear(message));
    const { round, mine } = this.topics;
    // The answer confirms that a round was heard; and the broker says it again on a new line.
    await link.subscribe([round], hear, { isConfirmed: false });
    await link.subscribe([mine(home.client)], hear);
    link.onOpen(() => {
      this.tell({ type: 'connected' });
      this.saidWith = -1;
      this.later(() => this.sayHere());
    });
  }

  /** Says good-bye and hangs up. */
  async leave(): Promise<void> {
    const { home, link, session } = this.options;
    const said = link.publish(this.topics.here(home.client), farewell(home.client, session), {
      isRetained: true,
    });
    // Where the line is broken, nobody hears it: the broker says it for whoever is gone.
    await Promise.race([said, new Promise((resolve) => setTimeout(resolve, FAREWELL_LIMIT))]);
    await link.close(true);
  }

  private later(work: () => Promise<void>): void {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      const { message: reason } = error as Error;
      // What came breaks a rule: it is left out. Anything else is a fault of this side.
      this.tell(
        error instanceof WireError ? { type: 'refused', round: 0, reason } : { type: 'failed', reason },
      );
    });
  }

  private async hear(message: Uint8Array): Promise<void> {
    const { home } = this.options;
    const { kind, round } = readHeader(message);
    if (kind === 'round') return this.answer(decodeAnnouncement(message));
    if (kind === 'refusal') {
      const { reason } = decodeRefusal(message, home.client);
      return this.tell({ type: 'refused', round, reason });
    }
    if (kind === 'keys' || kind === 'shares' || kind === 'survivors') return this.answerMasked(kind, message);
    if (kind === 'model') home.receiveModel(message);
    else if (kind === 'part') home.scores.receivePart(message, round);
    else if (kind === 'nearness') home.receiveTable(message, round);
    else return;
    this.tell({ type: 'received', what: kind, round, bytes: message.length });
    const { waiting } = this;
    this.waiting = null;
    if (waiting) await this.answer(waiting);
  }

  private async answer(asked: Announcement): Promise<void> {
    const { home, givesFigures } = this.options;
    this.waiting = null;
    if (!home.follow(asked)) {
      this.waiting = asked;
      return this.sayHere(); // the server sends what is missing
    }
    this.tell({ type: 'asked', announcement: asked });
    if (asked.purpose === 'end') {
      this.hasEnded = true;
      this.tell({ type: 'ended', round: asked.round });
    } else if (asked.purpose === 'keys') {
      if (home.masked) await this.publish(await home.masked.keys(asked.round, asked.attempt), true);
    } else if (asked.purpose === 'train') {
      if (!home.masked) await this.train(asked.round); // else when the others' shares have come
    } else if ((asked.purpose === 'validation' || asked.purpose === 'test') && givesFigures) {
      const lacksPart = asked.partRound > 0 && home.scores.partRound !== asked.partRound;
      if (lacksPart || home.tableRound !== asked.tableRound) this.waiting = asked;
      else {
        const figures = home.scores.measure(asked.purpose, asked.mixes, asked.orders);
        await this.sendFigures(asked.round, asked.purpose, figures);
      }
    }
  }

  /** Secure sums: the answers to what only this participant was told. */
  private async answerMasked(kind: 'keys' | 'shares' | 'survivors', message: Uint8Array): Promise<void> {
    const { masked } = this.options.home;
    if (!masked) return;
    if (kind === 'keys') await this.publish(await masked.share(message), true);
    else if (kind === 'survivors') await this.publish(await masked.reveal(message), true);
    else await this.trainMasked(masked, message);
  }

  private async trainMasked(masked: MaskedHome, message: Uint8Array): Promise<void> {
    const { home, givesFigures } = this.options;
    const { round } = readHeader(message);
    let [loss, isRepeated] = [Number.NaN, false];
    const words = await masked.mask(message, (cohort) => {
      const turn = home.takeOpenTurn(round, cohort);
      if (turn) ({ loss, isRepeated } = turn);
      return turn?.numbers ?? null;
    });
    if (words === null) return;
    await this.options.keep?.(home.record);
    if (givesFigures) await this.sendFigures(round, 'loss', Float64Array.of(loss));
    this.tell({ type: 'sent', round, loss, message: words, isRepeated });
    await this.publish(words);
  }

  /**
   * Sends an answer to the server, which asks again if it is lost with the line. `keepsFirst`: keys or shares, once what they stand for
   * is kept.
   */
  private async publish(message: Uint8Array, keepsFirst = false): Promise<void> {
    const { home, link, keep } = this.options;
    if (keepsFirst) {
      await keep?.(home.record);
      this.tell({ type: 'keys-sent', round: readHeader(message).round, message });
    }
    await link.publish(this.topics.up(home.client), message, { isConfirmed: false });
  }

  private async train(round: number): Promise<void> {
    const { home, givesFigures, keep } = this.options;
    const turn = home.takeTurn(round);
    if (turn === null) return;
    const { message, windows, loss, isRepeated } = turn;
    await keep?.(home.record);
    if (givesFigures) await this.sendFigures(round, 'loss', Float64Array.of(loss));
    if (windows) {
      this.tell({ type: 'windows-sent', round, message: windows });
      await this.publish(windows); // before the update, with which they count
    }
    this.tell({ type: 'sent', round, loss, message, isRepeated });
    await this.publish(message);
  }

  private async sendFigures(
    round: number,
    of: 'loss' | 'validation' | 'test',
    values: Float64Array,
  ): Promise<void> {
    const message = encodeFigures({ client: this.options.home.client, round, of, values });
    this.tell({ type: 'figures-sent', round, message });
    await this.publish(message);
  }

  private async sayHere(): Promise<void> {
    const { home, link, session, givesFigures } = this.options;
    const { client, modelRound, tableRound } = home;
    if (modelRound === this.saidWith) return; // the server knows, what is missing is on its way
    this.saidWith = modelRound;
    const presence = encodePresence({ client, isHere: true, session, modelRound, tableRound, givesFigures });
    await link.publish(this.topics.here(client), presence, { isRetained: true });
  }

  private tell(event: ParticipantEvent): void {
    this.options.onEvent?.(event);
  }
}
