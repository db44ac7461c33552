// The Workbench: an editor with a task's stub, its visible checks in a thread that is ended after two seconds, and a training
// with the reader's functions. For practice only: nothing is sent anywhere, and nothing is graded here.
import { checkLines } from '../formats/text.ts';
import { type CheckResult, judge } from '../kit/judge.ts';
import { CaseChoice, recorded } from './cases.ts';
import { curves } from './curves.ts';
import { dropDraft, keepDraft, readDraft } from './draft.ts';
import type { PlugReport } from './plug-worker.ts';
import { type CodeView, StepView } from './step-view.ts';
import type { ToStepWorker } from './step-worker.ts';
import { styleElement } from './style.ts';
import type { WorkbenchTask } from './task.ts';
import { WorkerExecutor } from './worker-executor.ts';

/** An editor, whatever it is made of. */
export interface Editor {
  text(): string;
  replace(text: string): void;
  /** Marks a line and brings it into sight; null takes the mark away. */
  mark(line: number | null): void;
}

export type OpenEditor = (options: {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  onChange(text: string): void;
  onRun(): void;
  /** Told of the line that the cursor goes to. */
  onLine(line: number): void;
}) => Editor;

/** Puts the Workbench of a task into an element. `base` is where the folder `workbench/` is served, with a slash at its end. */
export async function mount(
  element: HTMLElement,
  name: string,
  base: string,
  openEditor: OpenEditor,
): Promise<void> {
  const { task }: { task: WorkbenchTask } = await import(`${base}tasks/${name}.js`);
  new Workbench(element, task, base, openEditor);
}

/** What the checks say about a file, as the terminal and the grader say it. */
export async function check(task: WorkbenchTask, base: string, text: string): Promise<CheckResult[]> {
  const executor = new WorkerExecutor(`${base}workers/${task.task.id}.js`, text, `${task.task.id}.ts`);
  try {
    return await judge({
      task: task.task,
      checks: task.visible,
      dials: task.dials,
      seed: task.seed,
      executor,
      reference: (each, at) => task.answers[each.name]?.[at] ?? [],
    });
  } finally {
    executor.close();
  }
}

class Workbench {
  readonly #task: WorkbenchTask;
  readonly #base: string;
  readonly #editor: Editor;
  readonly #results: HTMLElement;
  readonly #buttons: HTMLButtonElement[] = [];
  readonly #split = document.createElement('div');
  readonly #choice: CaseChoice;
  readonly #steps: StepView;
  #hint = 0;
  #onLine: (line: number) => void = () => {};

