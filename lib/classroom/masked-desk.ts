// The server's side of secure sums: it carries keys and sealed shares between participants, takes masked messages, and asks for as
// many opened shares as unmask the sums. It learns a sum a cohort, or nothing. In: messages of each phase; out: messages for each
// participant, and in the end the secrets that unmask the sums. A cohort is what is left of a chunk of clients; see chunksOf.
import { reject } from '../federated/wire/bits.ts';
import { type MessageKind, readHeader } from '../federated/wire/header.ts';
import { chunksOf } from '../training/executor.ts';
import { hexadecimal } from './bytes-in-hex.ts';
import {
  decodeMaskedWords,
  decodeRevealed,
  decodeRoster,
  decodeShares,
  encodeRoster,
  encodeShares,
  encodeSurvivors,
  type PublicKeys,
} from './mask-messages.ts';
import { type Cohort, recoverCohort, sorted, type Unmasking } from './recover-cohort.ts';
import { leastThreshold } from './roster.ts';

/** What participants are asked for, one after the other. */
export const maskPhases = ['keys', 'shares', 'train', 'unmask'] as const;
export type MaskPhase = (typeof maskPhases)[number];

const kindOf = { keys: 'keys', shares: 'shares', train: 'masked', unmask: 'revealed' } as const;

export interface MaskedDeskOptions {
  readonly round: number;
  /** Another number for each attempt at a round. */
  readonly attempt: number;
  readonly seats: number;
  /** Share of a cohort whose messages must come through; at least more than half must. */
  readonly quorum: number;
  /** Numbers of a message. */
  readonly length: number;
}

export class MaskedDesk {
  readonly options: MaskedDeskOptions;
  readonly cohorts: readonly Cohort[];
  phase: MaskPhase = 'keys';
  bytesUp = 0;
  private readonly cohortAt: (client: number) => Cohort;

  /** @param cohorts as an earlier process has left them. Default: nobody has said anything */
  constructor(options: MaskedDeskOptions, cohorts?: readonly Cohort[]) {
    this.options = options;
    const chunks = chunksOf(options.seats);
    const empty = (): Cohort => ({
      ...{ members: new Map(), letters: new Map(), masked: new Map(), revealed: new Map() },
      ...{ threshold: 0, refusal: null },
    });
    this.cohorts = cohorts ?? chunks.map(empty);
    this.cohortAt = (client) => this.cohorts[chunks.findIndex(([, to]) => client < to)]!;
  }

  /** Whether the phase asks for something of a client. */
  asks(client: number): boolean {
    const { members, letters, masked, refusal } = this.cohortAt(client);
    if (refusal !== null) return false;
    if (this.phase === 'keys') return true;
    return { shares: members, train: letters, unmask: masked }[this.phase].has(client);
  }

  /** Whether a message is of an earlier phase, and was answered. */
  isPast(message: Uint8Array): boolean {
    const { kind } = readHeader(message);
    const earlier = maskPhases.slice(0, maskPhases.indexOf(this.phase));
    return earlier.some((phase) => kindOf[phase] === kind);
  }

  /** Takes in what a client answers. @throws WireError saying which rule the message breaks */
  accept(client: number, message: Uint8Array): void {
    const { round, length } = this.options;
    const sender = { client, round };
    const cohort = this.cohortAt(client);
    this.expectKind(message);
    if (this.phase === 'keys') {
      const { attempt, members } = decodeRoster(message, sender);
      this.expectAttempt(attempt);
      const [mine] = members;
      if (members.length !== 1 || mine?.client !== client)
        reject('a client tells its own keys, and no others');
      expectNewKeys(mine, cohort.members.values());
      cohort.members.set(client, mine);
    } else if (this.phase === 'shares') {
      const { attempt, letters } = decodeShares(message, sender);
      this.expectAttempt(attempt);
      const others = [...cohort.members.keys()].filter((other) => other !== client);
      const absent = others.find((other) => !letters.some(([to]) => to === other));
      if (absent !== undefined) reject(`there is no letter for client ${absent}`);
      expectAmong(letters, cohort.members, 'a letter');
      cohort.letters.set(client, new Map(letters));
    } else if (this.phase === 'train') {
      const { attempt, words } = decodeMaskedWords(message, sender, length);
      this.expectAttempt(attempt);
      cohort.masked.set(client, words);
    } else {
      const { attempt, shares } = decodeRevealed(message, sender);
      this.expectAttempt(attempt);
      expectAmong(shares, cohort.letters, 'a share');
      cohort.revealed.set(client, new Map(shares));
    }
    this.bytesUp += message.length;
  }

