// What a participant has agreed to in a round with secure sums, as digests: it survives a reload, so that nobody gets its agreement to
// something else by asking again. In: a record and what is asked; out: the record after it, or why that is refused.
import { reject } from '../federated/wire/bits.ts';
import { digestOfBytes, hexadecimal } from './bytes-in-hex.ts';

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

/** What can be agreed to once in an attempt. */
export type Agreement = 'roster' | 'letters' | 'survivors';

/** A new participant's secret. */
export function newMaskingRecord(): MaskingRecord {
  const secret = hexadecimal(crypto.getRandomValues(new Uint8Array(32)));
  return { secret, round: 0, attempt: 0, roster: '', letters: '', survivors: '' };
}

/** The record at the beginning of an attempt. @throws WireError if the round is over, or shares were opened in another attempt at it */
export function beginAttempt(record: MaskingRecord, round: number, attempt: number): MaskingRecord {
  if (round < record.round) reject(`round ${round} is over, round ${record.round} has begun`);
  if (record.round === round && record.attempt === attempt) return record;
  if (record.round === round && record.survivors !== '')
    reject(`shares were opened in round ${round}; another attempt at it could take two sums apart`);
  return { secret: record.secret, round, attempt, roster: '', letters: '', survivors: '' };
}

/** From now on, no other message of this kind is agreed to. @throws WireError with `refusal` if another one was before */
export async function agreedTo(
  record: MaskingRecord,
  what: Agreement,
  message: Uint8Array,
  refusal: string,
): Promise<MaskingRecord> {
  const digest = hexadecimal(await digestOfBytes(message));
  if (record[what] !== '' && record[what] !== digest) reject(refusal);
  return { ...record, [what]: digest };
}
