// Elements without a framework. In: a tag, attributes, children; out: an element.

type Child = Node | string | null | undefined;
type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element; `true` sets an attribute without value, `false` and undefined leave it out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined));
  return made;
}

/** A button with a label that screen readers read, and the same as a hint. */
export function button(text: string, label: string, onClick: () => void, attributes: Attributes = {}) {
  const made = element('button', { type: 'button', 'aria-label': label, title: label, ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** A labelled list to choose from. */
export function select(
  label: string,
  choices: readonly (readonly [value: string, text: string])[],
  onChange: (value: string) => void,
): { element: HTMLLabelElement; control: HTMLSelectElement } {
  const control = element(
    'select',
    {},
    ...choices.map(([value, text]) => element('option', { value }, text)),
  );
  control.addEventListener('change', () => onChange(control.value));
  return { element: element('label', { class: 'fv-field' }, element('span', {}, label), control), control };
}

/** Writes text only where it has changed: most of a frame's labels have not. */
export function write(target: Element, text: string): void {
  const { firstChild, lastChild } = target;
  if (firstChild instanceof Text && firstChild === lastChild) {
    if (firstChild.data !== text) firstChild.data = text; // in place: much cheaper to lay out than another node
  } else if (target.textContent !== text) target.textContent = text;
}
