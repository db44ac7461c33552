// Records a run of the command line as a trace: for `--trace FILE`, and for the report of `--out DIR`.
import { rename, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { RoundEvent } from '../federated/events.ts';
import { chooseClients } from '../trace/choose-clients.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import type { Trace } from '../trace/trace.ts';
import { encodeTrace } from '../trace/trace-file.ts';
import type { TrainOptions } from '../training/train.ts';
import type { Dataset } from './dataset.ts';
import { UsageError } from './usage-error.ts';

/** A recorder that waits for its run. */
export interface Tracing extends Pick<TrainOptions, 'watch' | 'onOpen'> {
  add(event: RoundEvent): void;
  finish(): Trace;
}

/** Prepares the recording of one run. */
export function startTracing(
  recipe: string,
  { ratings, split, truth }: Dataset,
  budgetBytes: number,
): Tracing {
  let recorder: TraceRecorder | null = null;
  return {
    watch: chooseClients(split.train).clients,
    onOpen(run) {
      const { users, items } = ratings;
      recorder = new TraceRecorder(run, recipe, { users, items, truth, budgetBytes });
    },
    add: (event) => recorder!.add(event),
    finish: () => recorder!.finish(),
  };
}

/**
 * Checks, before any work is done, that a trace can be written there.
 *
 * @throws UsageError if the folder does not exist, or a folder has this name
 */
export async function expectTraceFile(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw new UsageError(`--trace: the folder ${folder} does not exist`);
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory()) throw new UsageError(`--trace must name a file, ${path} is a folder`);
}

/** Writes a trace; a file of that name is replaced when the new one is complete. */
export async function writeTrace(path: string, trace: Trace): Promise<void> {
  const temporary = `${path}.partial-${process.pid}`;
  await writeFile(temporary, encodeTrace(trace));
  await rename(temporary, path);
}
