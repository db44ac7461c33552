// From opened shares to the secrets that unmask a sum: the own seed of each member whose message came, the mask key of each that vanished.
// A secret is held against what was told with the keys, so that a false share is noticed. In: a cohort; out: its secrets.
import { publicKeyOf } from '../privacy/key-agreement.ts';
import { recoverSecret, type Share } from '../privacy/shamir.ts';
import { digestOfBytes, hexadecimal } from './bytes-in-hex.ts';
import type { PublicKeys } from './mask-messages.ts';

/** Clients that are summed together. */
export interface Cohort {
  /** Who has told keys. */
  readonly members: Map<number, PublicKeys>;
  threshold: number;
  /** Sealed shares: from whom, to whom. Those who have written are the members whose masks cancel. */
  readonly letters: Map<number, ReadonlyMap<number, Uint8Array>>;
  readonly masked: Map<number, Uint32Array>;
  /** Shares opened: by whom, of whom. */
  readonly revealed: Map<number, ReadonlyMap<number, Uint8Array>>;
  /** Why it is given up, or null. */
  refusal: string | null;
}

/** What unmasks the sum of a cohort. */
export interface Unmasking {
  /** The members whose masks cancel, with their public mask keys. */
  readonly members: readonly (readonly [client: number, maskKey: Uint8Array])[];
  /** Own seeds of those whose messages came through, private mask keys of the others. */
  readonly seeds: readonly (readonly [client: number, seed: Uint8Array])[];
  readonly keys: readonly (readonly [client: number, maskKey: Uint8Array])[];
}

/**
 * What unmasks the sum of a cohort; null if the shares do not fit, and then the cohort is given up.
 *
 * @param onLiar told who has opened a false share
 */
export async function recoverCohort(
  cohort: Cohort,
  onLiar: (client: number) => void,
): Promise<Unmasking | null> {
  const { members, letters, masked } = cohort;
  const inCohort = [...sorted(letters).keys()];
  const seeds: [number, Uint8Array][] = [];
  const keys: [number, Uint8Array][] = [];
  for (const client of inCohort) {
    const { maskKey, seedDigest } = members.get(client)!;
    const isHere = masked.has(client);
    const isRight = async (secret: Uint8Array) =>
      isHere
        ? hexadecimal(await digestOfBytes(secret)) === hexadecimal(seedDigest)
        : hexadecimal(await publicKeyOf(secret)) === hexadecimal(maskKey);
    const secret = await secretFrom(cohort, client, isRight, onLiar);
    if (secret === null) {
      cohort.refusal = `secure sum: the shares of client ${client} do not fit what it has told; the server learns nothing`;
      return null;
    }
    (isHere ? seeds : keys).push([client, secret]);
  }
  return { members: inCohort.map((client) => [client, members.get(client)!.maskKey]), seeds, keys };
}

/** The secret of a client from the shares that the others have opened, one of which may be false if there are enough. */
async function secretFrom(
  { revealed, threshold }: Cohort,
  client: number,
  isRight: (secret: Uint8Array) => Promise<boolean>,
  onLiar: (client: number) => void,
): Promise<Uint8Array | null> {
  const all: Share[] = [...sorted(revealed)].flatMap(([by, of]) => {
    const value = of.get(client);
    return value ? [{ at: by + 1, value }] : [];
  });
  for (const liar of [null, ...all]) {
    const some = all.filter((share) => share !== liar).slice(0, threshold);
    if (some.length < threshold) return null;
    const secret = recoverSecret(some);
    if (secret === null || !(await isRight(secret))) continue;
    if (liar) onLiar(liar.at - 1);
    return secret;
  }
  return null;
}

/** By client. */
export function sorted<T>(map: ReadonlyMap<number, T>): Map<number, T> {
  return new Map([...map].sort(([a], [b]) => a - b));
}
