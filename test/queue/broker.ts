// A NATS server for tests: started on a free port with a folder of its own, killed and started again on the same one. And what tests put
// into its queue.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Edition, type Job, ownEdition } from '../../lib/queue/job.ts';
import { JobQueue, type QueueOptions } from '../../lib/queue/job-queue.ts';
import { type WorkOptions, work } from '../../lib/queue/work.ts';

const program = ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'].find(
  existsSync,
);
export const needsServer = {
  skip: program ? false : 'nats-server is not installed (apt-get install nats-server)',
};

export class Broker {
  readonly port: number;
  private readonly folder: string;
  private child: ChildProcess | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /**
   * @param jetStream more lines about what it keeps; null if it keeps nothing
   * @param more other lines of its configuration
   */
  static async start(jetStream: string | null = '', more = ''): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-nats-'));
    const port = await freePort();
    const kept = jetStream === null ? '' : `jetstream {\n store_dir: "${folder}/store"\n ${jetStream}\n}`;
    const text = `listen: "127.0.0.1:${port}"\n${kept}\n${more}\n`;
    writeFileSync(join(folder, 'nats.conf'), text);
    const broker = new Broker(port, folder);
    await broker.run();
    return broker;
  }

  get address(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again with what it kept. */
  async run(): Promise<void> {
    this.child = spawn(program!, ['-c', join(this.folder, 'nats.conf')], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await isOpen(this.port)) return;
      await pause(25);
    }
    throw new Error('nats-server does not listen');
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const edition: Edition = ownEdition('0.0.0-test');

/** A queue beside others of the same server. */
export function openQueue(
  broker: Broker,
  pool: string,
  options: Partial<QueueOptions> = {},
  user = '',
): Promise<JobQueue> {
  return JobQueue.open(broker.address.replace('//', `//${user}`), { edition, pool, ...options });
}

export function numberJob(value: number): Job {
  return { kind: 'double', name: `number ${value}`, request: { value }, data: [] };
}

/** Doubles a number. */
export async function double({ request }: Job): Promise<Uint8Array> {
  return Uint8Array.of((request as { value: number }).value * 2);
}

/** A worker in this process; `stop` lets it take no further job. */
export function startWorker(queue: JobQueue, options: Partial<WorkOptions> = {}) {
  const [finish, giveUp] = [new AbortController(), new AbortController()];
  const events: string[] = [];
  const ended = work({
    ...{ queue, worker: 'here', lanes: 1, run: double, silence: 1000 },
    ...{ finish: finish.signal, giveUp: giveUp.signal },
    onEvent: ({ type }) => {
      events.push(type);
    },
    ...options,
  });
  const outcome = ended.then(
    () => null,
    (error: Error) => error,
  );
  return {
    events,
    outcome,
    giveUp: () => {
      finish.abort();
      giveUp.abort();
    },
    stop: () => finish.abort(),
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
