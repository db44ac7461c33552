// The thread that trains with the reader's functions in the library's place, and says how it went beside the library's own.
// The socket's bundle and the library's figures stand before this in the same file.
import type { Loaded, Runner } from '../kit/runner.ts';
import { translate } from '../kit/translate.ts';
import type { Plugged } from '../plugs/plugged.ts';
import { comparison } from '../student/comparison.ts';
import type { PlugSocket } from '../student/plug.ts';

declare const socket: PlugSocket;
declare const library: Plugged;

/** What is drawn: both curves, and what is said about them. */
export type PlugReport =
  | { readonly mine: Plugged; readonly library: Plugged; readonly lines: readonly string[] }
  | { readonly problem: string };

// biome-ignore lint/security/noGlobalEval: the reader's own code, in a thread of its own
const run = globalThis.eval as (code: string) => Parameters<Runner['load']>[0];

addEventListener('message', async ({ data }: MessageEvent<{ text: string; file: string; task: string }>) => {
  postMessage(
    await report(data).catch((error: unknown) => ({
      problem: `the training stopped: ${(error as Error).message}`,
    })),
  );
});

async function report({
  text,
  file,
  task,
}: {
  text: string;
  file: string;
  task: string;
}): Promise<PlugReport> {
  const { code, problem } = translate(text, file);
  if (code === null) return { problem: problem! };
  const { thrown } = JSON.parse(socket.runners[task]!.load(run(code))) as Loaded;
  if (thrown !== null) return { problem: thrown };
  const mine = await socket.plug();
  return { mine, library, lines: comparison({ mine, calls: socket.table.calls }, library) };
}
