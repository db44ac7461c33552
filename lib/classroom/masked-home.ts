// A participant's side of secure sums, four messages a round: keys, shares of its secrets, masked numbers, and shares of the others'
// secrets opened. What it has answered once it answers again in the same bytes, and it refuses whatever would let the server read a
// single message. In: what the server says; out: the answers. Bonawitz et al. (2017), figure 4, doi 10.1145/3133956.3133982.
import { reject } from '../federated/wire/bits.ts';
import { readHeader } from '../federated/wire/header.ts';
import type { Update } from '../federated/wire.ts';
import { maskedNumbers } from '../privacy/cohort-sum.ts';
import { SHARE_BYTES } from '../privacy/shamir.ts';
import { AgreedMasks } from './agreed-masks.ts';
import {
  decodeRoster,
  decodeShares,
  decodeSurvivors,
  encodeMaskedWords,
  encodeRevealed,
  encodeRoster,
  encodeShares,
  type Roster,
} from './mask-messages.ts';
import {
  type Agreement,
  agreedTo,
  beginAttempt,
  type MaskingRecord,
  newMaskingRecord,
} from './masking-record.ts';
import { checkRoster, fingerprintOf } from './roster.ts';
import { RoundSecrets } from './round-secrets.ts';

export class MaskedHome {
  /** What must be kept before an answer leaves. */
  record: MaskingRecord;
  /** What it has sent last, as the server sees it. */
  lastWords: Uint32Array | null = null;
  /** Six digits that are the same at all members, unless the server has told them different keys. */
  fingerprint = '';
  private readonly run: string;
  private readonly client: number;
  private secrets: RoundSecrets | null = null;
  private roster: Roster | null = null;
  private shares = new Map<number, Uint8Array>(); // opened letters, by writer
  private cohort: readonly number[] = [];

  constructor(run: string, client: number, record: MaskingRecord = newMaskingRecord()) {
    this.run = run;
    this.client = client;
    this.record = record;
  }

  /** Its public keys for an attempt at a round. @throws WireError if it has opened shares in another attempt at this round */
  async keys(round: number, attempt: number): Promise<Uint8Array> {
    const { run, client } = this;
    this.record = beginAttempt(this.record, round, attempt);
    this.roster = null;
    this.secrets = await RoundSecrets.derive(this.record.secret, { run, client, round, attempt });
    const members = [await this.secrets.publicKeys()];
    return encodeRoster(this.sender, { attempt, threshold: 0, members });
  }

  /** Shares of its secrets for everybody in the roster, each under seal. @throws WireError if the roster breaks a rule */
  async share(message: Uint8Array): Promise<Uint8Array> {
    const secrets = this.secretsOf(message);
    const roster = decodeRoster(message, this.sender);
    this.expectAttempt(roster.attempt);
    checkRoster(roster, await secrets.publicKeys());
    await this.agreeTo('roster', message, 'the roster is not the one that shares were given for');
    this.roster = roster;
    this.fingerprint = await fingerprintOf(roster);
    const places = roster.members.map(({ client }) => client + 1);
    const shares = await secrets.shares(places, roster.threshold);
    const letters: [number, Uint8Array][] = [];
    this.shares.clear();
    for (const [at, { client, letterKey }] of roster.members.entries()) {
      if (client === this.client) this.shares.set(client, shares[at]!);
      else letters.push([client, await secrets.sealed(shares[at]!, client, letterKey)]);
    }
    return encodeShares(this.sender, { attempt: roster.attempt, letters });
  }

