// A participant's side of secure sums, four messages a round: keys, shares of its secrets, masked numbers, and shares of the others'
// secrets opened. What it has answered once it answers again in the same bytes, and it refuses whatever would let the server read a
// single message. In: what the server says; out: the answers. Bonawitz et al. (2017), figure 4, doi 10.1145/3133956.3133982.
//
// All secrets of a round follow from one that never leaves home, so that a reload or a crash changes nothing.
import { reject } from '../federated/wire/bits.ts';
import { readHeader } from '../federated/wire/header.ts';
import { maskedNumbers } from '../privacy/cohort-sum.ts';
import { derivedBytes } from '../privacy/derive-key.ts';
import { publicKeyOf, sharedSecret } from '../privacy/key-agreement.ts';
import { keyStream } from '../privacy/key-stream.ts';
import { openLetter, sealLetter } from '../privacy/sealed-box.ts';
import { COEFFICIENT_BYTES, SHARE_BYTES, splitSecret } from '../privacy/shamir.ts';
import { AgreedMasks } from './agreed-masks.ts';
import { digestOfBytes, fromHexadecimal, hexadecimal } from './bytes-in-hex.ts';
import {
  decodeRoster,
  decodeShares,
  decodeSurvivors,
  encodeMaskedWords,
  encodeRevealed,
  encodeRoster,
  encodeShares,
  type PublicKeys,
  type Roster,
} from './mask-messages.ts';

/** What must survive a reload: the secret, and what it has agreed to, so that it never agrees to something else. */
export interface MaskingRecord {
  /** In hexadecimal, as the digests below. */
  readonly secret: string;
  readonly round: number;
  readonly attempt: number;
  /** Digest of the roster whose shares it has given away; empty before that. */
  readonly roster: string;
  /** Digest of the letters whose writers' masks are in its message; empty before that. */
  readonly letters: string;
  /** Digest of the list of survivors for which it has opened shares; empty before that. */
  readonly survivors: string;
}

/** A new participant's secret. */
export function newMaskingRecord(): MaskingRecord {
  const secret = hexadecimal(crypto.getRandomValues(new Uint8Array(32)));
  return { secret, round: 0, attempt: 0, roster: '', letters: '', survivors: '' };
}

/** Members who must tell their shares: more than half, so that no two groups without a common member can be told different things. */
export function leastThreshold(members: number): number {
  return Math.floor(members / 2) + 1;
}

interface Secrets {
  readonly maskKey: Uint8Array;
  readonly letterKey: Uint8Array;
  readonly seed: Uint8Array;
}

export class MaskedHome {
  /** What must be kept before an answer leaves. */
  record: MaskingRecord;
  /** What it has sent last, as the server sees it. */
  lastWords: Uint32Array | null = null;
  /** Six digits that are the same at all members, unless the server has told them different keys. */
  fingerprint = '';
  private readonly run: string;
  private readonly client: number;
  private secrets: Secrets | null = null;
  private roster: Roster | null = null;
  private shares = new Map<number, Uint8Array>(); // opened letters, by writer
  private cohort: readonly number[] = [];
  private agreed = new Map<number, Promise<Uint8Array>>(); // secrets of letters, by the other end

  constructor(run: string, client: number, record: MaskingRecord = newMaskingRecord()) {
    this.run = run;
    this.client = client;
    this.record = record;
  }

  /** Its public keys for an attempt at a round. @throws WireError if it has opened shares in another attempt at this round */
  async keys(round: number, attempt: number): Promise<Uint8Array> {
    const { record } = this;
    if (round < record.round) reject(`round ${round} is over, round ${record.round} has begun`);
    const isKnown = record.round === round && record.attempt === attempt;
    if (!isKnown && record.round === round && record.survivors !== '')
      reject(`shares were opened in round ${round}; another attempt at it could take two sums apart`);
    if (!isKnown)
      this.record = { secret: record.secret, round, attempt, roster: '', letters: '', survivors: '' };
    this.roster = null;
    this.secrets = {
      maskKey: await this.derived('mask key'),
      letterKey: await this.derived('letter key'),
      seed: await this.derived('own seed'),
    };
    const members = [await this.publicKeys()];
    return encodeRoster(this.sender, { attempt, threshold: 0, members });
  }

