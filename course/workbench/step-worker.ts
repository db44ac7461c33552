// The thread in which the reader's code is stepped: puts the recorder in, loads it, runs one case. It is ended from outside.
// The socket's bundle stands before this one in the same file.
import type { Loaded, Runner } from '../kit/runner.ts';
import { syntaxProblem } from '../kit/translate.ts';
import { recordCase, type Stepped } from '../stepping/record-case.ts';
import { MOST_STEPS, Recorder } from '../stepping/recorder.ts';
import { instrumentedFile } from '../stepping/student-file.ts';

declare const socket: { readonly runner: Runner };

export interface ToStepWorker {
  readonly text: string;
  readonly file: string;
  readonly sent: string;
}

// biome-ignore lint/security/noGlobalEval: the reader's own code, in a thread of its own
const run = globalThis.eval as (code: string) => (recorder: Recorder) => Parameters<Runner['load']>[0];

addEventListener('message', ({ data }: MessageEvent<ToStepWorker>) => postMessage(stepped(data)));

function stepped({ text, file, sent }: ToStepWorker): Stepped {
  const { code, problem } = instrumentedFile(text, file);
  if (code === null) return { recording: null, problem };
  // A program that catches everything does not end by what the recorder throws: the steps are sent before.
  const recorder = new Recorder(MOST_STEPS, (recording) => postMessage({ recording, problem: null }));
  try {
    const { thrown } = JSON.parse(socket.runner.load(run(code)(recorder))) as Loaded;
    if (thrown !== null) return { recording: null, problem: `the file cannot be loaded: ${thrown}` };
  } catch (error) {
    return { recording: null, problem: syntaxProblem(file, (error as Error).message) };
  }
  return recordCase(socket.runner, recorder, sent);
}
