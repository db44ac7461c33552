// One line of help for the words on screen: pointed at, tapped, or reached by the keyboard, a word of the glossary says what it
// means, in a small box beside it. In: a page with panels, steppers or a form; whoever wrote them knows nothing of this. Sentences
// change while one steps, so words are found again once a sentence has stayed for a moment.
import { element } from './dom.ts';
import { glossary, type Term, type TermName } from './glossary.ts';
import { piecesOf } from './terms.ts';

export interface TermHelpOptions {
  /** The address of a page that says more, from its file: `lessons/06-attention.md`. Default: it is named without a link. */
  readonly link?: (page: string) => string;
}

/** Elements whose text is one sentence, and nothing else. */
const sentences = '.fv-hint, .fv-story, .flow-said, .stepper .caption';
/** Milliseconds that a sentence has to stay until its words can be asked: a run that plays is not slowed down. */
const REST = 250;
/** Milliseconds that the pointer has to get from a word to its box. */
const WAY = 250;

const style = `
button.term.term.term { all: unset; cursor: help; padding-block: 4px; margin-block: -4px; text-decoration: underline dotted; text-underline-offset: 3px; text-decoration-thickness: 1px; }
button.term.term.term:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 2px; }
.term-help { position: fixed; z-index: 70; box-sizing: border-box; max-width: min(24rem, calc(100vw - 16px)); padding: 6px 10px; border: 1px solid; border-radius: 8px; box-shadow: 0 6px 24px rgb(0 0 0 / .25); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
.term-help.term-help a { display: inline-block; min-height: 24px; color: inherit; text-decoration: underline; }
@media print { .term-help { display: none; } button.term.term.term { text-decoration: none; } }
`;

/** Listens once for a whole page. */
export function explainTerms(options: TermHelpOptions = {}): void {
  const help = new TermHelp(options);
  document.head.append(element('style', {}, style));
  let timer = 0;
  const markSoon = () => {
    help.follow();
    clearTimeout(timer);
    timer = window.setTimeout(markSentences, REST);
  };
  new MutationObserver(markSoon).observe(document.body, {
    childList: true,
    characterData: true,
    subtree: true,
  });
  markSentences();
}

function markSentences(): void {
  for (const place of document.querySelectorAll(sentences)) {
    if (place.childNodes.length !== 1 || !(place.firstChild instanceof Text)) continue;
    const pieces = piecesOf(place.firstChild.data);
    if (!pieces.some(({ name }) => name)) continue;
    place.replaceChildren(
      ...pieces.map(({ text, name }) =>
        name ? element('button', { type: 'button', class: 'term', 'data-term': name }, text) : text,
      ),
    );
  }
}

/** What holds the sentence of a word and can have the focus; for the story of a run, its Play. */
function homeOf(word: HTMLElement): HTMLElement | null {
  const play = () => word.closest('.fv, .flow')?.querySelector<HTMLElement>('.fv-play, .flow-play');
  return word.closest<HTMLElement>('.stepper, .fv-panel') ?? play() ?? null;
}

/** The box, and the word that it is about: one at a time. */
class TermHelp {
  private readonly box = element('div', { class: 'term-help', role: 'tooltip', id: 'term-help' });
  private readonly options: TermHelpOptions;
  private word: HTMLElement | null = null;
  /** Where the keyboard was, should its word go away: the sentence changes with each step. */
  private home: HTMLElement | null = null;
  private hiding = 0;