  /** Shares of its secrets for everybody in the roster, each under seal. @throws WireError if the roster breaks a rule */
  async share(message: Uint8Array): Promise<Uint8Array> {
    const secrets = this.secretsOf(message);
    const roster = decodeRoster(message, this.sender);
    this.expectAttempt(roster.attempt);
    await this.checkRoster(roster);
    await this.commit('roster', message, 'the roster is not the one that shares were given for');
    this.roster = roster;
    this.agreed.clear();
    this.fingerprint = await fingerprintOf(roster);
    const places = roster.members.map(({ client }) => client + 1);
    const ofKey = splitSecret(secrets.maskKey, places, roster.threshold, await this.coefficients('mask key'));
    const ofSeed = splitSecret(secrets.seed, places, roster.threshold, await this.coefficients('own seed'));
    const letters: [number, Uint8Array][] = [];
    this.shares.clear();
    for (const [at, { client, letterKey }] of roster.members.entries()) {
      const shares = new Uint8Array([...ofKey[at]!.value, ...ofSeed[at]!.value]);
      if (client === this.client) this.shares.set(client, shares);
      else letters.push([client, await this.sealed(shares, client, letterKey)]);
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
    await this.commit('letters', message, 'the letters are not those whose writers were masked with before');
    const keysOf = new Map(members.map((member) => [member.client, member]));
    const cohort = [this.client, ...letters.map(([writer]) => writer)].sort((a, b) => a - b);
    if (cohort.length < threshold)
      reject(`${cohort.length} of ${members.length} share their secrets, ${threshold} are needed`);
    for (const [writer, letter] of letters) {
      const { letterKey } = keysOf.get(writer) ?? reject(`client ${writer} is not in the roster`);
      const shares = await this.opened(letter, writer, letterKey);
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
    await this.commit(
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

  private get sender() {
    return { client: this.client, round: this.record.round };
  }

  /** The secrets of the round that a message belongs to. */
  private secretsOf(message: Uint8Array): Secrets {
    const { round } = readHeader(message);
    if (!this.secrets || round !== this.record.round) reject(`no keys were told in round ${round}`);
    return this.secrets;
  }

  private expectAttempt(attempt: number): void {
    if (attempt !== this.record.attempt)
      reject(`it belongs to attempt ${attempt}, not to ${this.record.attempt}`);
  }

  /** From now on, no other message of this kind is agreed to. */
  private async commit(
    what: 'roster' | 'letters' | 'survivors',
    message: Uint8Array,
    refusal: string,
  ): Promise<void> {
    const digest = hexadecimal(await digestOfBytes(message));
    if (this.record[what] !== '' && this.record[what] !== digest) reject(refusal);
    this.record = { ...this.record, [what]: digest };
  }

  private async checkRoster({ members, threshold }: Roster): Promise<void> {
    const mine = await this.publicKeys();
    const told = members.find(({ client }) => client === this.client);
    if (!told || !sameKeys(told, mine)) reject('the roster has not the keys that this client has told');
    const keys = members.flatMap(({ maskKey, letterKey }) => [hexadecimal(maskKey), hexadecimal(letterKey)]);
    if (new Set(keys).size < keys.length) reject('a key stands in the roster twice');
    const least = Math.max(2, leastThreshold(members.length));
    if (threshold < least || threshold > members.length)
      reject(`the threshold is ${threshold}; of ${members.length} members, ${least} are the fewest`);
  }

  private async publicKeys(): Promise<PublicKeys> {
    const { maskKey, letterKey, seed } = this.secrets!;
    return {
      client: this.client,
      maskKey: await publicKeyOf(maskKey),
      letterKey: await publicKeyOf(letterKey),
      seedDigest: await digestOfBytes(seed),
    };
  }

  private derived(what: string): Promise<Uint8Array> {
    const { secret, round, attempt } = this.record;
    return derivedBytes(fromHexadecimal(secret), 32, this.run, this.client, round, attempt, what);
  }

  private async coefficients(what: string): Promise<Uint8Array> {
    const { threshold } = this.roster!;
    return keyStream(await this.derived(`shares of ${what}`), COEFFICIENT_BYTES * (threshold - 1));
  }

  private async sealed(shares: Uint8Array, to: number, letterKey: Uint8Array): Promise<Uint8Array> {
    return sealLetter(await this.letterKey(this.client, to, letterKey), shares, this.about(this.client, to));
  }

  private async opened(letter: Uint8Array, from: number, publicKey: Uint8Array): Promise<Uint8Array | null> {
    return openLetter(
      await this.letterKey(from, this.client, publicKey),
      letter,
      this.about(from, this.client),
    );
  }

  private async letterKey(from: number, to: number, publicKey: Uint8Array): Promise<Uint8Array> {
    const other = from === this.client ? to : from;
    const secret = this.agreed.get(other) ?? sharedSecret(this.secrets!.letterKey, publicKey);
    this.agreed.set(other, secret);
    return derivedBytes(await secret, 32, 'letter', from, to);
  }

  private about(from: number, to: number): string {
    return JSON.stringify([this.run, this.record.round, this.record.attempt, from, to]);
  }
}

function sameKeys(a: PublicKeys, b: PublicKeys): boolean {
  const text = ({ maskKey, letterKey, seedDigest }: PublicKeys) =>
    [maskKey, letterKey, seedDigest].map(hexadecimal).join();
  return text(a) === text(b);
}

/** Six digits for people to compare. */
async function fingerprintOf({ members }: Roster): Promise<string> {
  const keys = members.flatMap(({ client, maskKey, letterKey }) => [client, ...maskKey, ...letterKey]);
  const [a, b, c] = await digestOfBytes(Uint8Array.from(keys));
  return String(((a! << 16) | (b! << 8) | c!) % 1_000_000).padStart(6, '0');
}
