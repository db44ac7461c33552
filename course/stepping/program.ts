// Runs a case of a check on an instrumented program and hands out what was recorded. In: the runner that holds the functions,
// and the case as the judge sends it; out: a recording, and what went wrong, if anything did.
import type { Runner, SentAnswers } from '../kit/runner.ts';
import { translate } from '../kit/translate.ts';
import { instrument } from './instrument.ts';
import type { Recorder, Recording } from './recorder.ts';

export interface Stepped {
  readonly recording: Recording | null;
  /** One sentence: why there is no recording, or what a function threw at last; else null. */
  readonly problem: string | null;
}

/** The text of a function of `recorder` that gives what translate.ts gives for the file, with a recorder in it. */
export function instrumentedFile(
  text: string,
  file: string,
): { code: string | null; problem: string | null } {
  const { code, problem } = translate(text, file);
  if (code === null) return { code, problem };
  try {
    const told = instrument(code, { file, kind: 'script', recorder: '$recorder' });
    return { code: `(function ($recorder) { return ${told}\n})`, problem: null };
  } catch (error) {
    return { code: null, problem: `${file}: ${(error as Error).message}` };
  }
}

export function recordCase(runner: Pick<Runner, 'answer'>, recorder: Recorder, sent: string): Stepped {
  recorder.begin();
  const { answers } = JSON.parse(runner.answer(sent)) as SentAnswers;
  const recording = recorder.end();
  const thrown = answers.find((answer) => answer.thrown !== null)?.thrown ?? null;
  return { recording, problem: recording.isCut ? null : thrown };
}
