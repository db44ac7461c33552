// A round with secure sums, phase by phase: keys, shares, masked messages, shares opened. Each phase is announced, waited for, and
// closed; what it takes to go on after a crash is kept before the first share is asked to be opened. In: what executor and desk offer;
// out: masked messages, and the secrets that unmask their sums.
import { encodeMasked } from '../privacy/masked-message.ts';
import type { Desk } from './desk.ts';
import { MaskedDesk, type MaskPhase } from './masked-desk.ts';
import type { Cohort, Unmasking } from './recover-cohort.ts';

/** What must survive a crash between the masked messages and their sum. */
export interface PendingMasks {
  readonly round: number;
  readonly attempt: number;
  readonly cohorts: readonly Cohort[];
}

/** What a round with secure sums comes to. */
export interface MaskedRound {
  /** By client, in their order; those of cohorts that were given up are not among them. */
  readonly messages: readonly (readonly [client: number, message: Uint8Array])[];
  readonly masks: readonly (Unmasking | null)[];
  readonly bytesUp: number;
}

/** What the executor does for a masked round. */
export interface MaskedFloor {
  readonly desk: Desk;
  readonly seats: number;
  readonly quorum: number;
  /** Numbers of a message. */
  readonly length: number;
  /** Whether a client may take part at all, and whether it sends a message in this round. */
  mayTakePart(client: number): boolean;
  sends(client: number, round: number): boolean;
  announce(round: number, purpose: MaskPhase, attempt: number): Promise<void>;
  /** Waits until it holds; asked again with true when time is up. */
  until(holds: (isTimeUp: boolean) => boolean): Promise<void>;
  send(client: number, message: Uint8Array): void;
  keep(pending: PendingMasks): Promise<void>;
  refuse(client: number, reason: string): void;
}

export class MaskedRounds {
  private readonly floor: MaskedFloor;
  private current: MaskedDesk | null = null;
  private pending: PendingMasks | null;

  /** @param pending what an earlier process has kept */
  constructor(floor: MaskedFloor, pending: PendingMasks | null) {
    this.floor = floor;
    this.pending = pending;
  }

  /** Whether a round goes on that an earlier process has begun. */
  goesOnWith(round: number): boolean {
    return this.pending?.round === round;
  }

  /** Tells a participant that has come back what it has to know. */
  resend(client: number): void {
    for (const message of this.current?.messagesFor(client) ?? []) this.floor.send(client, message);
  }

  /** Whether a message repeats an answer to an earlier phase. */
  isPast(message: Uint8Array): boolean {
    return this.current?.isPast(message) ?? false;
  }

  async run(round: number): Promise<MaskedRound> {
    const { desk } = this.floor;
    const masked = this.goesOnWith(round) ? this.continued() : await this.masked(round);
    this.pending = null;
    if (masked.phase === 'unmask' && masked.cohorts.some(({ refusal }) => refusal === null)) {
      await this.phase(masked, (client) => masked.asks(client));
      masked.advance();
    }
    const masks = await masked.recover((liar) => this.floor.refuse(liar, 'it has opened a false share'));
    desk.close();
    this.current = null;
    this.tellRefusals(masked);
    const counted = masked.cohorts.filter(({ refusal }) => refusal === null);
    const messages = counted.flatMap((cohort) =>
      [...cohort.masked].map(([client, words]) => [client, encodeMasked(words, client, round)] as const),
    );
    return { messages: messages.sort(([a], [b]) => a - b), masks, bytesUp: masked.bytesUp };
  }

  /** The phases up to the masked messages. */
  private async masked(round: number): Promise<MaskedDesk> {
    const { seats, quorum, length, mayTakePart, sends, keep } = this.floor;
    const attempt = crypto.getRandomValues(new Uint32Array(1))[0]!; // no result depends on it
    const masked = new MaskedDesk({ round, attempt, seats, quorum, length });
    this.current = masked;
    const takesPart = {
      keys: mayTakePart,
      shares: (client: number) => mayTakePart(client) && masked.asks(client),
      train: (client: number) => mayTakePart(client) && masked.asks(client) && sends(client, round),
    };
    for (const phase of ['keys', 'shares', 'train'] as const) {
      await this.phase(masked, takesPart[phase]);
      if (!masked.advance()) return masked;
    }
    await keep({ round, attempt, cohorts: masked.cohorts });
    return masked;
  }

  private continued(): MaskedDesk {
    const { round, attempt, cohorts } = this.pending!;
    const { seats, quorum, length } = this.floor;
    const masked = new MaskedDesk({ round, attempt, seats, quorum, length }, cohorts);
    masked.phase = 'unmask';
    this.current = masked;
    return masked;
  }

  private async phase(masked: MaskedDesk, takesPart: (client: number) => boolean): Promise<void> {
    const { desk, announce, send, until } = this.floor;
    const { round, attempt } = masked.options;
    const { phase } = masked;
    desk.open(round, takesPart, (client, message) => masked.accept(client, message));
    await announce(round, phase, attempt);
    for (const client of desk.present.keys()) {
      const message = takesPart(client) ? masked.messagesFor(client).at(-1) : undefined;
      if (message) send(client, message);
    }
    await until((isTimeUp) =>
      phase === 'keys' ? desk.isComplete(isTimeUp) : isTimeUp || (desk.haveAllAnswered && masked.isEnough),
    );
    desk.close();
  }

  private tellRefusals({ cohorts }: MaskedDesk): void {
    for (const { refusal, members } of cohorts) {
      if (refusal !== null) for (const client of members.keys()) this.floor.refuse(client, refusal);
    }
  }
}
