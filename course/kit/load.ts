// Reads a task's folder: what it is, its checks, its wrong and its right solutions, lesson and hints.
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { root } from './source.ts';
import type { Check, RightSolution, Task, WrongSolution } from './task.ts';

export interface TaskFolder {
  readonly task: Task;
  readonly visible: readonly Check[];
  readonly hidden: readonly Check[];
  readonly wrong: readonly WrongSolution[];
  readonly right: readonly RightSolution[];
  readonly lesson: string;
  readonly hints: readonly string[];
}

export const tasksFolder = `${root}course/tasks/`;

/** The names of all tasks, in their order. */
export function taskIds(): string[] {
  return readdirSync(tasksFolder)
    .filter((name) => /^\d\d-[a-z-]+$/.test(name))
    .sort();
}

export async function loadTask(id: string): Promise<TaskFolder> {
  const folder = `${tasksFolder}${id}/`;
  const part = async (name: string) => await import(pathToFileURL(`${folder}${name}`).href);
  const [{ task }, { visible, hidden }, { wrong }, { right }] = await Promise.all(
    ['task.ts', 'checks.ts', 'wrong.ts', 'right.ts'].map(part),
  );
  if ((task as Task).id !== id)
    throw new Error(`course/tasks/${id}/task.ts: its id must be ${id}, got ${task.id}`);
  const read = (name: string) => readFileSync(`${folder}${name}`, 'utf8');
  return { task, visible, hidden, wrong, right, lesson: read('lesson.md'), hints: hintsIn(read('hints.md')) };
}

/** The tasks that the words choose: by number, by name, or all. */
export async function loadTasks(words: readonly string[] = []): Promise<TaskFolder[]> {
  const ids = taskIds();
  const chosen = ids.filter((id) => words.length === 0 || words.some((word) => isCalled(id, word)));
  const unknown = words.find((word) => !ids.some((id) => isCalled(id, word)));
  if (unknown) throw new Error(`there is no task ${unknown}; tasks are ${ids.join(', ')}`);
  return Promise.all(chosen.map(loadTask));
}

function isCalled(id: string, word: string): boolean {
  return id === word || id.slice(3) === word || Number(id.slice(0, 2)) === Number(word);
}

/** The three steps of hints.md, each below a heading of its own. */
export function hintsIn(text: string): string[] {
  return text
    .split(/^## .*$/m)
    .slice(1)
    .map((part) => part.trim());
}