  /** Whether every cohort that is not given up has as many answers as it needs. */
  get isEnough(): boolean {
    return this.cohorts.every(
      (cohort) => cohort.refusal !== null || this.answersOf(cohort).size >= cohort.threshold,
    );
  }

  /** Ends the phase: cohorts in which too few have answered are given up, by name; the others go on. @returns whether any does */
  advance(): boolean {
    const { phase } = this;
    for (const cohort of this.cohorts) {
      if (cohort.refusal !== null) continue;
      const came = this.answersOf(cohort).size;
      if (phase === 'keys') cohort.threshold = this.thresholdOf(came);
      if (came >= cohort.threshold && came > 0) continue;
      cohort.refusal =
        cohort.members.size === 0
          ? 'secure sum: nobody is here'
          : `secure sum: ${came} of ${cohort.members.size} ${words[phase]}, ${cohort.threshold} are needed; the server learns nothing`;
    }
    this.phase = maskPhases[maskPhases.indexOf(phase) + 1] ?? phase;
    return this.cohorts.some(({ refusal }) => refusal === null);
  }

  /** What a participant has to know so far, in order. */
  messagesFor(client: number): Uint8Array[] {
    const { round, attempt } = this.options;
    const { members, threshold, letters, masked, refusal } = this.cohortAt(client);
    if (refusal !== null || this.phase === 'keys' || !members.has(client)) return [];
    const sender = { client, round };
    const messages = [encodeRoster(sender, { attempt, threshold, members: [...sorted(members).values()] })];
    if (this.phase === 'shares' || !letters.has(client)) return messages;
    const toClient = [...sorted(letters)].filter(([writer]) => writer !== client);
    const carried = toClient.map(([writer, written]) => [writer, written.get(client)!] as const);
    messages.push(encodeShares(sender, { attempt, letters: carried }));
    if (this.phase === 'train' || !masked.has(client)) return messages;
    const came = [...sorted(masked).keys()];
    const missing = [...sorted(letters).keys()].filter((member) => !masked.has(member));
    return [...messages, encodeSurvivors(sender, { attempt, came, missing })];
  }

  /**
   * The secrets that unmask the sums, one cohort after the other; null for a cohort that is given up.
   *
   * @param onLiar told who has opened a false share
   */
  async recover(onLiar: (client: number) => void = () => {}): Promise<(Unmasking | null)[]> {
    const recovered: (Unmasking | null)[] = [];
    for (const cohort of this.cohorts) {
      recovered.push(cohort.refusal === null ? await recoverCohort(cohort, onLiar) : null);
    }
    return recovered;
  }

  private answersOf({ members, letters, masked, revealed }: Cohort): ReadonlyMap<number, unknown> {
    return { keys: members, shares: letters, train: masked, unmask: revealed }[this.phase];
  }

  private thresholdOf(members: number): number {
    return Math.max(2, leastThreshold(members), Math.ceil(this.options.quorum * members));
  }

  private expectKind(message: Uint8Array): void {
    const wanted: MessageKind = kindOf[this.phase];
    const { kind } = readHeader(message);
    if (kind !== wanted) reject(`it is of kind ${kind}; the class is at ${this.phase} and takes ${wanted}`);
  }

  private expectAttempt(attempt: number): void {
    if (attempt !== this.options.attempt)
      reject(`it belongs to attempt ${attempt} at the round, not to ${this.options.attempt}`);
  }
}

const words = {
  keys: 'told their keys',
  shares: 'shared their secrets',
  train: 'sent their message',
  unmask: 'opened their shares',
} as const;

function expectNewKeys(told: PublicKeys, known: Iterable<PublicKeys>): void {
  const texts = ({ maskKey, letterKey }: PublicKeys) => [hexadecimal(maskKey), hexadecimal(letterKey)];
  const mine = texts(told);
  if (mine[0] === mine[1]) reject('its two keys are the same');
  for (const other of known) {
    if (other.client !== told.client && texts(other).some((key) => mine.includes(key)))
      reject(`client ${other.client} has told one of its keys before`);
  }
}

function expectAmong(
  pairs: readonly (readonly [number, Uint8Array])[],
  members: ReadonlyMap<number, unknown>,
  what: string,
): void {
  const stranger = pairs.find(([client]) => !members.has(client));
  if (stranger) reject(`${what} names client ${stranger[0]}, who is not in the cohort`);
}