  constructor(element: HTMLElement, task: WorkbenchTask, base: string, openEditor: OpenEditor) {
    this.#task = task;
    this.#base = base;
    const note = paragraph(
      'For practice only: this stays in your browser. What counts is the file that you hand in.',
      'note',
    );
    const place = document.createElement('div');
    this.#choice = new CaseChoice(task);
    this.#choice.onChange(() => this.#step());
    this.#steps = new StepView(this.#codeView(), element);
    this.#split.className = 'split';
    this.#split.append(place, this.#steps.variables);
    const bar = document.createElement('div');
    bar.className = 'bar';
    bar.append(
      this.#button('Run the checks', () => this.#check()),
      this.#button('Plug it in', () => this.#plug()),
      this.#button('Step through it', () => this.#step()),
      this.#button('Hint', async () => this.#showHint()),
      this.#button('Download', async () => this.#download()),
      this.#button('Start again', async () => this.#startAgain()),
    );
    this.#results = document.createElement('div');
    this.#results.className = 'results';
    this.#results.setAttribute('aria-live', 'polite');
    element.classList.add('workbench');
    element.replaceChildren(
      styleElement(),
      note,
      this.#choice.element,
      this.#steps.controls,
      this.#split,
      bar,
      this.#results,
    );
    this.#endSteps();
    this.#editor = openEditor({
      parent: place,
      text: readDraft(task.task.id) ?? task.stub,
      label: `Your code for task ${task.number}; Escape, then Tab leaves the editor`,
      onChange: (text) => {
        keepDraft(task.task.id, text);
        this.#endSteps();
      },
      onRun: () => this.#buttons[0]!.click(),
      onLine: (line) => this.#onLine(line),
    });
  }

  get #file(): string {
    return `${this.#task.task.id}.ts`;
  }

  #codeView(): CodeView {
    return {
      mark: (_file, line) => this.#editor.mark(line),
      onLine: (listener) => {
        this.#onLine = (line) => listener(this.#file, line);
      },
    };
  }

  async #step(): Promise<void> {
    this.#results.replaceChildren(paragraph('Recording …'));
    const { sent } = this.#choice;
    const message: ToStepWorker = { text: this.#editor.text(), file: this.#file, sent };
    const { recording, problem } = await recorded(`${this.#base}steps/${this.#task.task.id}.js`, message);
    this.#results.replaceChildren(...(problem ? [paragraph(problem, 'failed')] : []));
    const hasSteps = recording !== null && recording.steps.length > 0;
    this.#showSteps(hasSteps || this.#isStepping);
    if (hasSteps) this.#steps.show(recording);
  }

  get #isStepping(): boolean {
    return this.#split.classList.contains('stepping');
  }

  #showSteps(isStepping: boolean): void {
    this.#split.classList.toggle('stepping', isStepping);
    for (const part of [this.#choice.element, this.#steps.controls, this.#steps.variables])
      part.hidden = !isStepping;
  }

  /** What was recorded is not of this code any more. */
  #endSteps(): void {
    if (this.#isStepping) this.#editor.mark(null);
    this.#showSteps(false);
  }

  #button(label: string, work: () => Promise<void>): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', async () => {
      for (const each of this.#buttons) each.disabled = true;
      try {
        await work();
      } catch (error) {
        this.#results.replaceChildren(paragraph((error as Error).message, 'failed'));
      } finally {
        for (const each of this.#buttons) each.disabled = false;
      }
    });
    this.#buttons.push(button);
    return button;
  }

  async #check(): Promise<void> {
    this.#results.replaceChildren(paragraph('Checking …'));
    const results = await check(this.#task, this.#base, this.#editor.text());
    const passed = results.filter(({ status }) => status === 'passed').length;
    const list = document.createElement('ul');
    list.append(...results.map(resultOf));
    const told = `${passed} of ${results.length} visible checks passed; ${this.#task.hidden} hidden ones are graded later.`;
    this.#results.replaceChildren(list, paragraph(told));
  }

  async #plug(): Promise<void> {
    this.#results.replaceChildren(paragraph('Training with your functions …'));
    const report = await this.#trained();
    if ('problem' in report) {
      this.#results.replaceChildren(paragraph(report.problem, 'failed'));
      return;
    }
    const lines = document.createElement('pre');
    lines.textContent = report.lines.join('\n');
    this.#results.replaceChildren(curves(report.mine, report.library), lines);
  }

  #trained(): Promise<PlugReport> {
    const worker = new Worker(`${this.#base}plugs/${this.#task.task.id}.js`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    return new Promise<PlugReport>((resolve) => {
      timer = setTimeout(() => resolve({ problem: 'stopped after 60 s: a loop that does not end' }), 60_000);
      worker.onmessage = ({ data }: MessageEvent<PlugReport>) => resolve(data);
      worker.onerror = ({ message }) => resolve({ problem: message });
      worker.postMessage({
        text: this.#editor.text(),
        file: this.#file,
        task: this.#task.task.id,
      });
    }).finally(() => {
      clearTimeout(timer);
      worker.terminate();
    });
  }

  #showHint(): void {
    const { hints } = this.#task;
    this.#results.replaceChildren(
      paragraph(`Hint ${this.#hint + 1} of ${hints.length}`),
      paragraph(hints[this.#hint]!),
    );
    this.#hint = (this.#hint + 1) % hints.length;
  }

  #download(): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([this.#editor.text()], { type: 'text/plain' }));
    link.download = `${this.#task.task.id}.ts`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  #startAgain(): void {
    if (!confirm('Throw your draft away and begin with the stub?')) return;
    dropDraft(this.#task.task.id);
    this.#editor.replace(this.#task.stub);
    this.#results.replaceChildren();
  }
}

function resultOf(result: CheckResult): HTMLLIElement {
  const item = document.createElement('li');
  item.className = result.status;
  item.textContent = `${result.status === 'passed' ? '✓' : '✗'} ${result.title}`;
  if (result.status === 'passed') return item;
  const lines = document.createElement('pre');
  lines.textContent = checkLines(result).join('\n');
  item.append(lines);
  return item;
}

function paragraph(text: string, kind = ''): HTMLParagraphElement {
  const element = document.createElement('p');
  element.textContent = text;
  element.className = kind;
  return element;
}
