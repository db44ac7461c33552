// Runs a case of a check on an instrumented program and hands out what was recorded. In: the runner that holds the functions,
// and the case as the judge sends it; out: a recording, and what went wrong, if anything did.
import type { Runner, SentAnswers } from '../kit/runner.ts';
import type { Recorder, Recording } from './recorder.ts';

export interface Stepped {
  readonly recording: Recording | null;
  /** One sentence: why there is no recording, or what a function threw at last; else null. */
  readonly problem: string | null;
}

export function recordCase(runner: Pick<Runner, 'answer'>, recorder: Recorder, sent: string): Stepped {
  recorder.begin();
  const { answers } = JSON.parse(runner.answer(sent)) as SentAnswers;
  const recording = recorder.end();
  const thrown = answers.find((answer) => answer.thrown !== null)?.thrown ?? null;
  return { recording, problem: recording.isCut ? null : thrown };
}
