// A student's file with a recorder in it. In: TypeScript; out: JavaScript, or one sentence on why not.
import { translate } from '../kit/translate.ts';
import { instrument } from './instrument.ts';

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
