// The runs of a benchmark, one after the other here, or as jobs of a queue whose workers do them side by side (`--queue URL`). In: what is
// to be measured; out: the results in the order of the list, whoever was first, so that files are written alike.
import { gather } from '../lib/queue/gather.ts';
import { type Job, ownEdition } from '../lib/queue/job.ts';
import { JobQueue } from '../lib/queue/job-queue.ts';
import { unpack } from '../lib/queue/packed.ts';
import { versionWord } from './machine.ts';

/** The workers of benchmarks. */
export const BENCH_POOL = 'bench';

export interface RunList<Task, Result> {
  /** Which function of bench/job-thread.ts does them. */
  readonly kind: string;
  /** JSON. */
  readonly tasks: readonly Task[];
  readonly nameOf: (task: Task) => string;
  /** The files of the data. */
  readonly files: readonly string[];
  /** Does one without a queue. */
  readonly here: (task: Task) => Promise<Result>;
  readonly say: (line: string) => void;
}

export async function* inOrder<Task, Result>(
  list: RunList<Task, Result>,
): AsyncGenerator<{ task: Task; result: Result }> {
  const address = process.env.BENCH_QUEUE;
  if (address !== undefined) yield* fromQueue(list, address);
  else for (const task of list.tasks) yield { task, result: await list.here(task) };
}

/** The result of one run. */
export async function alone<Task, Result>(
  list: Omit<RunList<Task, Result>, 'tasks'>,
  task: Task,
): Promise<Result> {
  for await (const { result } of inOrder({ ...list, tasks: [task] })) return result;
  throw new Error('bench: a run must give a result');
}

async function* fromQueue<Task, Result>(
  { kind, tasks, nameOf, files, say }: RunList<Task, Result>,
  address: string,
): AsyncGenerator<{ task: Task; result: Result }> {
  const queue = await JobQueue.open(address, {
    ...{ edition: ownEdition(versionWord()), pool: BENCH_POOL },
    ...{
      onTrouble: say,
      onChange: (isThere) => say(isThere ? 'the server is back' : 'the line to the server broke'),
    },
  });
  try {
    const data: string[] = [];
    for (const file of files) data.push(await queue.data.putFile(file));
    const jobs = tasks.map((task): Job => ({ kind, name: nameOf(task), request: task, data }));
    const arrived = new Map<number, Result>();
    const start = performance.now();
    let [next, done, known] = [0, 0, 0];
    for await (const { index, bytes, worker, isKnown } of gather(queue, jobs, { onTrouble: say })) {
      arrived.set(index, unpack(bytes) as Result);
      if (isKnown) known++;
      else done++;
      const left = jobs.length - done - known;
      const minutes = done > 0 ? ((performance.now() - start) / 60_000) * (left / done) : Number.NaN;
      const time = left > 0 && done > 0 ? `; about ${minutes.toFixed(1)} min to go` : '';
      say(
        `${done + known} of ${jobs.length}  ${jobs[index]!.name}, ${isKnown ? 'known already' : `on ${worker}`}${time}`,
      );
      for (; arrived.has(next); next++) {
        yield { task: tasks[next]!, result: arrived.get(next)! };
        arrived.delete(next);
      }
    }
  } finally {
    await queue.close();
  }
}
