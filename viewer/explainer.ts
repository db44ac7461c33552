// Point at a number, or move the keyboard's focus to it, and its formula appears with the live values and a link to the
// line that computes it. One bubble for the whole viewer; while it is open it follows the frames.
import { element, write } from './dom.ts';
import { type Explanation, formulas, type Sources } from './formulas.ts';

export interface ExplainerOptions {
  readonly sources: Sources;
  /** The address of a line. Default: the code is shown in a window of this page. */
  readonly sourceLink?: (file: string, line: number) => string;
  /** Says something to a screen reader. */
  readonly say?: (text: string) => void;
}

export class Explainer {
  readonly bubble = element('div', { class: 'fv-bubble', role: 'tooltip', id: `fv-bubble-${++bubbles}` });
  private readonly title = element('strong');
  private readonly formula = element('div', { class: 'fv-formula' });
  private readonly live = element('div', { class: 'fv-live' });
  private readonly link = element('a', { class: 'fv-source', href: '#' });
  private readonly options: ExplainerOptions;
  private explain: (() => Explanation | null) | null = null;
  private shownName: string | null = null;
  private anchor: Element | null = null;
  private hiding = 0;
  private numbers = 0;
  /** Names of the numbers, for screen readers only. */
  readonly names = element('div', { hidden: true });

  constructor(options: ExplainerOptions) {
    this.options = options;
    this.bubble.hidden = true;
    this.bubble.append(this.title, this.formula, this.live, this.link);
    this.bubble.addEventListener('pointerenter', () => clearTimeout(this.hiding));
    this.bubble.addEventListener('pointerleave', () => this.hide());
    this.link.addEventListener('click', (event) => this.openSource(event));
    this.link.addEventListener('blur', () => this.hide());
  }

  /** A number that explains itself; its name is what it is a number of, and what it shows. */
  number(name: string, explain: () => Explanation | null): HTMLButtonElement {
    const id = `${this.bubble.id}-${++this.numbers}`;
    const label = element('span', { class: 'fv-quiet', id: `${id}-name` }, name);
    const made = element('button', { type: 'button', class: 'fv-number', id });
    made.setAttribute('aria-labelledby', `${id}-name ${id}`);
    this.names.append(label);
    made.addEventListener('pointerenter', () => this.show(made, explain));
    made.addEventListener('pointerleave', () => this.hide(250));
    made.addEventListener('focus', () => this.show(made, explain));
    made.addEventListener('blur', (event) => {
      if (event.relatedTarget !== this.link) this.hide();
    });
    made.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.hide();
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        this.link.focus();
      }
    });
    made.setAttribute('aria-describedby', this.bubble.id);
    return made;
  }

  /** Explains something that is drawn, where an arrow key has led: screen readers hear it, too. */
  point(anchor: Element, explain: () => Explanation | null, inside?: { x: number; y: number }): void {
    this.show(anchor, explain, inside);
    const explanation = explain();
    if (explanation) this.options.say?.(explanation.live);
  }

  /** Explains something that is drawn, at a place inside an element. */
  show(anchor: Element, explain: () => Explanation | null, inside?: { x: number; y: number }): void {
    clearTimeout(this.hiding);
    this.explain = explain;
    this.anchor = anchor;
    if (!this.update()) return;
    this.bubble.hidden = false;
    this.place(anchor.getBoundingClientRect(), inside);
  }

  hide(after = 0): void {
    clearTimeout(this.hiding);
    const close = () => {
      this.bubble.hidden = true;
      this.explain = null;
    };
    if (after === 0) close();
    else this.hiding = window.setTimeout(close, after);
  }

  /** Writes the values of the present frame into an open bubble. */
  update(): boolean {
    const explanation = this.explain?.() ?? null;
    if (explanation === null || !this.anchor?.isConnected) {
      this.bubble.hidden = true;
      return false;
    }
    const formula = formulas[explanation.formula];
    const source = this.options.sources[explanation.formula];
    write(this.title, formula.title);
    write(this.formula, formula.formula);
    write(this.live, explanation.live);
    if (this.shownName !== explanation.formula) {
      this.shownName = explanation.formula;
      this.link.hidden = source === undefined;
      if (source) {
        write(this.link, `${source.file}:${source.line}`);
        this.link.href = this.options.sourceLink?.(source.file, source.line) ?? '#';
      }
    }
    return true;
  }

  private place(target: DOMRect, inside?: { x: number; y: number }): void {
    const home = this.bubble.parentElement!.getBoundingClientRect();
    const own = this.bubble.getBoundingClientRect();
    const x = target.left - home.left + (inside ? inside.x + 14 : 0);
    const y = inside ? target.top - home.top + inside.y + 14 : target.bottom - home.top + 4;
    const most = home.width - own.width - 4;
    this.bubble.style.left = `${Math.max(4, Math.min(most, x))}px`;
    const isBelowScreen = home.top + y + own.height > window.innerHeight && target.top > own.height + 8;
    const above = inside
      ? target.top - home.top + inside.y - own.height - 8
      : target.top - home.top - own.height - 4;
    this.bubble.style.top = `${isBelowScreen ? above : y}px`;
  }

  private openSource(event: Event): void {
    if (this.options.sourceLink) return; // an ordinary link
    event.preventDefault();
    const source = this.shownName && this.options.sources[this.shownName as Explanation['formula']];
    if (source) showSource(this.bubble.parentElement!, source.file, source.line, source.code);
  }
}

let bubbles = 0;

/** The code itself in a window. */
function showSource(home: Element, file: string, line: number, code: string): void {
  const lines = code
    .split('\n')
    .map((text, at) =>
      element(
        'span',
        { class: at === 0 ? 'fv-line fv-here' : 'fv-line' },
        element('span', { class: 'fv-line-number', 'aria-hidden': 'true' }, String(line + at)),
        `${text}\n`,
      ),
    );
  const close = element('button', { type: 'button', class: 'fv-button' }, 'Close');
  const window = element(
    'dialog',
    { class: 'fv-dialog', 'aria-label': `Source of ${file}` },
    element('header', {}, element('strong', {}, `${file}:${line}`), close),
    element('pre', { tabindex: 0 }, element('code', {}, ...lines)),
  );
  close.addEventListener('click', () => window.close());
  window.addEventListener('close', () => window.remove());
  home.append(window);
  window.showModal();
}
