// Turns a student's file into a function that can be run: types are stripped by sucrase, which keeps every line where it
// was, so that errors name the student's own lines. In: the bytes of the file; out: JavaScript, or one sentence.
import { transform } from 'sucrase';

const LARGEST_FILE = 200_000;

export interface Translated {
  /** The text of a function of `exports, require, module, console`; null if there is a problem. */
  readonly code: string | null;
  readonly problem: string | null;
}

/** Text of a file, whatever editor wrote it: without a byte order mark, with plain ends of lines. */
export function plainText(bytes: Uint8Array): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n');
}

/** Strips the types of a student's file and wraps it. */
export function translate(text: string, file: string): Translated {
  if (text.length > LARGEST_FILE)
    return refuse(`${file} is too large: ${text.length} characters, at most ${LARGEST_FILE}`);
  if (text.includes('\0')) return refuse(`${file} is no text file`);
  if (text.trim() === '') return refuse(`${file} is empty`);
  try {
    const { code } = transform(text, { transforms: ['typescript', 'imports'], disableESTransforms: true });
    return { code: `(function (exports, require, module, console) {${code}\n})`, problem: null };
  } catch (error) {
    return refuse(syntaxProblem(file, (error as Error).message));
  }
}

/** One sentence on a syntax error, with its line. */
export function syntaxProblem(file: string, message: string): string {
  const place = /\((\d+):(\d+)\)/.exec(message);
  const what = message.replace(/^Error transforming[^:]*: /, '').replace(/\s*\(\d+:\d+\).*$/s, '');
  return `${file}${place ? `, line ${place[1]}` : ''}: syntax error: ${what}`;
}

function refuse(problem: string): Translated {
  return { code: null, problem };
}
