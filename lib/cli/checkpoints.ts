// Checkpoints of `train --out DIR`: every few rounds and on Ctrl-C, in DIR.checkpoints until DIR itself is published,
// which takes them in. `train --resume DIR` needs nothing else: the request is kept beside the checkpoints.
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Split } from '../data/split.ts';
import type { Settings } from '../federated/settings.ts';
import {
  CheckpointError,
  expectSameRun,
  loadCheckpoint,
  type RunIdentity,
  saveCheckpoint,
  splitDigest,
} from '../node/checkpoint.ts';
import { writeDocument } from '../node/saved-run.ts';
import type { TrainingState, TrainOptions } from '../training/train.ts';
import type { InterruptWatch } from './interrupt.ts';
import type { ReadingOptions } from './reading-options.ts';
import { Interrupted, UsageError } from './usage-error.ts';

/** What was asked for, so that it can be asked for again. */
export interface TrainRequest {
  readonly data: string;
  readonly reading: ReadingOptions;
  readonly recipe: string;
  readonly settings: Settings;
  readonly backend: string;
  readonly checkpointEvery: number;
}

export interface Checkpoints {
  readonly resume: TrainingState | undefined;
  readonly afterRound: NonNullable<TrainOptions['afterRound']>;
  /** Moves the checkpoints into the finished run's folder. */
  moveInto(folder: string): Promise<void>;
}

const REQUEST = 'request.json';

/** Where the checkpoints of `--out PATH` lie while the run goes on. */
function folderOf(path: string): string {
  return `${resolve(path)}.checkpoints`;
}

/**
 * Prepares the folder for a new run's checkpoints.
 *
 * @throws UsageError if an unfinished run of that name is there: it can be continued, or removed
 */
export async function startCheckpoints(
  path: string,
  request: TrainRequest,
  split: Split,
  interrupt: InterruptWatch,
): Promise<Checkpoints> {
  const folder = folderOf(path);
  if (await stat(folder).catch(() => null)) {
    throw new UsageError(
      `${path} has an unfinished run in ${folder}: continue it with "fedtlrec train --resume ${path}", or remove it`,
    );
  }
  return checkpointsIn(folder, path, request, identityOf(request, split), undefined, interrupt);
}

/**
 * Finds out what an unfinished run was asked to do.
 *
 * @throws UsageError if there is none
 */
export async function readRequest(path: string): Promise<TrainRequest> {
  const file = join(folderOf(path), REQUEST);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TrainRequest;
  } catch {
    throw new UsageError(`--resume: there is no unfinished run of ${path} (${file} cannot be read)`);
  }
}

/** Continues from the newest checkpoint that is whole; damaged ones are named on stderr. */
export async function resumeCheckpoints(
  path: string,
  request: TrainRequest,
  split: Split,
  interrupt: InterruptWatch,
): Promise<Checkpoints> {
  const folder = folderOf(path);
  const identity = identityOf(request, split);
  const { state, identity: saved } = await loadCheckpoint(folder, (reason) =>
    console.error(`fedtlrec: checkpoint refused: ${reason}`),
  );
  expectSameRun(saved, identity);
  if (state.round >= request.settings.rounds) throw new CheckpointError(`${folder} belongs to a shorter run`);
  return checkpointsIn(folder, path, request, identity, state, interrupt);
}

function identityOf({ recipe, settings, backend }: TrainRequest, split: Split): RunIdentity {
  return { recipe, settings, backend, split: splitDigest(split) };
}

function checkpointsIn(
  folder: string,
  path: string,
  request: TrainRequest,
  identity: RunIdentity,
  resume: TrainingState | undefined,
  interrupt: InterruptWatch,
): Checkpoints {
  let isPrepared = resume !== undefined;
  const save = async (state: TrainingState) => {
    if (!isPrepared) {
      await mkdir(folder, { recursive: true });
      await writeDocument(join(folder, REQUEST), request);
      isPrepared = true;
    }
    await saveCheckpoint(folder, state, identity);
  };
  return {
    resume,
    async afterRound(round, state) {
      const isInterrupted = await interrupt.wasInterrupted();
      if (isInterrupted || round % request.checkpointEvery === 0) await save(state());
      if (isInterrupted)
        throw new Interrupted(`stopped after round ${round}; go on with: train --resume ${path}`);
    },
    async moveInto(target) {
      if (isPrepared) await rename(folder, join(target, 'checkpoints'));
    },
  };
}
