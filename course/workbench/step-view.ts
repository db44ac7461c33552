// Goes through a recording: forward and back, over and out of calls, to a line; buttons, slider and arrow keys do the same.
// It marks the line in whatever shows the code, and draws the variables beside it. A screen reader hears a sentence a step.
import { History, rounded } from '../stepping/history.ts';
import { MOST_STEPS, type Recording } from '../stepping/recorder.ts';
import { element, variablesElement } from './variables.ts';

/** Whatever shows the code: an editor, or a page of the library. */
export interface CodeView {
  /** Marks a line and brings it into sight; null takes the mark away. */
  mark(file: string, line: number | null): void;
  /** Told of the line that the reader points at. */
  onLine(listener: (file: string, line: number) => void): void;
}

export class StepView {
  /** Buttons, slider and sentence; goes above the code. */
  readonly controls = element('div', 'step-controls');
  /** Goes beside the code. */
  readonly variables = element('div', 'step-variables');
  readonly #view: CodeView;
  readonly #buttons: Readonly<
    Record<'first' | 'back' | 'step' | 'over' | 'out' | 'last' | 'run', HTMLButtonElement>
  >;
  readonly #slider = element('input');
  readonly #position = element('span');
  readonly #caption = element('p', 'caption');
  readonly #calls = element('p', 'calls');
  readonly #lines = element('select');
  #history = new History({ files: [], frames: [], steps: [], pictures: [], isCut: false });
  #at = 0;

  constructor(view: CodeView, keysOn: HTMLElement) {
    this.#view = view;
    this.#buttons = {
      first: this.#button('|◀', 'First step', () => 0),
      back: this.#button('◀ Back', '', (at) => at - 1),
      step: this.#button('Step ▶', '', (at) => at + 1),
      over: this.#button('Over', 'Over: the next step that is not inside a call', (at) =>
        this.#history.over(at),
      ),
      out: this.#button('Out', 'Out: to whoever called this function', (at) => this.#history.out(at)),
      last: this.#button('▶|', 'Last step', () => this.#history.length - 1),
      run: this.#button('Run to line', '', (at) => this.#runTo(at)),
    };
    this.#buttons.step.classList.add('forward');
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.addEventListener('input', () => this.#go(Number(this.#slider.value)));
    this.#lines.setAttribute('aria-label', 'Line to run to');
    this.#caption.setAttribute('aria-live', 'polite');
    this.#build();
    view.onLine((file, line) => this.#point(file, line));
    keysOn.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #build(): void {
    const { first, back, step, over, out, last, run } = this.#buttons;
    const bar = element('div', 'bar');
    const to = element('span', 'to');
    to.append(run, this.#lines);
    bar.append(first, back, step, over, out, last, to);
    const slide = element('div', 'slide');
    const label = element('label');
    label.append(this.#position, this.#slider);
    slide.append(label);
    this.controls.append(bar, slide, this.#calls, this.#caption);
    this.variables.setAttribute('role', 'group');
    this.variables.setAttribute('aria-label', 'Variables at this step');
  }

  show(recording: Recording): void {
    this.#history = new History(recording);
    this.#slider.max = String(this.#history.length - 1);
    this.#lines.replaceChildren();
    this.#at = 0;
    this.#go(0);
  }

  #button(text: string, label: string, move: (at: number) => number): HTMLButtonElement {
    const button = element('button', '', text);
    button.type = 'button';
    if (label) {
      button.title = label;
      button.setAttribute('aria-label', label);
    }
    button.addEventListener('click', () => this.#go(move(this.#at)));
    return button;
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const hasKeysOfItsOwn = target.closest('input, select, textarea, .cm-content, .scroller') !== null;
    const moves: Record<string, () => number> = {
      ArrowLeft: () => (event.shiftKey ? this.#history.back(this.#at) : this.#at - 1),
      ArrowRight: () => (event.shiftKey ? this.#history.over(this.#at) : this.#at + 1),
      Home: () => 0,
      End: () => this.#history.length - 1,
    };
    const move = moves[event.key];
    const isOther = event.altKey || event.ctrlKey || event.metaKey;
    if (!move || hasKeysOfItsOwn || isOther || this.#history.length === 0) return;
    event.preventDefault();
    this.#go(move());
  }

  #runTo(at: number): number {
    const found = this.#history.runTo(at, this.#history.file(at), Number(this.#lines.value));
    return found < 0 ? at : found;
  }

  /** The reader points at a line: it is chosen if it is ever run. */
  #point(file: string, line: number): void {
    if (this.#history.length === 0 || file !== this.#history.file(this.#at)) return;
    const lines = this.#history.linesOf(file);
    const next = lines.find((each) => each >= line) ?? lines.at(-1);
    if (next !== undefined) this.#lines.value = String(next);
  }

  #go(to: number): void {
    const history = this.#history;
    const last = history.length - 1;
    this.#at = Math.min(Math.max(to, 0), last);
    const at = this.#at;
    const { line } = history.step(at);
    this.#view.mark(history.file(at), line);
    this.#showLines(history.file(at));
    const position = `Step ${at + 1} of ${last + 1}`;
    this.#position.textContent = position;
    this.#slider.value = String(at);
    this.#slider.setAttribute('aria-valuetext', position);
    const calls = history.calls(at);
    this.#calls.textContent = `Calls: ${calls.join(' › ')} (depth ${calls.length})`;
    this.#caption.textContent =
      at === last ? `${history.sentence(at)} ${this.#ending()}` : history.sentence(at);
    this.variables.replaceChildren(...this.#results(at), ...variablesElement(history.variables(at)));
    this.#enable();
  }

  #ending(): string {
    if (!this.#history.recording.isCut) return 'This is the last step.';
    return `Stopped after ${this.#history.length} steps, the most are ${MOST_STEPS}: a loop that does not end?`;
  }

  #results(at: number): HTMLElement[] {
    const result = this.#history.result(at);
    if (!result) return [];
    const names = { return: 'Returns', yield: 'Hands out', throw: 'Throws', line: '' };
    const name = names[this.#history.step(at).kind];
    const block = element('div', 'result');
    block.append(
      ...(result.is === 'word'
        ? [element('b', '', name), ' ', element('code', '', rounded(result.text))]
        : variablesElement([{ name, isOwn: true, now: result, before: null, hasChanged: false }])),
    );
    return [block];
  }

  #showLines(file: string): void {
    if (this.#lines.dataset.file === file && this.#lines.length > 0) return;
    const lines = this.#history.linesOf(file);
    this.#lines.replaceChildren(...lines.map((line) => new Option(String(line))));
    this.#lines.dataset.file = file;
  }

  /** A button that is disabled would lose the focus: it stays, and does nothing. */
  #enable(): void {
    const { first, back, step, over, out, last } = this.#buttons;
    for (const button of [first, back]) button.setAttribute('aria-disabled', String(this.#at === 0));
    const isLast = this.#at === this.#history.length - 1;
    for (const button of [step, over, out, last]) button.setAttribute('aria-disabled', String(isLast));
  }
}
