// Lesson 2: FedMF with three people and six films, run by the library itself. The first round is shown event by event; of
// the second one, only what the server makes of it, because Adam's very first step looks at signs alone.
import type { Split } from '../../../../lib/data/split.ts';
import type { RoundEvent } from '../../../../lib/federated/events.ts';
import { plainLoops } from '../../../../lib/federated/loops.ts';
import { fedmf } from '../../../../lib/peers/fedmf.ts';
import { openRun } from '../../../../lib/training/open-run.ts';
import { plural } from './words.ts';

export const inputs = {};
export const people = ['Ann', 'Ben', 'Cleo'];
export const films = ['Moon', 'Mars', 'Comet', 'Rose', 'Waltz', 'Letter'];
const watched = [
  [0, 1],
  [0, 1, 2],
  [3, 4, 5],
];
const factors = 2;
const dims = factors + 1;
const settings = {
  rounds: 2,
  factors,
  negatives: 2,
  recency: null,
  evaluateEvery: 2,
  serverLearningRate: 0.5,
  codec: 'float32',
} as const;

export interface RoundStep {
  readonly caption: string;
  /** What happens at home: the client's sample and its gradients. */
  readonly home: { readonly client: number; readonly rows: string[]; readonly values: number[][] } | null;
  /** The client's vector p, before and after its steps; it never leaves home. */
  readonly vector: { readonly client: number; readonly values: number[][] } | null;
  /** What is on the wire. */
  readonly wire: { readonly title: string; readonly rows: string[]; readonly values: number[][] } | null;
  /** G, the sum of the messages [films, factors + 1]; null while there is none. */
  readonly sum: number[][] | null;
  /** Q at the server [films, factors + 1]. */
  readonly itemTable: number[][];
}

/** The first round event by event, then the sum and the step of the second. */
export function roundSteps(): RoundStep[] {
  const { program, memory } = openRun(fedmf, split(), { settings, loops: plainLoops });
  const table = () => toRows(memory.arrays.itemTable as Float32Array);
  const vectors = () => vectorsOf(memory.arrays.clientStates as Float32Array);
  const start: RoundStep = {
    caption:
      'The server has an item table Q of small random numbers, and everybody has a copy. Each client has its own list of films and its own vector p.',
    home: null,
    vector: null,
    wire: null,
    sum: null,
    itemTable: table(),
  };
  const steps = [start];
  for (let round = 1; round <= 2; round++) {
    const before = { itemTable: table(), vectors: vectors() };
    const results = [program.trainChunk(round, 0, people.length, new Set(people.keys()))];
    const sum = toRows(results[0]!.sum!.items);
    for (const event of program.finishRound(round, results)) {
      if (event.type === 'client-trained' && round === 1)
        steps.push(atHome(event, before.itemTable, [before.vectors, vectors()]));
      if (event.type === 'update-sent' && round === 1) steps.push(onTheWire(event, steps.at(-1)!));
      if (event.type === 'updates-merged') steps.push(merged(event, sum, before.itemTable));
      if (event.type === 'broadcast-sent') steps.push(sentDown(event, sum, before.itemTable, table()));
    }
  }
  return steps;
}

type EventOf<Type extends RoundEvent['type']> = Extract<RoundEvent, { type: Type }>;

function atHome(
  { client, sample, loss }: EventOf<'client-trained'>,
  itemTable: number[][],
  [before, after]: [number[][], number[][]],
): RoundStep {
  const { rows, counts, labels } = sample;
  const name = people[client]!;
  return {
    caption: `At home, ${name} samples ${films[rows[labels.indexOf(1)]!]} and the other films of the list as 1, and draws others as 0. The mean loss is ${loss.toFixed(3)}; the vector p takes its steps. Nothing is sent yet.`,
    home: {
      client,
      rows: [...rows].map((item) => films[item]!),
      values: [...rows].map((_, row) => [labels[row]!, counts[row]!]),
    },
    vector: { client, values: [before[client]!, after[client]!] },
    wire: null,
    sum: null,
    itemTable,
  };
}

function onTheWire({ client, update, bytes }: EventOf<'update-sent'>, before: RoundStep): RoundStep {
  const { rows, left } = update; // [rows, factors + 1]
  const name = people[client]!;
  return {
    ...before,
    caption: `${name} sends how the rows of the sampled films should change: ${plural(rows.length, 'row')} of ${dims} numbers, ${bytes} bytes with the header. Neither the list nor p is in it; lesson 8 asks what the signs tell.`,
    wire: {
      title: `From ${name}: rows of ΔQ`,
      rows: [...rows].map((item) => films[item]!),
      values: [...rows].map((_, row) => [...left.subarray(row * dims, (row + 1) * dims)]),
    },
  };
}

function merged(
  { round, clients, bytesUp }: EventOf<'updates-merged'>,
  sum: number[][],
  itemTable: number[][],
): RoundStep {
  const caption =
    round === 1
      ? `The server has ${plural(clients, 'message')}, ${bytesUp} bytes together. It adds them up to G and takes −G as a gradient.`
      : `The second round, the same way: new samples, new messages, a new sum G.`;
  return { caption, home: null, vector: null, wire: null, sum, itemTable };
}

function sentDown(
  { round, bytesDown }: EventOf<'broadcast-sent'>,
  sum: number[][],
  before: number[][],
  itemTable: number[][],
): RoundStep {
  const step = itemTable.map((row, item) => row.map((value, k) => value - before[item]![k]!));
  const sizes = step
    .flat()
    .map(Math.abs)
    .filter((size) => size > 0);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const how =
    largest - smallest < 0.005
      ? `Every entry moves by ${largest.toFixed(2)}: Adam's first step looks at the sign of G only and goes one learning rate.`
      : `Now sizes count as well: entries move by ${smallest.toFixed(2)} to ${largest.toFixed(2)}, most where both rounds ask for the same.`;
  return {
    caption: `Q moves, and each client receives the whole step: ${bytesDown} bytes. ${how} Round ${round} is over.`,
    home: null,
    vector: null,
    wire: { title: 'To everybody: the step of Q', rows: films, values: step },
    sum,
    itemTable,
  };
}

/** The vector p of each client, the first numbers of its state. */
function vectorsOf(states: Float32Array): number[][] {
  const width = states.length / people.length;
  return people.map((_, client) => [...states.subarray(client * width, client * width + factors)]);
}

function split(): Split {
  const offsets = [0];
  for (const items of watched) offsets.push(offsets.at(-1)! + items.length);
  return {
    name: 'three people',
    train: {
      users: people.length,
      items: films.length,
      offsets: Uint32Array.from(offsets),
      itemOf: Uint32Array.from(watched.flat()),
    },
    validation: new Int32Array(people.length).fill(-1),
    test: new Int32Array(people.length).fill(-1),
    ordered: false,
    skippedUsers: people.length,
  };
}

function toRows(table: Float32Array): number[][] {
  return Array.from({ length: films.length }, (_, item) => [
    ...table.subarray(item * dims, (item + 1) * dims),
  ]);
}
