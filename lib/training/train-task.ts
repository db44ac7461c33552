// A federation for any task, from end to end: rounds as events, the metric now and then, and what it cost in bytes.
// In: a task and settings; out: the weights, the curve, and the bytes of one client's messages.
import { chooseLoops } from '../fast/choose-loops.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Loops } from '../federated/loops.ts';
import { Memory } from '../federated/memory.ts';
import type { ChunkResult } from '../federated/recipe.ts';
import { completeSettings, type Settings } from '../federated/settings.ts';
import type { Task, Weights } from '../federated/task.ts';
import { type TaskOptimizer, TaskProgram, type TaskSetup } from '../federated/task-program.ts';
import { digestOf } from './digest.ts';
import { chunksOf } from './executor.ts';
import { expectKnownOptions, type OptionNames } from './known-options.ts';

/** What suits FedAvg on most tasks, where the general defaults suit ratings. */
export const taskDefaults: Partial<Settings> = {
  rounds: 50,
  evaluateEvery: 10,
  localSteps: 5,
  clientLearningRate: 0.1,
  serverLearningRate: 1,
  codec: 'float32', // what few bits cost is measured for item tables only
};

export interface TrainTaskOptions {
  /** Rounds, learning rates, `fraction`, `proximal`, `combine`, `attack` and so on. Default: `taskDefaults`. */
  readonly settings?: Partial<Settings>;
  /** Rank of the factors B A in which the change of the table travels up. Default: its rows as they are. */
  readonly rank?: number;
  /** The server's step, e.g. `fedYogi`. Default: what `serverOptimizer` names, or FedAvg's, the weighted mean times `serverLearningRate`. */
  readonly optimizer?: TaskOptimizer;
  /** The loops that add up. Default: the fastest. */
  readonly loops?: Loops;
  /** Does the work of the rounds, e.g. `taskThreads(2)` of fedtlrec/simulator. Default: this thread. */
  readonly executor?: MakeTaskExecutor;
  /** Ends the run before the next round; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Sees every event. */
  readonly onEvent?: (event: RoundEvent) => void | Promise<void>;
}

const optionNames: OptionNames<TrainTaskOptions> = {
  settings: true,
  rank: true,
  optimizer: true,
  loops: true,
  executor: true,
  signal: true,
  onEvent: true,
};

/** Who does the work of a task's rounds. */
export interface TaskExecutor {
  /** Threads that work beside this one. */
  readonly workers: number;
  /** One round of all clients; the results of the chunks in order. */
  train(round: number): Promise<ChunkResult[]>;
  close(): Promise<void>;
}

/** Makes the executor; `isShared` says whether the memory must be shared with threads. */
export interface MakeTaskExecutor {
  (program: TaskProgram, setup: TaskSetup): TaskExecutor;
  readonly isShared?: boolean;
}

/** One measurement. */
export interface TaskPoint {
  readonly round: number;
  /** Mean loss of the clients that trained. */
  readonly loss: number;
  /** The task's metric over all clients. */
  readonly metric: number;
  /** What one client has sent and received so far, if it took part in every round. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export interface TaskResult {
  readonly settings: Settings;
  readonly weights: Weights;
  readonly curve: readonly TaskPoint[];
  /** The metric at the end. */
  readonly metric: number;
  /** Mean length of one client's message, and of the server's. */
  readonly bytesUpPerClientRound: number;
  readonly bytesDownPerClientRound: number;
  readonly rejectedMessages: number;
  /** SHA-256 of the weights and of what the server remembers. */
  readonly digest: string;
}

/**
 * Trains a task.
 *
 * @throws RangeError if an option or a setting is unknown or out of range
 */
