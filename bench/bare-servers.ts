// Servers of bare round trips, each as plain as its package lets it be: aedes over WebSockets, as a class has it, Socket.IO, and mosquitto
// over TCP. In: nothing; out: where clients connect, a way to tell all of them, and what hears an answer.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { oneFrameAPacket } from '../lib/classroom/mqtt-link.ts';

export interface BareServer {
  readonly transport: 'mqtt' | 'socket.io';
  readonly address: string;
  tellAll(payload: Buffer): void;
  close(): Promise<void>;
}

/** What is used of Socket.IO. */
interface SocketIo {
  readonly Server: new (
    server: Server,
    options: object,
  ) => {
    on(
      event: 'connection',
      listener: (socket: { on(event: string, listener: () => void): void }) => void,
    ): void;
    emit(event: string, payload: Buffer): void;
    close(): Promise<void>;
  };
}

/** Opens a server that calls back for each answer; null where its program is not installed. */
export type OpenBare = (onAnswer: () => void) => Promise<BareServer | null>;

export const openAedes: OpenBare = async (onAnswer) => {
  const broker = await Aedes.createBroker({ concurrency: 1000 });
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    broker.handle(createWebSocketStream(socket, oneFrameAPacket) as Duplex);
  });
  const address = await listening(server, 'ws');
  const hear = (_packet: unknown, done: () => void) => {
    onAnswer();
    done();
  };
  await new Promise<void>((resolve) => broker.subscribe('up', hear, resolve));
  return {
    ...{ transport: 'mqtt', address },
    tellAll: (payload) =>
      broker.publish(
        { cmd: 'publish', topic: 'round', payload, qos: 1, dup: false, retain: false },
        () => {},
      ),
    async close() {
      await new Promise<void>((resolve) => broker.close(resolve));
      server.closeAllConnections();
      server.close();
    },
  };
};

export const openSocketIo: OpenBare = async (onAnswer) => {
  const name = 'socket.io'; // installed in bench/ only
  const library = await (import(name) as Promise<SocketIo>).catch(() => null);
  if (!library) return null;
  const server = createServer();
  const io = new library.Server(server, { transports: ['websocket'], perMessageDeflate: false });
  io.on('connection', (socket) => socket.on('up', onAnswer));
  const address = await listening(server, 'http');
  return {
    ...{ transport: 'socket.io', address },
    tellAll: (payload) => void io.emit('round', payload),
    close: async () => io.close(),
  };
};

export const openMosquitto: OpenBare = async (onAnswer) => {
  const program = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find(existsSync);
  if (!program) return null;
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-bench-mosquitto-'));
  const port = await freePort();
  const configuration = join(folder, 'mosquitto.conf');
  writeFileSync(
    configuration,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\nmax_inflight_messages 0\n`,
  );
  const broker: ChildProcess = spawn(program, ['-c', configuration], { stdio: 'ignore' });
  const address = `mqtt://127.0.0.1:${port}`;
  await answering(port);
  const line = await connectAsync(address);
  line.on('message', onAnswer);
  await line.subscribeAsync('up', { qos: 0 });
  return {
    ...{ transport: 'mqtt', address },
    tellAll: (payload) => void line.publish('round', payload, { qos: 1 }),
    async close() {
      await line.endAsync(true);
      broker.kill('SIGKILL');
      await once(broker, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

async function listening(server: Server, scheme: string): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `${scheme}://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Waits until something listens at a port. */
async function answering(port: number): Promise<void> {
  for (let isOpen = false; !isOpen; ) {
    isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
    if (!isOpen) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
