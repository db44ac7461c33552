// The thread that holds a socket and the reader's code: loads a file, answers cases. It is ended from outside when it takes
// too long. The socket's bundle stands before this one in the same file.
import type { Runner } from '../kit/runner.ts';
import { syntaxProblem, translate } from '../kit/translate.ts';

declare const socket: { readonly runner: Runner };

export type ToWorker = { readonly text: string; readonly file: string } | { readonly sent: string };

// biome-ignore lint/security/noGlobalEval: the reader's own code, in a thread of its own
const run = globalThis.eval as (code: string) => Parameters<Runner['load']>[0];

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('sent' in data) postMessage(socket.runner.answer(data.sent));
  else postMessage(load(data.text, data.file));
});

function load(text: string, file: string): string {
  const { code, problem } = translate(text, file);
  if (code === null) return JSON.stringify({ problem });
  try {
    return socket.runner.load(run(`${code}\n//# sourceURL=${file}`));
  } catch (error) {
    return JSON.stringify({ problem: syntaxProblem(file, (error as Error).message) });
  }
}