  /**
   * Its masked numbers, once it has everybody's shares.
   * A letter that does not open was changed, or is for another: then this one has no share to tell of its writer.
   *
   * @param numbersOf what it has trained in this round, given the members whose masks cancel; null if it sends nothing
   * @throws WireError if a letter is not from a member, or other letters came before
   */
  async mask(
    message: Uint8Array,
    numbersOf: (cohort: readonly number[]) => Float32Array | null,
  ): Promise<Uint8Array | null> {
    const secrets = this.secretsOf(message);
    const { attempt, letters } = decodeShares(message, this.sender);
    this.expectAttempt(attempt);
    const { members, threshold } = this.roster ?? reject('shares have come before the roster');
    await this.agreeTo('letters', message, 'the letters are not those whose writers were masked with before');
    const keysOf = new Map(members.map((member) => [member.client, member]));
    const cohort = [this.client, ...letters.map(([writer]) => writer)].sort((a, b) => a - b);
    if (cohort.length < threshold)
      reject(`${cohort.length} of ${members.length} share their secrets, ${threshold} are needed`);
    for (const [writer, letter] of letters) {
      const { letterKey } = keysOf.get(writer) ?? reject(`client ${writer} is not in the roster`);
      const shares = await secrets.opened(letter, writer, letterKey);
      if (shares) this.shares.set(writer, shares);
    }
    this.cohort = cohort;
    const numbers = numbersOf(cohort);
    if (numbers === null) return null;
    const masks = new AgreedMasks(numbers.length);
    await masks.addOwn(this.client, secrets.seed);
    for (const other of cohort) {
      const { maskKey } = keysOf.get(other)!;
      if (other !== this.client) await masks.addPair(this.client, other, secrets.maskKey, maskKey);
    }
    this.lastWords = maskedNumbers(numbers, this.client, cohort, masks);
    return encodeMaskedWords(this.sender, attempt, this.lastWords);
  }

  /** The shares that unmask the sum. @throws WireError if they would tell more than that */
  async reveal(message: Uint8Array): Promise<Uint8Array> {
    this.secretsOf(message);
    const { attempt, came, missing } = decodeSurvivors(message, this.sender);
    this.expectAttempt(attempt);
    const { threshold } = this.roster ?? reject('shares are asked for before the roster');
    const twice = came.find((client) => missing.includes(client));
    if (twice !== undefined)
      reject(`it asks for both secrets of client ${twice}, whose message would be open`);
    const listed = [...came, ...missing].sort((a, b) => a - b);
    if (listed.join() !== this.cohort.join()) reject('it does not list the members of the cohort');
    if (!came.includes(this.client)) reject('it says that this message did not come through');
    if (came.length < threshold)
      reject(`it asks for a sum of ${came.length}; ${threshold} are needed, or it would tell too much`);
    await this.agreeTo(
      'survivors',
      message,
      'it asks for other secrets than before; both together would open a message',
    );
    const shares = [...this.shares].map(([client, both]) => {
      const opened = came.includes(client) ? both.slice(SHARE_BYTES) : both.slice(0, SHARE_BYTES);
      return [client, opened] as const;
    });
    return encodeRevealed(this.sender, { attempt, shares });
  }

  /** What somebody sees who takes the masked words of its last message for numbers; null before the first. */
  lastAsUpdate({ round, items, dims }: { round: number; items: number; dims: number }): Update | null {
    const { client, lastWords } = this;
    if (!lastWords) return null;
    const left = Float32Array.from(lastWords.subarray(0, items * dims), (word) => word | 0);
    const rows = Uint32Array.from({ length: items }, (_, item) => item);
    const nothing = new Float32Array(0);
    return { client, round, rows, rank: 0, dims, left, right: nothing, extra: nothing };
  }

  private get sender() {
    return { client: this.client, round: this.record.round };
  }

  /** The secrets of the round that a message belongs to. */
  private secretsOf(message: Uint8Array): RoundSecrets {
    const { round } = readHeader(message);
    if (!this.secrets || round !== this.record.round) reject(`no keys were told in round ${round}`);
    return this.secrets;
  }

  private expectAttempt(attempt: number): void {
    if (attempt !== this.record.attempt)
      reject(`it belongs to attempt ${attempt}, not to ${this.record.attempt}`);
  }

  private async agreeTo(what: Agreement, message: Uint8Array, refusal: string): Promise<void> {
    this.record = await agreedTo(this.record, what, message, refusal);
  }
}
