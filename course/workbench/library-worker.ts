// The thread in which the library's own functions are stepped. The bundle of make/library-steps.ts stands before this one in
// the same file: the functions, with a recorder in them.
import type { Runner } from '../kit/runner.ts';
import { recordCase } from '../stepping/record-case.ts';
import type { Recorder } from '../stepping/recorder.ts';

declare const socket: { readonly runner: Runner; readonly recorder: Recorder };

addEventListener('message', ({ data }: MessageEvent<{ sent: string }>) =>
  postMessage(recordCase(socket.runner, socket.recorder, data.sent)),
);