export async function trainTask<Data>(task: Task<Data>, options: TrainTaskOptions = {}): Promise<TaskResult> {
  expectTask(task);
  expectKnownOptions('trainTask', options, optionNames);
  const { rank = null, optimizer, signal, onEvent } = options;
  const executor: MakeTaskExecutor = options.executor ?? inline;
  const setup: TaskSetup = {
    task: task as Task,
    settings: completeSettings(taskDefaults, options.settings),
    memory: new Memory(executor.isShared),
    loops: options.loops ?? chooseLoops(),
    rank,
    loadParts: async (settings, items) => (await import('../robust/named.ts')).namedParts(settings, items),
  };
  const program = new TaskProgram(setup, await optimizerOf(setup.settings, optimizer));
  await program.prepare();
  program.initialize();
  const workers = executor(program, setup);
  const record = new TaskRecord();
  try {
    for (let round = 1; round <= setup.settings.rounds; round++) {
      signal?.throwIfAborted();
      const started: RoundEvent = { type: 'round-started', round };
      for (const event of [started, ...program.finishRound(round, await workers.train(round))]) {
        record.add(event);
        await onEvent?.(event);
      }
      if (round % setup.settings.evaluateEvery === 0 || round === setup.settings.rounds)
        record.measure(round, program);
    }
    const { curve } = record;
    const { weights } = program;
    const digest = await digestOf(setup.memory.arrays);
    return {
      settings: setup.settings,
      weights,
      curve,
      metric: curve.at(-1)!.metric,
      ...record.traffic(),
      digest,
    };
  } finally {
    await workers.close();
  }
}

/** The optimiser that was handed over, or the one that the settings name; FedAvg's where neither is. */
async function optimizerOf(
  { serverOptimizer }: Settings,
  given: TaskOptimizer | undefined,
): Promise<TaskOptimizer | undefined> {
  if (serverOptimizer === 'auto') return given;
  if (given)
    throw new RangeError(
      `trainTask: optimizer must be absent where settings name one, got both it and serverOptimizer ${serverOptimizer}`,
    );
  if (serverOptimizer === 'average') return undefined;
  const { makeOptimizer } = await import('../tasks/server-optimizers.ts');
  return (length, memory, settings) => makeOptimizer(length, memory, settings)!;
}

function inline(program: TaskProgram): TaskExecutor {
  return {
    workers: 0,
    train: async (round) =>
      chunksOf(program.clients).map(([from, to]) => program.trainChunk(round, from, to)),
    close: async () => {},
  };
}

/** Collects what the result needs from the events. */
class TaskRecord {
  readonly curve: TaskPoint[] = [];
  private loss = Number.NaN;
  private rounds = 0;
  private messages = 0;
  private rejected = 0;
  private up = 0; // bytes of all messages
  private bytesUp = 0; // of one client in every round
  private bytesDown = 0;

  add(event: RoundEvent): void {
    if (event.type === 'updates-merged') {
      const messages = event.clients + event.rejected;
      this.loss = event.loss;
      this.rounds++;
      this.messages += messages;
      this.rejected += event.rejected;
      this.up += event.bytesUp;
      this.bytesUp += messages > 0 ? event.bytesUp / messages : 0;
    } else if (event.type === 'broadcast-sent') this.bytesDown += event.bytesDown;
  }

  measure(round: number, program: TaskProgram): void {
    const { loss, bytesUp, bytesDown } = this;
    const { sum, cases } = program.measureChunk(0, program.clients);
    this.curve.push({ round, loss, metric: sum / cases, bytesUp, bytesDown });
  }

  traffic(): Pick<TaskResult, 'bytesUpPerClientRound' | 'bytesDownPerClientRound' | 'rejectedMessages'> {
    return {
      bytesUpPerClientRound: this.messages > 0 ? this.up / this.messages : 0,
      bytesDownPerClientRound: this.bytesDown / this.rounds,
      rejectedMessages: this.rejected,
    };
  }
}

function expectTask(task: unknown): void {
  const isTask = typeof task === 'object' && task !== null && 'clients' in task && 'gradient' in task;
  if (isTask && Array.isArray(task.clients) && task.clients.length > 0) return;
  const got = isTask ? 'one without clients' : task === null ? 'null' : typeof task;
  throw new RangeError(`trainTask: task must be a Task with at least one client, got ${got}`);
}
