// Records a run of the command line as a trace: for `--trace FILE`, and for the report of `--out DIR`.
import type { RoundEvent } from '../federated/events.ts';
import { chooseClients } from '../trace/choose-clients.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import type { Trace } from '../trace/trace.ts';
import type { TrainOptions } from '../training/run-result.ts';
import type { Dataset } from './dataset.ts';

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
