// The child process that holds the socket and the student's code: reads one request a line, answers one a line.
// It has no rights but to compute: the parent starts it without files, processes, threads and environment.
import { createInterface } from 'node:readline';
import { Realm } from './realm.ts';

/** A request: a socket is sent once and kept; loading makes a new realm. */
export type Request =
  | { readonly socket: string }
  | { readonly text: string; readonly file: string }
  | { readonly sent: string };

let socket = '';
let realm: Realm | null = null;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${respond(JSON.parse(line) as Request)}\n`);
}

function respond(request: Request): string {
  if ('socket' in request) {
    socket = request.socket;
    return '{}';
  }
  if ('sent' in request) return realm!.answer(request.sent);
  realm = new Realm(socket);
  return JSON.stringify(realm.load(request.text, request.file));
}
