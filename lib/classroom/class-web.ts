// The class on the web: one port for the pages, for joining, for the dashboard, and for MQTT over WebSocket. A token is checked when
// a socket asks to be upgraded, before any byte of MQTT. In: requests; out: pages, seats, live events, streams for the broker.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Broker } from './broker.ts';
import { isSame, type JoinDesk } from './join-desk.ts';
import { loadWs } from './packages.ts';
import { ParticipantLine } from './participant-line.ts';

export interface ClassWebOptions {
  readonly run: string;
  readonly joinDesk: JoinDesk;
  readonly broker: Broker;
  /** What participants need to know, as JSON. */
  readonly facts: unknown;
  /** Name of a page's file to its contents. */
  readonly pages: ReadonlyMap<string, string>;
  /** The teacher's key: whoever has it sees the dashboard and may pause. */
  readonly teacherKey: string;
  /** What the dashboard begins with. */
  readonly board: () => unknown;
  readonly command: (name: string, client: number) => boolean;
  /** Longest MQTT packet, in bytes. */
  readonly longest: number;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** A connection that was refused or cut off, and why. */
  readonly onRefused: (client: number | null, reason: string) => void;
}

export interface ClassWeb {
  readonly server: Server;
  /** Shows something on the dashboards. */
  show(event: unknown): void;
  /** Cuts a participant's lines. */
  cut(client: number): void;
  close(): Promise<void>;
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
/** Pages may load from here only, and talk to nobody else. */
const security = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; worker-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
/** Bytes of what is posted, and lines that one participant may have at a time: an old one that has not noticed yet, and a new one. */
const MOST_POSTED = 2000;
const MOST_LINES = 3;

export async function openClassWeb(options: ClassWebOptions): Promise<ClassWeb> {
  const { WebSocketServer } = await loadWs();
  const { broker, joinDesk, longest, run, onRefused } = options;
  const boards = new Set<ServerResponse>();
  const lines = new Map<number, Set<Duplex>>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longest + 5, perMessageDeflate: false });
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    route(options, boards, request, response).catch((error: unknown) => {
      respond(response, 500, { reason: 'the server has failed; its terminal says why' });
      console.error(error);
    });
  };
  const { certificate } = options;
  const server = certificate ? createSecureServer(certificate, answer) : createServer(answer);
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://class');
    const client = joinDesk.check(searchParams.get('client'), searchParams.get('token'));
    if (pathname !== '/mqtt') return refuseUpgrade(socket, '404 Not Found');
    if (client === null) {
      onRefused(null, 'a socket without a valid token');
      return refuseUpgrade(socket, '401 Unauthorized');
    }
    const open = lines.get(client) ?? new Set();
    if (open.size >= MOST_LINES) {
      onRefused(client, 'too many lines at a time');
      return refuseUpgrade(socket, '429 Too Many Requests');
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const line = new ParticipantLine(webSocket, { run, client, longest }, (error) => {
        open.delete(line);
        if (error && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE')
          onRefused(client, error.message);
      });
      lines.set(client, open.add(line));
      broker.connect(client, line);
    });
  });
  return {
    server,
    show(event) {
      if (boards.size === 0) return;
      const text = `data: ${JSON.stringify(event)}\n\n`;
      for (const board of boards) board.write(text);
    },
    cut(client) {
      for (const stream of lines.get(client) ?? []) stream.destroy();
    },
    async close() {
      for (const board of boards) board.end();
      for (const open of lines.values()) for (const stream of open) stream.destroy();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
}

async function route(
  options: ClassWebOptions,
  boards: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://class');
  const { pages, joinDesk, facts, teacherKey } = options;
  if (request.method === 'GET') {
    if (pathname === '/class.json') return respond(response, 200, facts);
    if (pathname === '/board') {
      if (!isSame(searchParams.get('key') ?? '', teacherKey))
        return respond(response, 403, { reason: 'the dashboard needs the key that the terminal shows' });
      response.writeHead(200, { ...security, 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(options.board())}\n\n`);
      boards.add(response);
      response.on('close', () => boards.delete(response));
      return;
    }
    const name = { '/': 'index.html', '/teacher': 'teacher.html' }[pathname] ?? pathname.slice(1);
    const page = pages.get(name);
    if (page === undefined) return respond(response, 404, { reason: 'there is no such page' });
    response.writeHead(200, { ...security, 'content-type': types[name.split('.').at(-1)!] ?? 'text/plain' });
    response.end(page);
    return;
  }
  const posted = request.method === 'POST' ? await readPosted(request) : null;
  if (posted === null)
    return respond(response, 400, { reason: 'a request must be JSON of at most 2,000 bytes' });
  if (pathname === '/join') {
    const admission = await joinDesk.join(String(posted.code ?? ''), request.socket.remoteAddress ?? '');
    return respond(response, 'status' in admission ? admission.status : 200, admission);
  }
  if (pathname === '/command' && isSame(String(posted.key ?? ''), teacherKey)) {
    const isKnown = options.command(String(posted.name), Number(posted.client ?? -1));
    return respond(response, isKnown ? 200 : 400, { isKnown });
  }
  respond(response, 404, { reason: 'there is no such page' });
}

async function readPosted(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  let text = '';
  for await (const bytes of request) {
    text += String(bytes);
    if (text.length > MOST_POSTED) return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  // One connection for one answer: on one that is kept, a request may meet the server's hanging up, and a seat be taken for nobody.
  response.writeHead(status, { ...security, 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

/** The pages of a class: the built package has them beside this file's folder; from the sources they are bundled now. */
export async function loadPages(): Promise<Map<string, string>> {
  if (import.meta.url.endsWith('.ts')) {
    const bundler: { bundleClassroom(): Promise<Map<string, string>> } = await import(
      new URL('../../scripts/classroom-bundle.ts', import.meta.url).href
    );
    return bundler.bundleClassroom();
  }
  const names = JSON.parse(
    await readFile(new URL('../class-pages/files.json', import.meta.url), 'utf8'),
  ) as string[];
  const read = async (name: string) =>
    [name, await readFile(new URL(`../class-pages/${name}`, import.meta.url), 'utf8')] as const;
  return new Map(await Promise.all(names.map(read)));
}
