// What a student's copy of the course knows: the tasks of one term, their visible checks with the answers of the library to
// these cases alone, lessons and hints. Hidden checks and the library's functions are not in it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { SentAnswer } from '../kit/runner.ts';
import type { Check, Dials, Task } from '../kit/task.ts';
import { plainText } from '../kit/translate.ts';

export interface StudentTask {
  readonly task: Task;
  readonly number: number;
  readonly visible: readonly Check[];
  /** How many hidden checks there are. */
  readonly hidden: number;
  readonly dials: Dials;
  /** By check, then by case: what is wanted, for kinds and shapes. */
  readonly answers: Readonly<Record<string, readonly (readonly SentAnswer[])[]>>;
  readonly hints: readonly string[];
}

export interface StudentCourse {
  readonly term: string;
  readonly student: string;
  /** Of the visible cases. */
  readonly seed: number;
  readonly tasks: readonly StudentTask[];
}

/** The folder that was unpacked. */
export class Home {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The student's file of a task, in whichever language; null if it is gone. */
  fileOf(task: string): { name: string; text: string } | null {
    const names = ['ts', 'mts', 'js', 'mjs'].map((ending) => `${task}.${ending}`);
    const found = names.filter((name) => existsSync(join(this.folder, name)));
    if (found.length > 1) throw new Error(`there are ${found.join(' and ')}: keep the one that counts`);
    const name = found[0];
    return name === undefined ? null : { name, text: plainText(readFileSync(join(this.folder, name))) };
  }

  bytesOf(name: string): Uint8Array {
    return readFileSync(join(this.folder, name));
  }

  /** A packed part of the course, such as 'sockets/01-gradients'. */
  packed(name: string): string {
    return brotliDecompressSync(readFileSync(join(this.folder, '.course', `${name}.br`))).toString('utf8');
  }

  get child(): string {
    return join(this.folder, '.course', 'child.mjs');
  }
}

/** The task that a word means, by number or name. */
export function taskCalled(course: StudentCourse, word: string | undefined): StudentTask {
  const names = course.tasks.map(({ number, task }) => `${number} (${task.id.slice(3)})`).join(', ');
  if (word === undefined) throw new Error(`name a task: ${names}`);
  const found = course.tasks.find(
    ({ task, number }) =>
      task.id === word || task.id.slice(3) === word || String(number) === word.replace(/^0/, ''),
  );
  if (!found) throw new Error(`there is no task ${word}; tasks are ${names}`);
  return found;
}
