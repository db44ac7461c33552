// mosquitto for tests, as it is installed on this machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find(existsSync);

/** Options of a test. */
export const needsMosquitto = {
  skip: program ? false : 'mosquitto is not installed (apt-get install mosquitto)',
};

export interface RunningMosquitto {
  readonly address: string;
  /** Kills it, and starts it anew once it is gone. */
  restart(): void;
  stop(): Promise<void>;
}

/** Starts mosquitto on a free port, with nothing that it remembers. */
export async function startMosquitto(): Promise<RunningMosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-mosquitto-'));
  const configuration = join(folder, 'mosquitto.conf');
  const port = await freePort();
  writeFileSync(
    configuration,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n`,
  );
  let broker = await started(configuration, port);
  return {
    address: `mqtt://127.0.0.1:${port}`,
    restart() {
      broker.once('exit', async () => {
        broker = await started(configuration, port);
      });
      broker.kill('SIGKILL');
    },
    async stop() {
      const ended = once(broker, 'exit');
      broker.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts the broker, and waits until it listens. */
async function started(configuration: string, port: number): Promise<ChildProcess> {
  const child = spawn(program!, ['-c', configuration], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
    if (isOpen) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mosquitto does not listen');
}
