// Lesson 2: one round of FedMF with three people and six films, run by the library itself; a snapshot after each event.
import type { Split } from '../../../../lib/data/split.ts';
import { naive } from '../../../../lib/numeric/matmul.ts';
import { fedmf } from '../../../../lib/peers/fedmf.ts';
import { openRun } from '../../../../lib/training/open-run.ts';

export const people = ['Ann', 'Ben', 'Cleo'];
export const films = ['Moon', 'Mars', 'Comet', 'Rose', 'Waltz', 'Letter'];
const watched = [
  [0, 1],
  [0, 1, 2],
  [3, 4, 5],
];
const factors = 2;
const dims = factors + 1;

export interface RoundStep {
  readonly caption: string;
  /** What happens at home: the client's sample and its slopes. */
  readonly home: { readonly client: number; readonly rows: string[]; readonly values: number[][] } | null;
  /** What is on the wire. */
  readonly wire: { readonly title: string; readonly rows: string[]; readonly values: number[][] } | null;
  /** Q at the server [films, factors + 1]. */
  readonly itemTable: number[][];
}

/** Everything that happens in one round. */
export function roundSteps(): RoundStep[] {
  const settings = {
    rounds: 1,
    factors,
    negatives: 2,
    recency: null,
    evaluateEvery: 1,
    serverLearningRate: 0.5,
  };
  const { program, memory } = openRun(fedmf, split(), { settings, backend: naive });
  const table = () => toRows(memory.arrays.itemTable as Float32Array);
  const before = table();
  const steps: RoundStep[] = [
    {
      caption:
        'The server has an item table Q of small random numbers, and everybody has a copy. Each client has its own list of films.',
      home: null,
      wire: null,
      itemTable: before,
    },
  ];
  const results = [program.trainChunk(1, 0, people.length, new Set([0, 1, 2]))];
  for (const event of program.finishRound(1, results)) {
    const last = steps.at(-1)!;
    if (event.type === 'client-trained') {
      const { rows, counts, labels } = event.sample;
      const name = people[event.client]!;
      steps.push({
        caption: `At home, ${name} samples ${films[rows[labels.indexOf(1)]!]} and the other films of the list as 1, and draws others as 0. The mean loss is ${event.loss.toFixed(3)}; the vector p takes its steps. Nothing is sent yet.`,
        home: {
          client: event.client,
          rows: [...rows].map((item) => films[item]!),
          values: [...rows].map((_, row) => [labels[row]!, counts[row]!]),
        },
        wire: null,
        itemTable: before,
      });
    } else if (event.type === 'update-sent') {
      const { rows, left } = event.update;
      const name = people[event.client]!;
      steps.push({
        caption: `${name} sends how the rows of the sampled films should change: ${rows.length} rows of ${dims} numbers, ${event.bytes} bytes with the header. The list of films is not in it; lesson 8 asks what the signs tell.`,
        home: last.home,
        wire: {
          title: `From ${name}: rows of ΔQ`,
          rows: [...rows].map((item) => films[item]!),
          values: [...rows].map((_, row) => [...left.subarray(row * dims, (row + 1) * dims)]),
        },
        itemTable: before,
      });
    } else if (event.type === 'updates-merged') {
      steps.push({
        caption: `The server has ${event.clients} messages, ${event.bytesUp} bytes together. It adds them up; the sum plays the part of a gradient, and Adam makes a step of it.`,
        home: null,
        wire: null,
        itemTable: before,
      });
    } else if (event.type === 'broadcast-sent') {
      const after = table();
      steps.push({
        caption: `Q has moved, and each client receives the whole step: ${event.bytesDown} bytes. The round is over.`,
        home: null,
        wire: {
          title: 'To everybody: the step of Q',
          rows: films,
          values: after.map((row, item) => row.map((value, k) => value - before[item]![k]!)),
        },
        itemTable: after,
      });
    }
  }
  return steps;
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
