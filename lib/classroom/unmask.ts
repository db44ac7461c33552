// Masked messages made into sums, with the secrets that were recovered: the same words as in the simulator, because what the masks add
// to a sum is taken away to the bit. In: a round's secrets; out: a server's side that adds up masked messages.
import type { ReceivingSide, Sides } from '../federated/sides.ts';
import { CohortSum } from '../privacy/cohort-sum.ts';
import { AgreedMasks } from './agreed-masks.ts';
import type { Unmasking } from './recover-cohort.ts';

/** The secure sum of a recipe; null if it has none. */
export function cohortSumOf({ secureSum }: Sides): CohortSum | null {
  return secureSum instanceof CohortSum ? secureSum : null;
}

/** A server's side for one round, whose masks the secrets undo. */
export async function unmaskingSide(
  { server }: Sides,
  cohortSum: CohortSum,
  unmaskings: readonly (Unmasking | null)[],
): Promise<ReceivingSide> {
  const cohorts = await Promise.all(
    unmaskings.flatMap((unmasking) => (unmasking === null ? [] : [masksLeftIn(unmasking, cohortSum.length)])),
  );
  return {
    beginChunk(round, present) {
      const cohort = cohorts.find(({ members }) => members.includes(present[0]!));
      cohortSum.begin(round, cohort?.members ?? [], cohort?.masks);
    },
    receive: (...message) => server.receive(...message),
    finishChunk: () => ({ ...server.finishChunk(), bytes: 0 }), // the desk has counted what it took
  };
}

/** The masks that do not cancel in a sum: each sender's own, and those that senders share with the missing (Eq. 32). */
async function masksLeftIn(
  { members, seeds, keys }: Unmasking,
  length: number,
): Promise<{ members: number[]; masks: AgreedMasks }> {
  const masks = new AgreedMasks(length);
  const publicKeys = new Map(members);
  for (const [client, seed] of seeds) await masks.addOwn(client, seed);
  for (const [missing, key] of keys) {
    for (const [client] of seeds) await masks.addPair(client, missing, key, publicKeys.get(client)!);
  }
  return { members: members.map(([client]) => client), masks };
}
