// What a list of members must be like before a participant shares its secrets with them. In: the server's list; out: why it is refused, and
// six digits by which members notice that they were told different keys.
import { reject } from '../federated/wire/bits.ts';
import { digestOfBytes, hexadecimal } from './bytes-in-hex.ts';
import type { PublicKeys, Roster } from './mask-messages.ts';

/** Members who must tell their shares: more than half, so that no two groups without a common member can be told different things. */
export function leastThreshold(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** @param mine what this participant has told. @throws WireError saying which rule the list breaks */
export function checkRoster({ members, threshold }: Roster, mine: PublicKeys): void {
  const told = members.find(({ client }) => client === mine.client);
  if (!told || !sameKeys(told, mine)) reject('the roster has not the keys that this client has told');
  const keys = members.flatMap(({ maskKey, letterKey }) => [hexadecimal(maskKey), hexadecimal(letterKey)]);
  if (new Set(keys).size < keys.length) reject('a key stands in the roster twice');
  const least = Math.max(2, leastThreshold(members.length));
  if (threshold < least || threshold > members.length)
    reject(`the threshold is ${threshold}; of ${members.length} members, ${least} are the fewest`);
}

function sameKeys(a: PublicKeys, b: PublicKeys): boolean {
  const text = ({ maskKey, letterKey, seedDigest }: PublicKeys) =>
    [maskKey, letterKey, seedDigest].map(hexadecimal).join();
  return text(a) === text(b);
}

/** Six digits for people to compare. */
export async function fingerprintOf({ members }: Roster): Promise<string> {
  const keys = members.flatMap(({ client, maskKey, letterKey }) => [client, ...maskKey, ...letterKey]);
  const [a, b, c] = await digestOfBytes(Uint8Array.from(keys));
  return String(((a! << 16) | (b! << 8) | c!) % 1_000_000).padStart(6, '0');
}
