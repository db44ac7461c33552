// `fedtlrec worker`: does jobs of a queue on this machine until it is told to stop.
import { hostname } from 'node:os';
import { type Command, Option } from 'commander';
import { packageVersion } from '../node/package-version.ts';
import { shownAddress } from '../queue/connection.ts';
import { COMMAND_LINE_POOL, editionInWords, editionWord, ownEdition } from '../queue/job.ts';
import { JobQueue } from '../queue/job-queue.ts';
import { QueueError } from '../queue/queue-error.ts';
import { JobThreads } from '../queue/threads.ts';
import { type WorkEvent, work } from '../queue/work.ts';
import { counted, secondsText } from './figures.ts';
import { onSignal } from './interrupt.ts';
import type { Printing } from './printing.ts';
import { readCount } from './read-value.ts';
import { Interrupted } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec worker nats://192.168.1.7:4222              one job at a time
  fedtlrec worker nats://192.168.1.7:4222 --threads 4  four at a time

Ctrl-C finishes the jobs under way and takes no more; a second one gives them back.
It needs packages that are not installed with fedtlrec: npm install @nats-io/transport-node @nats-io/jetstream @nats-io/obj`;

export function addWorkerCommand(program: Command, printing: Printing): void {
  program
    .command('worker')
    .description('do jobs of a queue on this machine, until Ctrl-C; see docs/many-machines.md')
    .argument('<URL>', "the queue's NATS server, such as nats://192.168.1.7:4222")
    .addOption(
      new Option('--threads <N>', 'jobs at a time (default: 1)').argParser((text: string) =>
        readCount('--threads', text, 1, 256),
      ),
    )
    .addHelpText('after', examples)
    .action((address: string, { threads = 1 }: { threads?: number }) =>
      runWorker({
        ...{ address, threads, pool: COMMAND_LINE_POOL, module: threadModule },
        say: printing.lines,
      }),
    );
}

/** The module that threads run; from the sources, one that lets them read TypeScript. */
const threadModule = import.meta.url.endsWith('.ts')
  ? new URL('./job-thread-from-source.mjs', import.meta.url)
  : new URL('./job-thread.js', import.meta.url);

export interface WorkerTask {
  readonly address: string;
  readonly threads: number;
  readonly pool: string;
  /** Does the jobs of the pool: see `JobThreads`. */
  readonly module: URL;
  readonly say: (lines: readonly string[]) => void;
  /** Default: that of the package. */
  readonly version?: string;
}

/**
 * Works until Ctrl-C or SIGTERM.
 *
 * @throws QueueError in one line: no server, jobs for another version only, results that cannot be stored
 */
export async function runWorker(task: WorkerTask): Promise<void> {
  const { address, threads, pool, module, say, version = packageVersion() } = task;
  const { finish, giveUp, stop } = watchSignals(() =>
    say(['finishing what is under way; Ctrl-C once more gives it back']),
  );
  const edition = ownEdition(version);
  const worker = `${hostname()}/${process.pid}`;
  try {
    const onChange = (isThere: boolean) =>
      say([isThere ? 'the server is back' : 'the line to the server broke; trying again']);
    const onTrouble = (reason: string) => say([reason]);
    const queue = await JobQueue.open(address, { edition, pool, signal: giveUp, onChange, onTrouble });
    const jobThreads = await JobThreads.open(module, threads, queue.data);
    try {
      say([
        `waiting for jobs at ${shownAddress(address)}: ${counted(threads, 'thread')}, ${editionInWords(editionWord(edition))}`,
      ]);
      const onEvent = async (event: WorkEvent) => {
        if (event.type === 'idle') await expectOwnEdition(queue, shownAddress(address));
        else say([inWords(event)]);
      };
      const run: Parameters<typeof work>[0]['run'] = (job, signal) => jobThreads.run(job, signal);
      await work({ queue, worker, lanes: threads, run, finish, giveUp, onEvent });
    } finally {
      await jobThreads.close();
      await queue.close();
    }
  } catch (error) {
    if (!giveUp.aborted) throw error;
  } finally {
    stop();
  }
  if (giveUp.aborted) throw new Interrupted('stopped; what was under way is in the queue again');
}

/** @throws QueueError if jobs wait, but all of them for another edition */
async function expectOwnEdition(queue: JobQueue, address: string): Promise<void> {
  const asked = await queue.editionsAskedFor();
  const own = editionWord(queue.options.edition);
  if (asked.length === 0 || asked.includes(own)) return;
  throw new QueueError(
    `the jobs at ${address} are for ${asked.map(editionInWords).join(' or ')}; this worker is ${editionInWords(own)}, whose bits may differ: install what they ask for`,
  );
}

function inWords(event: Exclude<WorkEvent, { type: 'idle' }>): string {
  switch (event.type) {
    case 'taken':
      return `${event.job.name}: taken${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'done':
      return `${event.job.name}: done in ${secondsText(event.seconds)}`;
    case 'failed':
      return `${event.name}: failed (attempt ${event.attempt}): ${event.reason}`;
    case 'returned':
      return `${event.name}: given back`;
  }
}

/** The first Ctrl-C lets jobs end; the second, or SIGTERM, gives them back. */
function watchSignals(onFinish: () => void) {
  const [finish, giveUp] = [new AbortController(), new AbortController()];
  const abandon = () => {
    finish.abort();
    giveUp.abort(new Interrupted());
  };
  const listen = () => {
    if (finish.signal.aborted) return abandon();
    finish.abort();
    onFinish();
  };
  const ends = [onSignal('SIGINT', listen), onSignal('SIGTERM', abandon)];
  const stop = () => {
    for (const end of ends) end();
  };
  return { finish: finish.signal, giveUp: giveUp.signal, stop };
}
