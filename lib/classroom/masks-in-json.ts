// What secure sums leave on disk, as JSON: bytes in hexadecimal. In: masks of a round that is not summed yet, or what unmasked it; out:
// plain values, and back.
import { fromHexadecimal, hexadecimal } from './bytes-in-hex.ts';
import type { PendingMasks } from './masked-rounds.ts';
import type { Cohort, Unmasking } from './recover-cohort.ts';

type Pair = readonly [client: number, bytes: string];

interface CohortInJson extends Pick<Cohort, 'threshold' | 'refusal'> {
  /** Mask key, letter key, digest of the seed. */
  readonly members: readonly (readonly [client: number, keys: readonly string[]])[];
  readonly letters: readonly (readonly [client: number, to: readonly Pair[]])[];
  /** Words as their bytes. */
  readonly masked: readonly Pair[];
}

interface PendingInJson extends Pick<PendingMasks, 'round' | 'attempt'> {
  readonly cohorts: readonly CohortInJson[];
}

export function pendingToJson({ round, attempt, cohorts }: PendingMasks): PendingInJson {
  const inJson = cohorts.map(({ threshold, refusal, members, letters, masked }) => ({
    threshold,
    refusal,
    members: [...members.values()].map(
      ({ client, maskKey, letterKey, seedDigest }) =>
        [client, [maskKey, letterKey, seedDigest].map(hexadecimal)] as const,
    ),
    letters: [...letters].map(([client, to]) => [client, pairsToJson([...to])] as const),
    masked: pairsToJson(
      [...masked].map(([client, words]) => [
        client,
        new Uint8Array(words.buffer, words.byteOffset, words.byteLength),
      ]),
    ),
  }));
  return { round, attempt, cohorts: inJson };
}

export function pendingFromJson({ round, attempt, cohorts }: PendingInJson): PendingMasks {
  const read = cohorts.map(({ threshold, refusal, members, letters, masked }): Cohort => {
    const keys = members.map(([client, texts]) => {
      const [maskKey, letterKey, seedDigest] = texts.map(fromHexadecimal) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      return [client, { client, maskKey, letterKey, seedDigest }] as const;
    });
    const words = pairsFromJson(masked).map(
      ([client, bytes]) => [client, new Uint32Array(bytes.buffer)] as const,
    );
    return {
      ...{ threshold, refusal, members: new Map(keys), masked: new Map(words), revealed: new Map() },
      letters: new Map(letters.map(([client, to]) => [client, new Map(pairsFromJson(to))])),
    };
  });
  return { round, attempt, cohorts: read };
}

export type UnmaskingsInJson = readonly (Readonly<Record<keyof Unmasking, readonly Pair[]>> | null)[];

export function unmaskingsToJson(masks: readonly (Unmasking | null)[]): UnmaskingsInJson {
  return masks.map(
    (cohort) =>
      cohort && {
        members: pairsToJson(cohort.members),
        seeds: pairsToJson(cohort.seeds),
        keys: pairsToJson(cohort.keys),
      },
  );
}

export function unmaskingsFromJson(masks: UnmaskingsInJson): (Unmasking | null)[] {
  return masks.map(
    (cohort) =>
      cohort && {
        members: pairsFromJson(cohort.members),
        seeds: pairsFromJson(cohort.seeds),
        keys: pairsFromJson(cohort.keys),
      },
  );
}

function pairsToJson(pairs: readonly (readonly [number, Uint8Array])[]): Pair[] {
  return pairs.map(([client, bytes]) => [client, hexadecimal(bytes)]);
}

function pairsFromJson(pairs: readonly Pair[]): [number, Uint8Array][] {
  return pairs.map(([client, text]) => [client, fromHexadecimal(text)]);
}
