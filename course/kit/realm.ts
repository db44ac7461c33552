// A realm of its own for a socket and a student's file: no process, no modules, no network, other prototypes than the
// program around it has. Only text goes in and out. It keeps honest code honest; what holds against anything else is that
// the judge lives in another process (child.ts).
import { createContext, Script } from 'node:vm';
import type { Loaded, Runner, SentAnswers } from './runner.ts';
import { syntaxProblem, translate } from './translate.ts';

const scripts = new Map<string, Script>();

export class Realm {
  readonly #context = createContext({}); // ndarray makes its classes from text, so that stays allowed
  readonly #runner: Runner;

  /** @param socket the code of a socket, which defines `socket.runner` */
  constructor(socket: string) {
    const script = scripts.get(socket) ?? new Script(socket, { filename: 'socket.js' });
    scripts.set(socket, script);
    script.runInContext(this.#context);
    this.#runner = new Script('socket.runner').runInContext(this.#context) as Runner;
  }

  /** Loads a student's file, or says in one sentence why not. */
  load(text: string, file: string): Loaded | { problem: string } {
    const { code, problem } = translate(text, file);
    if (code === null) return { problem: problem! };
    let body: Parameters<Runner['load']>[0];
    try {
      body = new Script(code, { filename: file }).runInContext(this.#context);
    } catch (error) {
      return { problem: problemOf(error as Error, file) };
    }
    return JSON.parse(this.#runner.load(body)) as Loaded;
  }

  /** Answers a case, as text. */
  answer(sent: string): string {
    return this.#runner.answer(sent);
  }

  answers(sent: string): SentAnswers {
    return JSON.parse(this.#runner.answer(sent)) as SentAnswers;
  }
}

/** Node says the line of a syntax error first in its stack. */
function problemOf(error: Error, file: string): string {
  const line = /:(\d+)\r?\n/.exec(error.stack ?? '')?.[1] ?? '1';
  return syntaxProblem(file, `${error.message} (${line}:0)`);
}