  constructor(options: TermHelpOptions) {
    this.options = options;
    const wordAt = (target: EventTarget | null) =>
      target instanceof Element ? target.closest<HTMLElement>('[data-term]') : null;
    const isInside = (target: EventTarget | null) => target instanceof Node && this.box.contains(target);
    document.addEventListener('pointerover', ({ target }) => {
      const word = wordAt(target);
      if (word) this.show(word);
      else if (isInside(target)) clearTimeout(this.hiding);
      else this.hideSoon();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      this.home = null;
      if (!wordAt(target) && !isInside(target)) this.hide();
    });
    document.addEventListener('focusin', ({ target }) => {
      const word = wordAt(target);
      this.home = word ? homeOf(word) : null;
      if (word) this.show(word);
      else if (!isInside(target)) this.hide();
    });
    document.addEventListener('click', ({ target }) => {
      const word = wordAt(target);
      if (!(word instanceof HTMLButtonElement)) return;
      this.show(word); // a tap neither points nor, on every system, moves the focus
    });
    document.addEventListener('keydown', (event) => this.onKey(event), { capture: true });
    document.addEventListener('scroll', () => this.onScroll(), { capture: true, passive: true });
  }

  /** After each change of the page: a box does not outlive its word, and the keyboard stays where it was. */
  follow(): void {
    if (this.word && !this.word.isConnected) this.hide();
    if (this.home?.isConnected && document.activeElement === document.body) this.home.focus();
  }

  private show(word: HTMLElement): void {
    clearTimeout(this.hiding);
    if (word === this.word) return;
    this.hide();
    const { word: name, meaning, more }: Term = glossary[word.dataset.term as TermName];
    const [page, called] = more;
    const { link } = this.options;
    this.box.replaceChildren(
      element('strong', {}, `${name}: `),
      `${meaning} `,
      link ? element('a', { href: link(page) }, called) : `(${called})`,
    );
    this.word = word;
    if (word instanceof HTMLButtonElement) word.setAttribute('aria-describedby', this.box.id);
    (word.closest('main') ?? document.body).append(this.box);
    this.dress(word);
    this.place(word.getBoundingClientRect());
  }

  private hide(): void {
    clearTimeout(this.hiding);
    if (this.word instanceof HTMLButtonElement) this.word.removeAttribute('aria-describedby');
    this.word = null;
    this.box.remove();
  }

  private hideSoon(): void {
    if (!this.word || this.word.contains(document.activeElement)) return;
    clearTimeout(this.hiding);
    this.hiding = window.setTimeout(() => this.hide(), WAY);
  }

  /** A word that has the focus is followed: the focus itself may have scrolled it here. */
  private onScroll(): void {
    const place = this.word?.contains(document.activeElement) ? this.word.getBoundingClientRect() : null;
    if (place && place.bottom > 0 && place.top < innerHeight) this.place(place);
    else this.hide();
  }

  /** Escape closes; Enter on a word leads to the page that says more. */
  private onKey(event: KeyboardEvent): void {
    if (!this.word) return;
    const { activeElement } = document;
    if (event.key === 'Escape') {
      event.stopPropagation();
      if (this.box.contains(activeElement)) this.word.focus();
      this.hide();
    } else if ((event.key === 'Enter' || event.key === ' ') && activeElement === this.word) {
      const link = this.box.querySelector('a');
      if (!link || !(this.word instanceof HTMLButtonElement)) return;
      event.preventDefault();
      link.focus();
    }
  }

  /** In the colours of what is around the word, light or dark. */
  private dress(word: HTMLElement): void {
    let around: Element | null = word;
    const isClear = (colour: string) => /^(transparent|rgba\(.*, 0\))$/.test(colour);
    while (around?.parentElement && isClear(getComputedStyle(around).backgroundColor))
      around = around.parentElement;
    const { backgroundColor } = getComputedStyle(around ?? document.body);
    this.box.style.backgroundColor = isClear(backgroundColor) ? 'Canvas' : backgroundColor;
    this.box.style.color = getComputedStyle(word).color;
  }

  /** Below the word, or above it where there is no room; never beyond the screen's edges. */
  private place(word: DOMRect): void {
    const { width, height } = this.box.getBoundingClientRect();
    const left = Math.max(8, Math.min(word.left, document.documentElement.clientWidth - width - 8));
    const below = word.bottom + 4;
    const top = below + height < innerHeight ? below : Math.max(8, word.top - height - 4);
    this.box.style.left = `${left}px`;
    this.box.style.top = `${top}px`;
  }
}
