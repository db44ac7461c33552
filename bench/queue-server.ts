// A NATS server for measurements, with an empty folder, and workers beside it: each a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'].find(
  existsSync,
);

export class QueueServer {
  static readonly isInstalled = program !== undefined;
  readonly address: string;
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly monitor: number;

  private constructor(child: ChildProcess, folder: string, port: number, monitor: number) {
    this.child = child;
    this.folder = folder;
    this.address = `nats://127.0.0.1:${port}`;
    this.monitor = monitor;
  }

  static async start(): Promise<QueueServer> {
    const folder = mkdtempSync(join(os.tmpdir(), 'fedtlrec-queue-bench-'));
    const [port, monitor] = [await freePort(), await freePort()];
    const words = ['-a', '127.0.0.1', '-p', `${port}`, '-m', `${monitor}`, '-js', '-sd', folder];
    const server = new QueueServer(spawn(program!, words, { stdio: 'ignore' }), folder, port, monitor);
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await server.bytes().catch(() => null)) return server;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('nats-server does not answer');
  }

  /** Bytes that it has been sent and has sent, as it counts them itself. */
  async bytes(): Promise<{ readonly into: number; readonly out: number }> {
    const answer = await fetch(`http://127.0.0.1:${this.monitor}/varz`);
    const { in_bytes: into, out_bytes: out } = (await answer.json()) as Record<string, number>;
    return { into: into!, out: out! };
  }

  async end(): Promise<void> {
    await killed(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A worker that waits for jobs. */
export async function startQueueWorker(address: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/cli.ts', 'worker', address], { cwd: root });
  await once(child.stdout, 'data');
  child.stdout.resume();
  return child;
}

export async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
