// The round of any task: clients train at home, messages cross the wire, the server combines and steps, everybody hears.
// In: a task and settings; out: a program whose rounds this thread or others run, with the same bits.
// Wire, server's side, strategies, attacks and memory are those of recommendation (federation.ts).
import { randomStream } from '../numeric/rng.ts';
import { isPresent } from './client-side.ts';
import type { Attack, LoadParts } from './combine.ts';
import { denseDownlink } from './dense-server.ts';
import type { RoundEvent } from './events.ts';
import type { ClientTask } from './local-model.ts';
import type { Loops } from './loops.ts';
import type { Memory } from './memory.ts';
import { namingPart } from './optional-parts.ts';
import type { ChunkResult } from './recipe.ts';
import type { ServerOptimizer } from './server.ts';
import { ServerSide } from './server-side.ts';
import type { Settings } from './settings.ts';
import type { Task, Weights } from './task.ts';
import { TaskClient } from './task-client.ts';
import { countingOnce, weightedMean } from './task-combine.ts';
import { encode, type Update } from './wire.ts';

/** All that the program of a task may use; the task takes the place of the ratings of a `Setup`. */
export interface TaskSetup {
  readonly task: Task;
  readonly settings: Settings;
  readonly memory: Memory;
  readonly loops: Loops;
  /** Rank of the factors in which the table's change travels up; null: its rows as they are. */
  readonly rank: number | null;
  readonly loadParts: LoadParts;
}

/** Steps along the mean change of all weights, table and then extra, as if they were one table. */
export type TaskOptimizer = (length: number, memory: Memory, settings: Settings) => ServerOptimizer;

export class TaskProgram {
  readonly clients: number;
  /** What every client has. */
  readonly weights: Weights;
  private readonly setup: TaskSetup;
  private readonly client: TaskClient;
  private readonly server: ServerSide;
  private attack: Attack = (update) => update;
  private isPrepared: boolean;

  constructor(setup: TaskSetup, makeOptimizer: TaskOptimizer = meanStep) {
    const { task, settings, memory, loops } = setup;
    const { rows, dims, extra } = task.shape;
    this.setup = setup;
    this.clients = task.clients.length;
    const version = memory.uint32('modelVersion', 1);
    // Messages carry one number more than there are extra weights: the client's weight in the mean.
    const shared = {
      itemTable: memory.float32('itemTable', rows * dims),
      extra: memory.float32('sharedExtra', extra + 1),
    };
    this.weights = { table: shared.itemTable, extra: shared.extra.subarray(0, extra) };
    this.client = new TaskClient(task, settings, setup.rank);
    const optimizer = forAllWeights(makeOptimizer(rows * dims + extra + 1, memory, settings));
    const parts = {
      optimizer,
      downlink: denseDownlink(rows, dims, memory, settings),
      combine: weightedMean(),
    };
    this.server = new ServerSide(parts, { items: rows, messageDims: dims, shared, version }, loops);
    this.isPrepared = namingPart(settings) === null;
  }

  /** Loads what the settings name; called in each thread before the first round. */
  async prepare(): Promise<void> {
    if (this.isPrepared) return;
    const { settings, loadParts, task } = this.setup;
    const { combine, attack } = await loadParts(settings, task.shape.rows);
    if (combine) this.server.combineWith(countingOnce(combine));
    if (attack) this.attack = attack;
    this.isPrepared = true;
  }

  initialize(): void {
    const { task, settings } = this.setup;
    task.initialize?.(this.weights, randomStream(settings.seed, 'server'));
  }

  /** The clients from..to take their part in a round. May run in any thread; chunks do not overlap. */
  trainChunk(round: number, from: number, to: number): ChunkResult {
    const { settings, task } = this.setup;
    const events: RoundEvent[] = [];
    const isByChance = settings.rounding === 'random';
    let [trained, loss, bytesUp] = [0, 0, 0];
    this.server.beginChunk(round, []);
    for (let client = from; client < to; client++) {
      if (!isPresent(client, round, settings)) continue;
      const turn = this.client.train(client, round, this.weights);
      const chance = isByChance ? randomStream(settings.seed, 'rounding', round, client) : undefined;
      const message = encode(this.lie(turn.update), task.shape.rows, settings.codec, 'update', chance);
      trained++;
      loss += turn.loss;
      bytesUp += message.length;
      const reason = this.server.receive(message, client, round);
      if (reason !== null) events.push({ type: 'message-rejected', round, client, reason });
    }
    const { sum } = this.server.finishChunk();
    return { sum, trained, loss, bytesUp, events };
  }

  finishRound(round: number, results: readonly ChunkResult[]): Iterable<RoundEvent> {
    return this.server.finishRound(round, results);
  }

  /** The metric on the clients from..to: its sum and its cases. */
  measureChunk(from: number, to: number): { sum: number; cases: number } {
    const { task } = this.setup;
    const total = { sum: 0, cases: 0 };
    for (const data of task.clients.slice(from, to)) {
      const { sum, cases } = task.measure(data, this.weights);
      total.sum += sum;
      total.cases += cases;
    }
    return total;
  }

  /** Liars lie about the change; the weight stays what it was. */
  private lie(update: Update): Update {
    const { client, round } = update;
    const said = { ...update, extra: update.extra.subarray(0, -1) };
    const lied = this.attack(said, { client, round } as ClientTask);
    if (lied === said) return update;
    const extra = update.extra.slice(); // its last number is the weight
    extra.set(lied.extra);
    return { ...lied, extra };
  }
}

/** FedAvg: the mean change, times the learning rate. */
function meanStep(_length: number, _memory: Memory, { serverLearningRate }: Settings): ServerOptimizer {
  return {
    step(sum, step) {
      for (let at = 0; at < step.length; at++) step[at] = serverLearningRate * sum.items[at]!;
    },
  };
}

/** Lets an optimiser of one table step along table and extra weights at once. */
function forAllWeights(optimizer: ServerOptimizer): ServerOptimizer {
  let extraStep = new Float32Array(0);
  return {
    step(sum, step) {
      const items = new Float32Array(sum.items.length + sum.extra.length); // a mean: the sum stands for one client
      items.set(sum.items);
      items.set(sum.extra, sum.items.length);
      const whole = new Float32Array(items.length);
      optimizer.step({ ...sum, items }, whole);
      step.set(whole.subarray(0, step.length));
      extraStep = whole.slice(step.length);
      extraStep[extraStep.length - 1] = 0; // the place of the weight
    },
    extraStep: () => extraStep,
  };
}
