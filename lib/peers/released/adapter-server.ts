// The server of the released program and of its repair: it keeps what each client sent last, groups clients by K-means
// every tenth round, and lets an encoder make a new A for each of them.
// In: the clients' A [clients, rank · factors], 0 where one is absent; out: an A for every client.

import type { RoundEvent } from '../../federated/events.ts';
import type { Setup } from '../../federated/recipe.ts';
import { kmeans } from '../../model/kmeans.ts';
import { namedParameters } from '../../model/parameters.ts';
import type { EncoderBlockParameters } from '../../model/transformer.ts';
import { type Matrix, matrix } from '../../numeric/ndarrays.ts';
import { randomStream } from '../../numeric/rng.ts';
import { shuffle } from '../../numeric/sampling.ts';
import { reconstructBetweenClients } from './between-clients.ts';
import {
  ENCODER_HEADS,
  encoderBlockLength,
  initializeEncoderBlock,
  viewEncoderBlock,
} from './encoder-memory.ts';
import { blocksFor, ROWS_PER_BLOCK, reconstructLoneRows, SERVER_STEPS } from './server-encoder.ts';

/** Groups of clients that pass through the encoder one after the other. */
export const SERVER_CLUSTERS = 4;

/** What reached the server in a round. */
export interface ReceivedRows {
  /** Clients that exist for the server, in increasing order. */
  readonly clients: Uint32Array;
  /** A of every client [clients of the split, dim]: this round's, or an earlier one where it is absent. */
  readonly rows: Float32Array;
  /** 1 where this round's message came through. */
  readonly isPresent: Uint8Array;
}

export interface AdapterServer {
  initialize(): void;
  /** Writes the new A of the clients into `out` [clients of the split, dim]. */
  answer(round: number, received: ReceivedRows, out: Float32Array): Iterable<RoundEvent>;
  /** The same, computed on the setup's device; only where there is one that can. */
  readonly answerOnDevice?: (
    round: number,
    received: ReceivedRows,
    out: Float32Array,
  ) => AsyncIterable<RoundEvent>;
}

/**
 * The server as released. Clients are shuffled every round, but their clusters, found every tenth round, are kept by
 * position in that order; absent clients are rows of zeros; every row is a sequence of its own.
 */
export function releasedServer({ split, settings, memory, loops }: Setup, dim: number): AdapterServer {
  const { users } = split.train;
  const blocks = encoderBlocks(
    memory.float32AtServer('encoder', blocksFor(users) * encoderBlockLength(dim)),
    dim,
  );
  const clusterOfPosition = memory.uint32AtServer('clusterOfPosition', users);
  const training = {
    learningRate: settings.serverLearningRate,
    steps: SERVER_STEPS,
    rowsPerBlock: ROWS_PER_BLOCK,
    backend: loops.matmul,
  };
  return {
    initialize: () => initializeBlocks(blocks, settings.seed),
    *answer(round, { clients, rows, isPresent }, out) {
      const order = shuffle(clients.slice(), randomStream(settings.seed, 'participants', round));
      const inOrder = new Float32Array(order.length * dim); // [clients, dim]; absent clients stay 0
      order.forEach((client, position) => {
        if (isPresent[client] === 1) inOrder.set(rowOf(rows, client, dim), position * dim);
      });
      if (isClusterRound(round, settings.refreshEvery)) {
        const found = cluster(inOrder, dim, settings.seed, round);
        clusterOfPosition.set(found.labels);
        yield clusteredEvent(round, users, order, found);
      }
      for (let label = 0; label < SERVER_CLUSTERS; label++) {
        const positions = [...order.keys()].filter((position) => clusterOfPosition[position] === label);
        if (positions.length === 0) continue;
        const input = gather(inOrder, positions, dim);
        const { output } = reconstructLoneRows(blocks, matrix(input, positions.length, dim), training);
        positions.forEach((position, row) => {
          out.set(rowOf(output.data as Float32Array, row, dim), order[position]! * dim);
        });
      }
    },
  };
}

/**
 * The server as described: the clients of a cluster are the sequence, absent ones are masked and take part with the A
 * they sent last, and a client's cluster is its own.
 */
