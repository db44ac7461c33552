// `compare --queue`: the runs of a comparison as jobs of a queue. In: what would be trained here; out: the same runs, trained elsewhere.
import { stat } from 'node:fs/promises';
import type { Settings } from '../federated/settings.ts';
import { packageVersion } from '../node/package-version.ts';
import { gather } from '../queue/gather.ts';
import { COMMAND_LINE_POOL, ownEdition } from '../queue/job.ts';
import { JobQueue } from '../queue/job-queue.ts';
import { placeOfData } from './data-place.ts';
import { whenInterrupted } from './interrupt.ts';
import type { MeasuredRun, RunTask } from './measured-run.ts';
import { QueueProgress } from './queue-progress.ts';
import { returnedRun, runJob, writeReturned } from './queued-run.ts';
import type { RecipeChoice } from './recipe-choice.ts';
import { REPORT_TRACE_BYTES } from './report.ts';
import { seedFolder } from './seed-folder.ts';
import { UsageError } from './usage-error.ts';

/** A recipe, and the settings of each of its runs. */
export interface PlannedRuns {
  readonly choice: RecipeChoice;
  readonly settings: readonly Settings[];
}

/**
 * Lets the workers of a queue train.
 *
 * @throws QueueError naming the run that failed, or what stands in the way
 */
export async function runQueued(
  address: string,
  shared: Omit<RunTask, 'choice' | 'settings' | 'folder'>,
  plan: readonly PlannedRuns[],
): Promise<Map<string, MeasuredRun[]>> {
  const runs = plan.flatMap(({ choice, settings }) => settings.map((one) => ({ choice, settings: one })));
  const progress = new QueueProgress(plan);
  const interrupted = whenInterrupted(
    'interrupted; the queue keeps what is done, and the same command goes on',
  );
  try {
    const queue = await JobQueue.open(address, {
      ...{ edition: ownEdition(packageVersion()), pool: COMMAND_LINE_POOL, signal: interrupted.signal },
      onChange: (isThere) =>
        progress.say(isThere ? 'the server is back' : 'the line to the server broke; trying again'),
      onTrouble: (reason) => progress.say(reason),
    });
    try {
      const jobs = await jobsOf(queue, shared, plan);
      const found = new Array<MeasuredRun>(jobs.length);
      const onTrouble = (text: string) => progress.say(text);
      for await (const result of gather(queue, jobs, { signal: interrupted.signal, onTrouble })) {
        const returned = returnedRun(result.bytes);
        const { choice, settings } = runs[result.index]!;
        await keep(shared, choice, settings, plan[0]!.settings.length, returned);
        found[result.index] = returned.run;
        progress.add(returned.run, result);
      }
      return byRecipe(plan, found);
    } finally {
      await queue.close();
    }
  } finally {
    progress.stop();
    interrupted.stop();
  }
}

async function jobsOf(
  queue: JobQueue,
  { dataset, options, backend, outputs }: Omit<RunTask, 'choice' | 'settings' | 'folder'>,
  plan: readonly PlannedRuns[],
) {
  const { data: named, reading } = options;
  const place = named === 'synthetic' ? null : placeOfData(named);
  if (place && !(await stat(place.path)).isFile())
    throw new UsageError(`--queue needs --data to be a file, which ${place.path} is not`);
  const data = place && (await queue.data.putFile(place.path));
  const known = place?.source ? { member: place.source.member } : {};
  return plan.flatMap(({ choice, settings }) =>
    settings.map((one, index) =>
      runJob(
        {
          ...{ recipe: choice.recipe.name, settings: one, backend: backend.name },
          reading: place && { ...known, ...reading, name: dataset.facts.name },
          traceBytes: outputs.isAny && index === 0 ? REPORT_TRACE_BYTES : null,
          saves: outputs.folder !== null,
        },
        data,
      ),
    ),
  );
}

async function keep(
  { outputs }: Pick<RunTask, 'outputs'>,
  choice: RecipeChoice,
  settings: Settings,
  seeds: number,
  returned: ReturnType<typeof returnedRun>,
): Promise<void> {
  const folder = await seedFolder(outputs, choice, settings, seeds);
  if (folder === null) return;
  await outputs.attempt(`the output folder ${outputs.folder!.path}`, () => writeReturned(folder, returned));
}

function byRecipe(plan: readonly PlannedRuns[], runs: readonly MeasuredRun[]): Map<string, MeasuredRun[]> {
  let at = 0;
  return new Map(
    plan.map(({ choice, settings }) => {
      const own = runs.slice(at, at + settings.length);
      at += settings.length;
      return [choice.recipe.name, own];
    }),
  );
}
