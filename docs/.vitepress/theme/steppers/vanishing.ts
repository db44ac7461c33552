// Lesson 7: six clients, some of them absent in each round, and what two servers make of it: one that keeps tokens and
// masks whom it has never heard from, and one that puts a row of zeros for whoever is absent.
import { isPresent } from '../../../../lib/federated/client-side.ts';
import { Memory } from '../../../../lib/federated/memory.ts';
import { completeSettings } from '../../../../lib/federated/settings.ts';
import { Tokens } from '../../../../lib/federated/tokens.ts';
import { attentionMask, scaledDotProductAttention } from '../../../../lib/model/attention.ts';
import { fromRows, toRows } from '../../../../lib/numeric/matrix.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';
import { cosine } from '../../../../lib/privacy/attack.ts';
import { numberInput } from './inputs.ts';
import { fixed, likenessInWords } from './words.ts';

export const clients = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn'];
export const rounds = 12;
export const inputs = { absent: numberInput('Absent each round', [20, 50, 80], 50, ' %') };
const temperature = 0.5;
/** What each client wants; every message is this with some noise. */
const wants = [
  [0.9, 0.8, 0.3, -0.3, -0.4, -0.3],
  [0.8, 0.7, 0.9, -0.4, -0.3, -0.5],
  [-0.4, -0.3, -0.4, 0.9, 0.7, 0.8],
  [-0.3, -0.5, -0.4, 0.8, 0.4, 0.9],
  [0.7, 0.4, 0.6, -0.6, -0.3, -0.2],
  [-0.5, -0.2, -0.6, 0.6, 0.8, 0.5],
];
const items = wants[0]!.length;

export interface VanishingStep {
  readonly round: number;
  /** Who sent a message in this round. */
  readonly isHere: readonly boolean[];
  /** Rounds since a client's last message; null if there was none. */
  readonly ages: readonly (number | null)[];
  /** Cosine of the personal part with the one that nobody's absence would give, mean over clients. */
  readonly kept: number;
  readonly zeroRows: number;
  /** Share of all attention that goes to rows of zeros. */
  readonly wasted: number;
}

/** The rounds one by one, with each client absent with probability `dropout`. */
export function vanishingSteps(dropout: number): VanishingStep[] {
  const settings = completeSettings({ dropout, seed: 3 });
  const memory = settings.tokenMemory;
  const tokens = new Tokens(clients.length, items, new Memory(), memory);
  const ideal = new Tokens(clients.length, items, new Memory(), memory);
  const ages: (number | null)[] = clients.map(() => null);
  return Array.from({ length: rounds }, (_, index) => {
    const round = index + 1;
    const isHere = clients.map((_, client) => isPresent(client, round, settings));
    for (const [client, here] of isHere.entries()) {
      const update = messageOf(client, round);
      ideal.receive(update);
      if (here) tokens.receive(update);
      const age = ages[client]!;
      ages[client] = here ? 0 : age === null ? null : age + 1;
    }
    const wanted = personalParts(rowsOf(ideal), ideal.known).output;
    const known = personalParts(rowsOf(tokens), tokens.known);
    const zeroed = rowsOf(tokens).map((row, client) => (isHere[client] ? row : row.map(() => 0)));
    const zeroes = personalParts(zeroed, new Uint8Array(clients.length).fill(1));
    return {
      round,
      isHere,
      ages: [...ages],
      kept: likeness(known.output, wanted),
      zeroRows: likeness(zeroes.output, wanted),
      wasted:
        zeroes.weights.flatMap((row) => row.filter((_, v) => !isHere[v])).reduce((sum, x) => sum + x, 0) /
        clients.length,
    };
  });
}

/** What a round shows, in words that follow from its numbers. */
export function vanishingCaption({ round, isHere, ages, kept, zeroRows, wasted }: VanishingStep): string {
  const absent = isHere.filter((here) => !here).length;
  const unheard = ages.filter((age) => age === null).length;
  const who =
    absent === 0
      ? 'Everybody is here'
      : `${absent} of ${clients.length} clients ${absent === 1 ? 'is' : 'are'} absent`;
  const never =
    unheard === 0 ? '' : `; the server has never heard from ${unheard === 1 ? 'one' : unheard} of them`;
  const looking =
    absent === 0
      ? ''
      : ` Rows of zeros for the absent would give ${fixed(zeroRows, 2)}, with ${(100 * wasted).toFixed(0)} % of the attention on rows that say nothing.`;
  return `Round ${round}: ${who}${never}. With kept tokens, the personal parts point ${likenessInWords(kept)} they would if nobody were ever absent (mean cosine ${fixed(kept, 2)}).${looking}`;
}

/** A message of rank one whose last column is what the client wants, with noise. */
function messageOf(client: number, round: number) {
  const rng = randomStream(1, 'message', round, client);
  return {
    client,
    round,
    rows: Uint32Array.from({ length: items }, (_, item) => item),
    rank: 1,
    dims: 1,
    left: Float32Array.from(wants[client]!, (value) => value + 0.2 * rng.normal()),
    right: Float32Array.of(1),
    extra: new Float32Array(0),
  };
}

function rowsOf(tokens: Tokens): number[][] {
  const out = new Float32Array(items);
  return clients.map((_, client) => {
    tokens.read(client, out);
    return [...out];
  });
}

/** Attention over the rows, as in lesson 6. */
function personalParts(rows: readonly (readonly number[])[], known: Uint8Array) {
  const counted = rows.filter((_, client) => known[client] === 1);
  const mean = rows[0]!.map(
    (_, item) => counted.reduce((sum, row) => sum + row[item]!, 0) / Math.max(1, counted.length),
  );
  const centred = rows.map((row, client) =>
    row.map((value, item) => (known[client] === 1 ? value - mean[item]! : 0)),
  );
  const directions = fromRows(
    centred.map((row) => row.map((value) => value / Math.max(1e-9, Math.hypot(...row)))),
  );
  const mask = attentionMask(clients.length, { noSelf: true, keyMask: known });
  const attention = {
    queries: directions,
    keys: directions,
    values: fromRows(centred),
    scale: 1 / temperature,
    mask,
  };
  const { weights, output } = scaledDotProductAttention(attention);
  return { weights: toRows(weights), output: toRows(output) };
}

function likeness(got: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  return got.reduce((sum, row, client) => sum + cosine(row, wanted[client]!), 0) / got.length;
}
