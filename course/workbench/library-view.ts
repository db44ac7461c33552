// The library's own functions, stepped through on a task's small cases: the real file with its line numbers on one side, the
// variables on the other. Loaded when a reader asks for it, without the editor.
import type { LibraryText } from '../make/library-steps.ts';
import { CaseChoice, recorded } from './cases.ts';
import { type CodeView, StepView } from './step-view.ts';
import { styleElement } from './style.ts';
import type { WorkbenchTask } from './task.ts';
import { element } from './variables.ts';

/**
 * @param base where the folder `workbench/` is served, with a slash at its end
 * @param addressOf the page of a source file, for a link
 */
export async function mountLibrary(
  place: HTMLElement,
  name: string,
  base: string,
  addressOf: (file: string) => string,
): Promise<void> {
  const [{ task }, { text }] = (await Promise.all([
    import(`${base}tasks/${name}.js`),
    import(`${base}library/${name}.js`),
  ])) as [{ task: WorkbenchTask }, { text: LibraryText }];
  const choice = new CaseChoice(task);
  const pages = new SourcePages(text, addressOf);
  const view = new StepView(pages, place);
  const split = element('div', 'split stepping');
  split.append(pages.element, view.variables);
  const problem = element('p', 'failed');
  problem.setAttribute('role', 'alert');
  place.classList.add('workbench');
  place.tabIndex = 0;
  place.setAttribute('role', 'group');
  place.setAttribute(
    'aria-label',
    `Step through the library's own functions of task ${task.number}; the arrow keys step`,
  );
  place.replaceChildren(styleElement(), choice.element, view.controls, split, problem);
  const show = async () => {
    const { recording, problem: why } = await recorded(`${base}library/${name}-worker.js`, {
      sent: choice.sent,
    });
    problem.textContent = why ?? '';
    if (recording && recording.steps.length > 0) view.show(recording);
  };
  choice.onChange(show);
  await show();
}

/** Files of the library, one at a time, with numbered lines. */
class SourcePages implements CodeView {
  readonly element = element('div', 'source');
  readonly #pages = new Map<string, HTMLElement[]>();
  readonly #head = element('p', 'head');
  readonly #code = element('pre');
  readonly #addressOf: (file: string) => string;
  #file = '';
  #listener: (file: string, line: number) => void = () => {};

  constructor({ files }: LibraryText, addressOf: (file: string) => string) {
    this.#addressOf = addressOf;
    for (const { file, text } of files) {
      const lines = text.trimEnd().split('\n');
      this.#pages.set(
        file,
        lines.map((line, at) => lineElement(line, at + 1)),
      );
    }
    this.#code.tabIndex = 0;
    this.#code.setAttribute('aria-label', 'The code');
    this.#code.setAttribute('role', 'group');
    this.#code.addEventListener('click', ({ target }) => {
      const line = (target as HTMLElement).closest<HTMLElement>('[data-line]');
      if (line) this.#listener(this.#file, Number(line.dataset.line));
    });
    this.element.append(this.#head, this.#code);
  }

  onLine(listener: (file: string, line: number) => void): void {
    this.#listener = listener;
  }

  mark(file: string, line: number | null): void {
    const lines = this.#pages.get(file)!;
    if (file !== this.#file) {
      this.#file = file;
      this.#code.replaceChildren(...lines);
    }
    for (const each of this.#code.querySelectorAll('.at')) each.classList.remove('at');
    const link = element('a', '', line === null ? file : `${file}, line ${line}`);
    link.href = `${this.#addressOf(file)}${line === null ? '' : `#L${line}`}`;
    this.#head.replaceChildren(link);
    const marked = line === null ? undefined : lines[line - 1];
    if (!marked) return;
    marked.classList.add('at');
    const { offsetTop, offsetHeight } = marked;
    const { scrollTop, clientHeight } = this.#code;
    const isInSight = offsetTop >= scrollTop && offsetTop + 3 * offsetHeight <= scrollTop + clientHeight;
    if (!isInSight) this.#code.scrollTop = offsetTop - clientHeight / 3;
  }
}

function lineElement(text: string, number: number): HTMLElement {
  const line = element('span', /^\s*(\/\/|\/?\*)/.test(text) ? 'line comment' : 'line');
  line.dataset.line = String(number);
  line.textContent = `${text}\n`;
  return line;
}
