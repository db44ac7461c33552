// What can be stepped through: the cases of a task's visible checks, as a list to choose from, and how one is recorded in a
// thread that is ended when it takes too long.
import { casesOf, sentText } from '../kit/judge.ts';
import { showCall } from '../kit/show.ts';
import type { Stepped } from '../stepping/record-case.ts';
import type { WorkbenchTask } from './task.ts';
import { element } from './variables.ts';

/** A thread is fetched and compiled first; 20,000 steps take less than a second after that. In milliseconds. */
const LONGEST = 15_000;
const LONGEST_LABEL = 90;

/** A list of cases, and what the chosen one sends. */
export class CaseChoice {
  readonly element = element('label', 'case');
  readonly #select = element('select');
  readonly #sent: string[] = [];

  constructor(task: WorkbenchTask) {
    for (const check of task.visible) {
      const group = document.createElement('optgroup');
      group.label = check.title;
      for (const each of casesOf(check, { task: task.task, seed: task.seed, dials: task.dials })) {
        const calls = each.calls.map(showCall).join('; ');
        const label = calls.length > LONGEST_LABEL ? `${calls.slice(0, LONGEST_LABEL)}…` : calls;
        group.append(new Option(label, String(this.#sent.length)));
        this.#sent.push(sentText(each));
      }
      this.#select.append(group);
    }
    this.element.append('What runs ', this.#select);
  }

  get sent(): string {
    return this.#sent[Number(this.#select.value)]!;
  }

  onChange(listener: () => void): void {
    this.#select.addEventListener('change', listener);
  }
}

/** @param message what the thread at the address is sent; it answers with `Stepped` */
export function recorded(address: string, message: object): Promise<Stepped> {
  const worker = new Worker(address);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<Stepped>((resolve) => {
    const fail = (problem: string) => resolve({ recording: null, problem });
    timer = setTimeout(() => fail(`stopped after ${LONGEST / 1000} s, before it was recorded`), LONGEST);
    worker.onmessage = ({ data }: MessageEvent<Stepped>) => resolve(data);
    worker.onerror = ({ message: why }) =>
      fail(why || 'the program that records the steps could not be fetched');
    worker.postMessage(message);
  }).finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