export function describedServer(setup: Setup, dim: number): AdapterServer {
  const { split, settings, memory, loops, device } = setup;
  const { users } = split.train;
  const blocks = encoderBlocks(memory.float32AtServer('encoder', encoderBlockLength(dim)), dim);
  const block = blocks[0]!;
  const clusterOf = memory.uint32AtServer('clusterOfClient', users);
  const learningRate = settings.serverLearningRate;
  const training = { learningRate, steps: SERVER_STEPS, rowsPerBlock: users, backend: loops.matmul };

  function* regroup(round: number, { clients, rows }: ReceivedRows): Generator<RoundEvent> {
    if (!isClusterRound(round, settings.refreshEvery)) return;
    const found = cluster(gather(rows, clients, dim), dim, settings.seed, round);
    clients.forEach((client, row) => {
      clusterOf[client] = found.labels[row]!;
    });
    yield clusteredEvent(round, users, clients, found);
  }

  /** The clusters one after the other; where nobody is present, everyone keeps the A it has. */
  function* groupsOf({ clients, rows, isPresent }: ReceivedRows): Generator<ClientGroup> {
    for (let label = 0; label < SERVER_CLUSTERS; label++) {
      const members = clients.filter((client) => clusterOf[client] === label);
      const mask = Uint8Array.from(members, (client) => isPresent[client]!);
      if (!mask.includes(1)) continue;
      yield { members, rows: matrix(gather(rows, members, dim), members.length, dim), isPresent: mask };
    }
  }

  function write(members: Uint32Array, output: Matrix, out: Float32Array): void {
    members.forEach((client, row) => {
      out.set(rowOf(output.data as Float32Array, row, dim), client * dim);
    });
  }

  function trainHere({ rows, isPresent }: Omit<ClientGroup, 'members'>): Matrix {
    return reconstructBetweenClients(block, rows, isPresent, ENCODER_HEADS, training).output;
  }

  const trainEncoder = device?.trainEncoder;
  return {
    initialize: () => initializeBlocks(blocks, settings.seed),
    *answer(round, received, out) {
      yield* regroup(round, received);
      for (const group of groupsOf(received)) write(group.members, trainHere(group), out);
    },
    answerOnDevice:
      trainEncoder &&
      async function* (round, received, out) {
        yield* regroup(round, received);
        for (const { members, ...group } of groupsOf(received)) {
          const task = { block, ...group, heads: ENCODER_HEADS, learningRate, steps: SERVER_STEPS };
          const made = await trainEncoder(task);
          if (made) copyParameters(made.block, block);
          write(members, made?.output ?? trainHere(group), out);
        }
      },
  };
}

/** The clients of a cluster, in the order of their rows. */
interface ClientGroup {
  readonly members: Uint32Array;
  readonly rows: Matrix; // A [members, dim]
  readonly isPresent: Uint8Array;
}

function copyParameters(from: EncoderBlockParameters, to: EncoderBlockParameters): void {
  const learned = namedParameters(from);
  namedParameters(to).forEach(({ data }, index) => {
    data.set(learned[index]!.data);
  });
}

/** Rounds 1, 11, 21, … where clusters are found every tenth round. */
function isClusterRound(round: number, every: number): boolean {
  return (round - 1) % every === 0;
}

function cluster(rows: Float32Array, dim: number, seed: number, round: number) {
  const count = rows.length / dim;
  return kmeans(matrix(rows, count, dim), {
    clusters: Math.min(SERVER_CLUSTERS, count),
    rng: randomStream(seed, 'clusters', round),
    maxIterations: 100,
  });
}

function clusteredEvent(
  round: number,
  users: number,
  clients: Uint32Array,
  found: ReturnType<typeof cluster>,
): RoundEvent {
  const labels = new Int32Array(users).fill(-1);
  clients.forEach((client, row) => {
    labels[client] = found.labels[row]!;
  });
  const { iterations, inertia } = found;
  return { type: 'clients-clustered', round, clusters: SERVER_CLUSTERS, labels, iterations, inertia };
}

function encoderBlocks(values: Float32Array, dim: number): EncoderBlockParameters[] {
  const length = encoderBlockLength(dim);
  return Array.from({ length: values.length / length }, (_, block) =>
    viewEncoderBlock(values.subarray(block * length, (block + 1) * length), dim),
  );
}

function initializeBlocks(blocks: readonly EncoderBlockParameters[], seed: number): void {
  blocks.forEach((block, index) => {
    initializeEncoderBlock(block, randomStream(seed, 'encoder', index));
  });
}

function gather(rows: Float32Array, which: Uint32Array | number[], dim: number): Float32Array {
  const gathered = new Float32Array(which.length * dim);
  which.forEach((row, at) => {
    gathered.set(rowOf(rows, row, dim), at * dim);
  });
  return gathered;
}

function rowOf(rows: Float32Array, row: number, dim: number): Float32Array {
  return rows.subarray(row * dim, (row + 1) * dim);
}
