// Checkpoints of `train --out DIR`: every few rounds and on Ctrl-C, in DIR.checkpoints until DIR itself is published,
// which takes them in. `train --resume DIR` needs nothing else: what was asked for is kept there from the start, with full
// paths, so that a run can be continued from any folder and even if it was killed before its first checkpoint.
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Split } from '../data/split.ts';
import { visibleText } from '../data/visible-text.ts';
import type { Settings } from '../federated/settings.ts';
import {
  checkpointFiles,
  expectSameRun,
  loadCheckpoint,
  type RunIdentity,
  saveCheckpoint,
  splitDigest,
} from '../node/checkpoint.ts';
import { writeDocument } from '../node/saved-run.ts';
import { isSystemError, whyRefused } from '../node/system-error.ts';
import type { TrainingState, TrainOptions } from '../training/run-result.ts';
import type { InterruptWatch } from './interrupt.ts';
import type { ReadingOptions } from './reading-options.ts';
import { Interrupted, OutputFailure, UsageError } from './usage-error.ts';

/** What was asked for, so that it can be asked for again; paths are full. */
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
  /** Moves the checkpoints, if there are any, into the finished run's folder. */
  moveInto(folder: string): Promise<void>;
  /** Removes what cannot be continued: a request without any checkpoint. */
  discard(): Promise<void>;
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
  await mkdir(folder, { recursive: true });
  await writeDocument(join(folder, REQUEST), request);
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
    const isFinished = await stat(join(path, 'run.json')).catch(() => null);
    const reason = isFinished ? 'it is finished' : `${file} cannot be read`;
    throw new UsageError(`--resume: there is no unfinished run of ${path} (${reason})`);
  }
}

/**
 * Continues from the newest checkpoint that is whole, or from the beginning if none was made; damaged ones are named on
 * stderr.
 *
 * @throws UsageError if the run has already got as far as it is to go
 */
export async function resumeCheckpoints(
  path: string,
  request: TrainRequest,
  split: Split,
  interrupt: InterruptWatch,
): Promise<Checkpoints> {
  const folder = folderOf(path);
  const identity = identityOf(request, split);
  if ((await checkpointFiles(folder)).length === 0) {
    return checkpointsIn(folder, path, request, identity, undefined, interrupt);
  }
  const { state, identity: saved } = await loadCheckpoint(folder, (reason) =>
    console.error(`fedtlrec: checkpoint refused: ${visibleText(reason)}`),
  );
  expectSameRun(saved, identity);
  const { rounds } = request.settings;
  if (state.round >= rounds) {
    throw new UsageError(
      `--rounds must be more than the ${state.round} that ${path} has done, got ${rounds}`,
    );
  }
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
  /** Whether the checkpoint was saved; if not, that is told, and the run goes on. */
  const save = async (state: TrainingState): Promise<boolean> => {
    try {
      await saveCheckpoint(folder, state, identity);
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const what = `the checkpoint of round ${state.round} in ${folder} cannot be written`;
      console.error(`fedtlrec: ${visibleText(what)}: ${whyRefused(error)}`);
      return false;
    }
  };
  return {
    resume,
    async afterRound(round, state) {
      const isInterrupted = await interrupt.wasInterrupted();
      const isDue = isInterrupted || round % request.checkpointEvery === 0;
      const isSaved = isDue && (await save(state()));
      if (!isInterrupted) return;
      if (!isSaved) throw new OutputFailure(`stopped after round ${round}, which could not be saved`);
      throw new Interrupted(`stopped after round ${round}; go on with: train --resume ${path}`);
    },
    async moveInto(target) {
      if ((await checkpointFiles(folder)).length > 0) await rename(folder, join(target, 'checkpoints'));
    },
    async discard() {
      const left = await readdir(folder).catch(() => []);
      if (left.every((name) => name === REQUEST))
        await rm(folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}
