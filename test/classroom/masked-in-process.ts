// Secure sums without a network, for tests: participants and the server's desk hand each other messages, phase by phase.
import { MaskedDesk, type MaskPhase } from '../../lib/classroom/masked-desk.ts';
import { MaskedHome } from '../../lib/classroom/masked-home.ts';
import type { Unmasking } from '../../lib/classroom/recover-cohort.ts';
import { unmaskingSide } from '../../lib/classroom/unmask.ts';
import type { Sides } from '../../lib/federated/sides.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { CohortSum } from '../../lib/privacy/cohort-sum.ts';
import { encodeMasked } from '../../lib/privacy/masked-message.ts';

export const [items, dims, round, attempt] = [6, 2, 3, 77];
export const length = items * dims;

/** What a client has trained. */
export function numbersOf(client: number): Float32Array {
  const rng = randomStream(5, 'numbers', client);
  return Float32Array.from({ length }, () => rng.normal());
}

export interface MaskedClass {
  readonly homes: Map<number, MaskedHome>;
  readonly desk: MaskedDesk;
  /** Everybody's masked words. */
  readonly words: Map<number, Uint32Array>;
}

/** Homes with secrets that are their numbers, at a desk that waits for keys. */
export function openMasked(clients: readonly number[], quorum = 0.5): MaskedClass {
  const nothing = { round: 0, attempt: 0, roster: '', letters: '', survivors: '' };
  const secretOf = (client: number) => `${client}`.padStart(2, '0').repeat(32);
  const homes = new Map(
    clients.map((client) => [
      client,
      new MaskedHome('test', client, { ...nothing, secret: secretOf(client) }),
    ]),
  );
  return { homes, desk: new MaskedDesk({ round, attempt, seats: 16, quorum, length }), words: new Map() };
}

/** What a home answers in a phase. */
export async function answerOf(home: MaskedHome, phase: MaskPhase, asked: Uint8Array, client: number) {
  if (phase === 'keys') return home.keys(round, attempt);
  if (phase === 'shares') return home.share(asked);
  if (phase === 'unmask') return home.reveal(asked);
  return (await home.mask(asked, () => numbersOf(client)))!;
}

/** Runs a phase and closes it. @param absent who says nothing @returns whether any cohort goes on */
export async function runPhase(
  { homes, desk, words }: MaskedClass,
  absent: readonly number[] = [],
  change: (client: number, answer: Uint8Array) => Uint8Array = (_client, answer) => answer,
): Promise<boolean> {
  const { phase } = desk;
  for (const [client, home] of homes) {
    if (absent.includes(client) || !desk.asks(client)) continue;
    const answer = await answerOf(home, phase, desk.messagesFor(client).at(-1)!, client);
    if (phase === 'train') words.set(client, home.lastWords!);
    desk.accept(client, change(client, answer));
  }
  return desk.advance();
}

/** The sum of a cohort, by the server's side of the simulator. */
export async function sumOf({ desk }: MaskedClass, masks: readonly (Unmasking | null)[]) {
  const cohortSum = new CohortSum(items, dims, 0, 1);
  const server = {
    beginChunk: () => {},
    receive(message: Uint8Array, client: number) {
      cohortSum.receive(message, client, round);
      return null;
    },
    finishChunk: () => cohortSum.finish(),
  };
  const side = await unmaskingSide({ server } as unknown as Sides, cohortSum, masks);
  const came = [...desk.cohorts[0]!.masked].sort(([a], [b]) => a - b);
  side.beginChunk(
    round,
    came.map(([client]) => client),
  );
  for (const [client, words] of came) side.receive(encodeMasked(words, client, round), client, round);
  return side.finishChunk();
}
